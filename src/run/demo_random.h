// Random numbers that are the same on every machine: xoshiro256** 1.0, seeded by SplitMix64
// (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). Integers only.
#pragma once

#include <cstdint>

namespace lakegate {

class DemoRandom {
 public:
  explicit DemoRandom(uint64_t seed) {
    for (uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  uint64_t Next() {
    const uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = RotateLeft(state_[3], 45);
    return result;
  }

  // 0 .. bound - 1, for bounds below 2^32.
  uint32_t Below(uint64_t bound) { return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32); }

 private:
  static uint64_t RotateLeft(uint64_t value, int bits) {
    return (value << bits) | (value >> (64 - bits));
  }

  uint64_t state_[4];
};

// Picks exactly `wanted` of `total` items that come one after the other (Knuth, TAOCP 3.4.2, S).
class ExactShare {
 public:
  ExactShare(int64_t wanted, int64_t total) : wanted_(wanted), left_(total) {}
  bool Pick(DemoRandom* random) {
    const bool picked = random->Below(static_cast<uint64_t>(left_)) < wanted_;
    --left_;
    if (picked) --wanted_;
    return picked;
  }

 private:
  int64_t wanted_;
  int64_t left_;
};

}  // namespace lakegate
