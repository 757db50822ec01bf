#include "quality/key_blocks.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>
#include <utility>

namespace lakegate {

void KeyBlocks::Free::operator()(Block* slab) const { std::free(slab); }

KeyBlocks::Block* KeyBlocks::NewBlock() {
  if (free_) return std::exchange(free_, free_->previous);
  if (blocks_made_ == slabs_.size() * kSlabBlocks) {
    void* slab = std::aligned_alloc(kSlabBytes, kSlabBytes);
    if (!slab) throw std::bad_alloc();
    if (!slabs_.empty()) madvise(slab, kSlabBytes, MADV_HUGEPAGE);  // a wish; few keys need less
    slabs_.emplace_back(static_cast<Block*>(slab));
  }
  Block* block = slabs_[blocks_made_ / kSlabBlocks].get() + blocks_made_ % kSlabBlocks;
  ++blocks_made_;
  return block;
}

void KeyBlocks::Grow(Partition* partition) {
  Block* block = NewBlock();
  ++blocks_in_use_;
  block->previous = partition->last;
  block->full_before = partition->last ? partition->last->full_before + kBlockKeys : 0;
  *partition = {block->keys, 0, block};
}

size_t KeyBlocks::size(size_t partition) const {
  const Partition& asked = partitions_[partition];
  return asked.last ? asked.last->full_before + asked.used : 0;
}

void KeyBlocks::Clear(size_t partition) {
  Block* block = std::exchange(partitions_[partition], {}).last;
  while (block) {
    Block* const previous = block->previous;
    block->previous = std::exchange(free_, block);
    --blocks_in_use_;
    block = previous;
  }
}

}  // namespace lakegate
