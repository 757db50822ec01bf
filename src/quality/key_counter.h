// Exact counts of keys in one pass: never an estimate, in bounded memory (spills to disk).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "quality/key_blocks.h"
#include "quality/key_set.h"
#include "storage/spilled_parts.h"

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
  // Of the keys that are not spilled; between calls no more than SpillOptions::memory_bytes.
  int64_t memory_bytes() const { return held_.bytes(); }
  // Counts what was added, on up to `threads` threads.
  Result<KeyCounts> Finish(int threads);

 private:
  // Some partitions, those that were in memory for longest.
  Status Spill();
  // All keys of a partition, in `memory`, which grows as needed and is used again.
  Result<std::span<const Hash128>> Load(size_t partition, std::vector<Hash128>* memory);

  SpillOptions options_;
  KeyBlocks held_;
  SpilledParts spilled_;
  size_t next_to_spill_ = 0;  // partition
  int64_t added_ = 0;         // keys in all
};

}  // namespace lakegate
