#include "write/base64.h"

#include <algorithm>
#include <cstdint>

namespace lakegate {

void AppendBase64(std::string_view bytes, ByteBuffer* out) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* to = out->Grow((bytes.size() + 2) / 3 * 4);
  const auto put = [&](uint32_t group, int letters) {
    for (int shift = 18; letters-- > 0; shift -= 6) *to++ = kAlphabet[group >> shift & 63];
  };
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  const size_t left = bytes.size() % 3;
  for (const unsigned char* const end = from + (bytes.size() - left); from < end; from += 3) {
    put(uint32_t{from[0]} << 16 | uint32_t{from[1]} << 8 | from[2], 4);
  }
  if (left == 0) return;
  const uint32_t second = left == 2 ? from[1] : 0;
  put(uint32_t{from[0]} << 16 | second << 8, static_cast<int>(left) + 1);
  std::fill_n(to, 3 - left, '=');
}

}  // namespace lakegate
