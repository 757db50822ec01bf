#include "write/level_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "write/hybrid_encoder.h"

namespace lakegate {

void LevelBuffer::AppendConstant(size_t count, int level) {
  if (is_constant_ && (count_ == 0 || constant_ == level)) {
    constant_ = static_cast<uint8_t>(level);
  } else {
    if (std::exchange(is_constant_, false)) levels_.assign(count_, constant_);
    levels_.insert(levels_.end(), count, static_cast<uint8_t>(level));
  }
  count_ += count;
}

void LevelBuffer::Append(std::span<const uint8_t> levels) {
  if (std::exchange(is_constant_, false)) levels_.assign(count_, constant_);
  levels_.insert(levels_.end(), levels.begin(), levels.end());
  count_ += levels.size();
}

// Behind their length, as in data pages of version 1.
void LevelBuffer::AppendEncoded(size_t begin, size_t end, int max, ByteBuffer* out) const {
  const size_t before = out->size();
  out->AppendValue(uint32_t{0});
  const int bit_width = BitWidthFor(static_cast<uint32_t>(max));
  const auto levels = is_constant_ ? std::span<const uint8_t>()
                                   : std::span<const uint8_t>(levels_).subspan(begin, end - begin);
  const bool is_one =
      std::all_of(levels.begin(), levels.end(), [&](uint8_t level) { return level == levels[0]; });
  if (is_one) {
    AppendHybridRun(end - begin, is_constant_ ? constant_ : levels[0], bit_width, out);
  } else {
    AppendHybrid(levels, bit_width, out);
  }
  const auto length = static_cast<uint32_t>(out->size() - before - sizeof(uint32_t));
  std::memcpy(out->data() + before, &length, sizeof length);
}

void LevelBuffer::Clear() {
  count_ = 0;
  is_constant_ = true;
  levels_.clear();
}

}  // namespace lakegate
