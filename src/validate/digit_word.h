// Eight decimal digits at once, in a word: the first character in its lowest byte.
#pragma once

#include <cstdint>

namespace lakegate {

inline constexpr uint64_t kZeroDigits = 0x3030303030303030U;  // "00000000"

// Of characters less '0': all eight are below 10.
inline bool AreDigits(uint64_t word) {
  return (((word + 0x7676767676767676U) | word) & 0x8080808080808080U) == 0;
}

// The number that eight digits, without their '0', make. Daniel Lemire's way, three products.
inline int64_t NumberOfDigits(uint64_t word) {
  word = (word * 10) + (word >> 8);  // pairs, in every other byte
  return static_cast<int64_t>((((word & 0x000000FF000000FFU) * 0x000F424000000064U) +
                               (((word >> 16) & 0x000000FF000000FFU) * 0x0000271000000001U)) >>
                              32);
}

}  // namespace lakegate
