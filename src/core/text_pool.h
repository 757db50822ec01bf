// Copies of texts that stay where they are: for a unit's records that are set aside.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace lakegate {

// Movable, not copyable. Texts kept one after the other mostly lie so in memory, too.
class TextPool {
 public:
  // A copy of `text`, valid until Clear.
  std::string_view Keep(std::string_view text) {
    while (used_ < chunks_.size() && chunks_[used_].size - filled_ < text.size()) {
      ++used_;
      filled_ = 0;
    }
    if (used_ == chunks_.size()) {
      const size_t size = std::max(text.size(), kChunkBytes);
      chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    }
    char* const copy = chunks_[used_].bytes.get() + filled_;
    std::copy(text.begin(), text.end(), copy);
    filled_ += text.size();
    return {copy, text.size()};
  }
  // Keeps the memory, but not of chunks that were made for one long text.
  void Clear() {
    std::erase_if(chunks_, [](const Chunk& chunk) { return chunk.size > kChunkBytes; });
    used_ = filled_ = 0;
  }

 private:
  static constexpr size_t kChunkBytes = size_t{256} << 10;
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  std::vector<Chunk> chunks_;
  size_t used_ = 0;    // the chunk that is being filled
  size_t filled_ = 0;  // bytes of it
};

}  // namespace lakegate
