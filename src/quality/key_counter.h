// Exact counts of keys in one pass: never an estimate, in bounded memory (spills to disk).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "quality/key_blocks.h"
#include "quality/key_set.h"
#include "storage/spill_file.h"

namespace lakegate {

// With the number of rows these are the seven numbers of the duplicates decision.
struct KeyCounts {
  int64_t keys = 0;  // rows that have a key
  int64_t distinct = 0;
  int64_t once = 0;            // distinct keys that occur once
  int64_t repeated = 0;        // distinct keys that occur more often
  int64_t rows_in_groups = 0;  // rows whose key is repeated
  int64_t extra_copies() const { return keys - distinct; }
  void Add(const KeyCounts& other);
};

struct SpillOptions {
  int64_t memory_bytes = int64_t{64} << 20;  // per counter or index, before it spills
  std::string directory = "/tmp";
};

// Not thread safe: fed by the ordered commit.
class KeyCounter {
 public:
  explicit KeyCounter(SpillOptions options);
  Status Add(const UnitKeys& keys);
  // Counts what was added, on up to `threads` threads.
  Result<KeyCounts> Finish(int threads);

 private:
  Status Spill();
  // All keys of a partition, those that were spilled behind those in memory.
  Status Load(size_t partition, std::vector<Hash128>* keys);

  SpillOptions options_;
  KeyBlocks held_;
  std::vector<std::unique_ptr<SpillFile>> spilled_;  // by partition; null: nothing
  int64_t added_ = 0;                                // keys in all
};

}  // namespace lakegate
