// Randomness is an argument everywhere, so that runs can be repeated exactly.
#pragma once

#include <cstdint>
#include <span>

namespace lakegate {

class Random {
 public:
  virtual ~Random() = default;
  // Overwrites every byte of `out`.
  virtual void Fill(std::span<uint8_t> out) = 0;
};

// The kernel's generator (getrandom). Thread safe.
class SystemRandom : public Random {
 public:
  void Fill(std::span<uint8_t> out) override;
};

// The same bytes for the same seed, on every machine (SplitMix64). Not for secrets; one thread.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  uint64_t state_;
};

}  // namespace lakegate
