#include "write/base64.h"

#include <tmmintrin.h>

#include <algorithm>
#include <cstdint>

#include "core/instruction_set.h"

namespace lakegate {
namespace {

// As many groups of twelve bytes as there are with four bytes behind them, which are read, too.
// Returns the number of bytes taken. After W. Mula, D. Lemire: Faster Base64 Encoding and Decoding
// Using AVX2 Instructions (ACM Transactions on the Web 12, 2018).
__attribute__((target("ssse3"))) size_t PutGroups(std::string_view bytes, char* to) {
  // 012 becomes 1021: each half of a group of three has its two numbers of six bits in one place.
  const __m128i places = _mm_set_epi8(10, 11, 9, 10, 7, 8, 6, 7, 4, 5, 3, 4, 1, 2, 0, 1);
  // What is added to a number: of a to z, 0 to 9, + and /, A to Z.
  const __m128i offsets =
      _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                    '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  size_t at = 0;
  for (; at + sizeof(__m128i) <= bytes.size(); at += 12, to += 16) {
    const __m128i group = _mm_shuffle_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at)), places);
    const __m128i first_and_third = _mm_mulhi_epu16(
        _mm_and_si128(group, _mm_set1_epi32(0x0FC0FC00)), _mm_set1_epi32(0x04000040));
    const __m128i second_and_fourth = _mm_mullo_epi16(
        _mm_and_si128(group, _mm_set1_epi32(0x003F03F0)), _mm_set1_epi32(0x01000010));
    const __m128i numbers = _mm_or_si128(first_and_third, second_and_fourth);
    const __m128i capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), numbers);
    const __m128i kind = _mm_or_si128(_mm_subs_epu8(numbers, _mm_set1_epi8(51)),
                                      _mm_and_si128(capital, _mm_set1_epi8(13)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm_add_epi8(_mm_shuffle_epi8(offsets, kind), numbers));
  }
  return at;
}

}  // namespace

void AppendBase64(std::string_view bytes, ByteBuffer* out) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* to = out->Grow((bytes.size() + 2) / 3 * 4);
  if (ChosenInstructionSet() == InstructionSet::kAvx2) {
    const size_t taken = PutGroups(bytes, to);
    to += taken / 3 * 4;
    bytes.remove_prefix(taken);
  }
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
