// Keys in memory, by partition: no vector grows, so that nothing is copied and a budget means what
// it says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/hash.h"
#include "core/result.h"

namespace lakegate {

inline constexpr size_t kKeyPartitions = 256;
inline size_t KeyPartitionOf(const Hash128& hash) { return hash.high >> 56; }

// Not thread safe but for ForEachPiece. Memory comes in huge pages where the system has them.
class KeyBlocks {
 public:
  KeyBlocks() : partitions_(kKeyPartitions) {}
  void Add(const Hash128& hash) {
    Partition& partition = partitions_[KeyPartitionOf(hash)];
    if (partition.used == kBlockKeys) Grow(&partition);
    partition.keys[partition.used++] = hash;
  }
  size_t size(size_t partition) const;
  // Calls visit(keys) for pieces of the partition, a span each, in no order that counts.
  template <typename Visit>
  Status ForEachPiece(size_t partition, const Visit& visit) const {
    size_t used = partitions_[partition].used;
    for (const Block* block = partitions_[partition].last; block; block = block->previous) {
      LAKEGATE_TRY(visit(std::span<const Hash128>(block->keys, used)));
      used = kBlockKeys;
    }
    return {};
  }
  int64_t bytes() const { return static_cast<int64_t>(blocks_in_use_ * sizeof(Block)); }
  // Forgets the partition's keys; keeps the memory for the next ones.
  void Clear(size_t partition);

 private:
  static constexpr uint32_t kBlockKeys = 63;
  struct Block {
    Hash128 keys[kBlockKeys];
    Block* previous;
    size_t full_before;  // keys in the blocks before this one
  };
  struct Partition {
    Hash128* keys = nullptr;  // of the last block
    uint32_t used = kBlockKeys;
    Block* last = nullptr;
  };
  struct Free {
    void operator()(Block* slab) const;
  };
  static constexpr size_t kSlabBytes = size_t{2} << 20;
  static constexpr size_t kSlabBlocks = kSlabBytes / sizeof(Block);
  void Grow(Partition* partition);
  Block* NewBlock();

  std::vector<Partition> partitions_;
  std::vector<std::unique_ptr<Block, Free>> slabs_;
  size_t blocks_made_ = 0;  // of the slabs
  size_t blocks_in_use_ = 0;
  Block* free_ = nullptr;  // the last block that was given back; more behind it
};

}  // namespace lakegate
