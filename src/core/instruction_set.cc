#include "core/instruction_set.h"

#include <cstdlib>
#include <string_view>

namespace lakegate {
namespace {

InstructionSet Choose() {
  const char* forced = std::getenv("LAKEGATE_TEST_INSTRUCTIONS");
  if (forced && std::string_view(forced) == "sse2") return InstructionSet::kSse2;
  const bool has_all = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                       __builtin_cpu_supports("bmi2");
  return has_all ? InstructionSet::kAvx2 : InstructionSet::kSse2;
}

}  // namespace

InstructionSet ChosenInstructionSet() {
  static const InstructionSet chosen = Choose();
  return chosen;
}

}  // namespace lakegate
