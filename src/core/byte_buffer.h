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
  template <typename T>
  void AppendValue(T value) {
    std::memcpy(Grow(sizeof(T)), &value, sizeof(T));
  }
  template <typename T>
  T ValueAt(size_t index) const {
    T value;
    std::memcpy(&value, data_ + index * sizeof(T), sizeof(T));
    return value;
  }

 private:
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
