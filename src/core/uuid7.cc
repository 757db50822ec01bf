#include "core/uuid7.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace lakegate {

namespace {

constexpr size_t kTextLength = 36;

bool IsDashPosition(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string MakeUuid7(TimestampUs now_us, Random& random) {
  const auto us = static_cast<uint64_t>(std::max<TimestampUs>(now_us, 0));
  const uint64_t ms = us / 1000;
  // Rounded up, so that reading it back (which rounds down) gives the same microsecond.
  const uint64_t fraction = ((us % 1000) * 4096 + 999) / 1000;
  std::array<uint8_t, 16> bytes;
  random.Fill(std::span(bytes).subspan(8));
  for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(ms >> (8 * (5 - i)));
  bytes[6] = static_cast<uint8_t>(0x70 | (fraction >> 8));
  bytes[7] = static_cast<uint8_t>(fraction);
  bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));

  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes) {
    if (IsDashPosition(text.size())) text += '-';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<TimestampUs> Uuid7Time(std::string_view text) {
  if (text.size() != kTextLength || text[14] != '7') return std::nullopt;
  uint64_t high = 0;  // the first 16 hex digits
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDashPosition(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    if (digits++ < 16) high = high << 4 | static_cast<uint64_t>(value);
  }
  if ((HexValue(text[19]) & 0xc) != 0x8) return std::nullopt;
  const uint64_t ms = high >> 16;
  const uint64_t fraction = high & 0xfff;
  return static_cast<TimestampUs>(ms * 1000 + fraction * 1000 / 4096);
}

}  // namespace lakegate
