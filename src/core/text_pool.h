// Copies of texts that stay where they are: for a unit's records that are set aside.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace lakegate {

// Movable, not copyable; Clear a pool that was moved from. Texts kept one after the other mostly
// lie so in memory, too.
class TextPool {
 public:
  // A copy of `text`, valid until Clear.
  std::string_view Keep(std::string_view text) {
    char* const copy = text.size() > kChunkBytes ? NewLongText(text.size()) : Room(text.size());
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
  }
  // Keeps the memory, but not that of long texts.
  void Clear() {
    long_texts_.clear();
    used_ = filled_ = 0;
  }
  // What it holds, used or not.
  size_t memory() const { return chunks_.size() * kChunkBytes + long_bytes(); }

 private:
  static constexpr size_t kChunkBytes = size_t{256} << 10;
  using Bytes = std::unique_ptr<char[]>;

  // In the current chunk, else in the next one.
  char* Room(size_t size) {
    if (used_ < chunks_.size() && kChunkBytes - filled_ < size) {
      ++used_;
      filled_ = 0;
    }
    if (used_ == chunks_.size()) {
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(kChunkBytes));
    }
    char* const room = chunks_[used_].get() + filled_;
    filled_ += size;
    return room;
  }
  char* NewLongText(size_t size) {
    long_texts_.emplace_back(std::make_unique_for_overwrite<char[]>(size), size);
    return long_texts_.back().first.get();
  }
  size_t long_bytes() const {
    size_t bytes = 0;
    for (const auto& [text, size] : long_texts_) bytes += size;
    return bytes;
  }

  std::vector<Bytes> chunks_;
  size_t used_ = 0;    // the chunk that is being filled
  size_t filled_ = 0;  // bytes of it
  std::vector<std::pair<Bytes, size_t>> long_texts_;
};

}  // namespace lakegate
