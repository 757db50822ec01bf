// 128-bit hashes (XXH3-128) for keys: not for secrets, wide enough to be treated as exact.
#pragma once

// In line: most keys are short, and a call into the library costs as much as their hash.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace lakegate {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const Hash128&) const = default;
};

// Static: what is in line of the library is another function in each file.
static inline Hash128 HashOf(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

// Another function for each seed.
static inline Hash128 HashOf(std::string_view bytes, uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {hash.low64, hash.high64};
}

}  // namespace lakegate
