// Which keys exist in another table (foreign keys). The targets are added first; then every key of
// the input is looked up.
//
// While the targets fit into their memory, Contains answers at once. When they do not, they go to
// disk and the input is read twice: a first pass collects its keys, Resolve finds those without a
// target, and the second pass asks for them in order.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/hash.h"
#include "core/result.h"
#include "quality/key_counter.h"

namespace lakegate {

// Filled and asked by one thread at a time.
class ReferenceIndex {
 public:
  explicit ReferenceIndex(SpillOptions options);
  ~ReferenceIndex();

  Status AddTarget(const Hash128& hash);
  bool fits() const { return fits_; }
  // Only if it fits.
  bool Contains(const Hash128& hash) const;

  // The two-pass way. `sequence` counts the records of the run from 0 and only grows.
  Status Collect(const Hash128& hash, int64_t sequence);
  Status Resolve();  // after the last AddTarget and Collect
  // In the order of Collect.
  Result<bool> IsOrphan(int64_t sequence);

 private:
  class Table;
  class Collector;
  Status SpillTargets();

  const SpillOptions options_;
  bool fits_ = true;
  std::unique_ptr<Table> table_;
  std::unique_ptr<Collector> collector_;
};

}  // namespace lakegate
