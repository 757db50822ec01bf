// How much generated data a test looks at: LAKEGATE_TEST_SCALE multiplies it (default 1).
#pragma once

#include <cstdint>
#include <cstdlib>

namespace lakegate {

inline int64_t TestScale() {
  const char* text = std::getenv("LAKEGATE_TEST_SCALE");
  const int64_t scale = text ? std::atoll(text) : 1;
  return scale > 0 ? scale : 1;
}

}  // namespace lakegate
