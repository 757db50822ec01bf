// Growing bytes without zero-filling: the memory behind columns and outputs, reused per unit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/check.h"

namespace lakegate {

// Movable, not copyable. New bytes are uninitialised.
class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { Swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    Swap(other);
    return *this;
  }
  ByteBuffer(const ByteBuffer&) = delete;
  ByteBuffer& operator=(const ByteBuffer&) = delete;
  ~ByteBuffer() { std::free(data_); }

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view view() const { return {data_, size_}; }
  void Clear() { size_ = 0; }
  void Truncate(size_t size) { size_ = size; }

  // `count` more bytes; returns where they start.
  char* Grow(size_t count) {
    if (size_ + count > capacity_) [[unlikely]] {
      Reserve(size_ + count);
    }
    char* added = data_ + size_;
    size_ += count;
    return added;
  }
  void Append(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(Grow(bytes.size()), bytes.data(), bytes.size());
  }
  // Mostly short ones: without a call up to 32 bytes, as two halves that overlap.
  void AppendShort(std::string_view bytes) {
    const size_t size = bytes.size();
    const char* from = bytes.data();
    char* to = Grow(size);
    if (size > 32) {
      std::memcpy(to, from, size);
    } else if (size >= 16) {
      CopyHalves<16>(from, size, to);
    } else if (size >= 8) {
      CopyHalves<8>(from, size, to);
    } else if (size >= 4) {
      CopyHalves<4>(from, size, to);
    } else if (size > 0) {
      to[0] = from[0];
      to[size / 2] = from[size / 2];
      to[size - 1] = from[size - 1];
    }
  }
  template <typename T>
  void AppendValue(T value) {
    std::memcpy(Grow(sizeof(T)), &value, sizeof(T));
  }
  // Asks for the memory that is written soon: if another core read it last, each write to a line of
  // its cache waits otherwise. Nothing happens where there is none.
  void PrefetchAhead() const {
    const uintptr_t ahead = reinterpret_cast<uintptr_t>(data_) + size_ + kAheadBytes;
    __builtin_prefetch(reinterpret_cast<const void*>(ahead), /*rw=*/1);
  }
  template <typename T>
  T ValueAt(size_t index) const {
    T value;
    std::memcpy(&value, data_ + index * sizeof(T), sizeof(T));
    return value;
  }

 private:
  static constexpr size_t kAheadBytes = 128;

  template <size_t kHalf>
  static void CopyHalves(const char* from, size_t size, char* to) {
    char first[kHalf], last[kHalf];
    std::memcpy(first, from, kHalf);
    std::memcpy(last, from + size - kHalf, kHalf);
    std::memcpy(to, first, kHalf);
    std::memcpy(to + size - kHalf, last, kHalf);
  }

  void Reserve(size_t wanted) {
    size_t capacity = capacity_ ? capacity_ * 2 : 1024;
    while (capacity < wanted) capacity *= 2;
    char* larger = static_cast<char*>(std::realloc(data_, capacity));
    LAKEGATE_CHECK(larger != nullptr, "out of memory");
    data_ = larger;
    capacity_ = capacity;
  }
  void Swap(ByteBuffer& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace lakegate
