#include "quality/key_blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace lakegate {

void KeyBlocks::Free::operator()(Block* slab) const { std::free(slab); }

void KeyBlocks::Grow(Partition* partition) {
  if (blocks_used_ == slabs_.size() * kSlabBlocks) {
    void* slab = std::aligned_alloc(kSlabBytes, kSlabBytes);
    if (!slab) throw std::bad_alloc();
    if (!slabs_.empty()) madvise(slab, kSlabBytes, MADV_HUGEPAGE);  // a wish; few keys need less
    slabs_.emplace_back(static_cast<Block*>(slab));
  }
  Block* block = slabs_[blocks_used_ / kSlabBlocks].get() + blocks_used_ % kSlabBlocks;
  ++blocks_used_;
  block->previous = partition->last;
  block->full_before = partition->last ? partition->last->full_before + kBlockKeys : 0;
  *partition = {block->keys, 0, block};
}

size_t KeyBlocks::size(size_t partition) const {
  const Partition& asked = partitions_[partition];
  return asked.last ? asked.last->full_before + asked.used : 0;
}

void KeyBlocks::Gather(size_t partition, std::vector<Hash128>* keys) const {
  const Partition& asked = partitions_[partition];
  const size_t start = keys->size();
  keys->resize(start + size(partition));
  size_t used = asked.used;
  for (const Block* block = asked.last; block; block = block->previous, used = kBlockKeys) {
    std::copy_n(block->keys, used, keys->data() + start + block->full_before);
  }
}

void KeyBlocks::Clear() {
  partitions_.assign(kKeyPartitions, {});
  blocks_used_ = 0;
}

}  // namespace lakegate
