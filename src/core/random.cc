#include "core/random.h"

#include <sys/random.h>

#include <cerrno>

#include "core/check.h"

namespace lakegate {

void SystemRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    const ssize_t filled = getrandom(out.data(), out.size(), 0);
    if (filled < 0 && errno == EINTR) continue;
    LAKEGATE_CHECK(filled > 0, "the kernel must give random bytes");
    out = out.subspan(static_cast<size_t>(filled));
  }
}

void SeededRandom::Fill(std::span<uint8_t> out) {
  uint64_t word = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    if (i % 8 == 0) {
      state_ += 0x9e3779b97f4a7c15U;
      word = state_;
      word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9U;
      word = (word ^ (word >> 27)) * 0x94d049bb133111ebU;
      word ^= word >> 31;
    }
    out[i] = static_cast<uint8_t>(word >> (8 * (i % 8)));
  }
}

}  // namespace lakegate
