// Which vector instructions the hot loops use: SSE2 is the base, AVX2 is chosen once at run time.
#pragma once

#include <cstdint>

namespace lakegate {

enum class InstructionSet : uint8_t { kSse2, kAvx2 };

// The best one of this machine. LAKEGATE_TEST_INSTRUCTIONS=sse2 in the environment forces the base:
// results are the same, tests run both.
InstructionSet ChosenInstructionSet();

}  // namespace lakegate
