// Definition or repetition levels that wait for their page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/byte_buffer.h"

namespace lakegate {

// Stores nothing while all levels are the same.
class LevelBuffer {
 public:
  void AppendConstant(size_t count, int level);
  void Append(std::span<const uint8_t> levels);
  void AppendEncoded(size_t begin, size_t end, int max, ByteBuffer* out) const;
  void Clear();

 private:
  size_t count_ = 0;
  bool is_constant_ = true;
  uint8_t constant_ = 0;
  std::vector<uint8_t> levels_;  // unless is_constant_
};

}  // namespace lakegate
