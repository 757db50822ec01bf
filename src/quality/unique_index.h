// Which records are later copies of a key (unique, primaryKey), decided in input order, so that
// "which one is first" does not depend on threads.
//
// Small inputs are decided while they are read: the first copies are kept in a table. When the
// table exceeds its memory, the whole input is read twice: a first pass only collects keys (spilled
// to disk), ResolveCopies finds the later copies, and the second pass looks them up in order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "quality/key_counter.h"

namespace lakegate {

// Where a record is, over all files of a partition.
struct RecordPlace {
  int64_t line = 0;   // from 1, in its file
  uint32_t file = 0;  // index of the file in the run
};

class UniqueIndex {
 public:
  explicit UniqueIndex(SpillOptions options);
  ~UniqueIndex();

  enum class Pass { kDecide, kCollect, kLookUp };
  Pass pass() const { return pass_; }

  // kDecide: the first copy's place if the key was seen before; sets needs_two_passes() instead of
  // growing beyond the budget.
  std::optional<RecordPlace> Decide(const Hash128& hash, const RecordPlace& place);
  bool needs_two_passes() const { return overflowed_; }

  // Forgets all and starts the two-pass way: Collect every key, Resolve, then LookUp in the same
  // order. `sequence` counts the records of the run from 0.
  void StartCollecting();
  Status Collect(const Hash128& hash, int64_t sequence, const RecordPlace& place);
  Status Resolve();
  Result<std::optional<RecordPlace>> LookUp(int64_t sequence);

 private:
  class Table;
  class Collector;
  SpillOptions options_;
  Pass pass_ = Pass::kDecide;
  bool overflowed_ = false;
  std::unique_ptr<Table> table_;
  std::unique_ptr<Collector> collector_;
};

}  // namespace lakegate
