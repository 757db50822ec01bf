// Eight decimal digits at once, in a word: the first character in its lowest byte.
#pragma once

#include <cstdint>

namespace lakegate {

inline constexpr uint64_t kZeroDigits = 0x3030303030303030U;  // "00000000"

// Of ten, for as many digits as ShortDigits reads.
inline constexpr int64_t kShortPowers[] = {1,      10,      100,       1000,
                                           10'000, 100'000, 1'000'000, 10'000'000};

// Of characters less '0': not 0 if one is no digit; the lowest bit stands in the first such byte.
inline __attribute__((always_inline)) uint64_t OthersThanDigits(uint64_t word) {
  return ((word + 0x7676767676767676U) | word) & 0x8080808080808080U;
}

// Of characters less '0': all eight are below 10.
inline __attribute__((always_inline)) bool AreDigits(uint64_t word) {
  return OthersThanDigits(word) == 0;
}

// The number that eight digits, without their '0', make. Daniel Lemire's way, three products.
inline __attribute__((always_inline)) int64_t NumberOfDigits(uint64_t word) {
  word = (word * 10) + (word >> 8);  // pairs, in every other byte
  return static_cast<int64_t>((((word & 0x000000FF000000FFU) * 0x000F424000000064U) +
                               (((word >> 16) & 0x000000FF000000FFU) * 0x0000271000000001U)) >>
                              32);
}

// Counts the digits at `at`, of which eight bytes must be readable: up to seven, and their value;
// 8: eight or more. Always inline: also used by code for one instruction set only.
inline __attribute__((always_inline)) int ShortDigits(const char* at, int64_t* value) {
  uint64_t word;
  __builtin_memcpy(&word, at, sizeof word);
  word ^= kZeroDigits;
  const uint64_t others = OthersThanDigits(word);
  if (others == 0) return 8;
  const int digits = __builtin_ctzll(others) >> 3;
  word = (word << 8) << (56 - 8 * digits);  // zeros in front, as far as the digits are short
  *value = NumberOfDigits(word);
  return digits;
}

}  // namespace lakegate
