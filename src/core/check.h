// LAKEGATE_CHECK: an invariant of the program itself, on in every build. Prints and aborts;
// the state on disk survives that (the crash tests prove it).
#pragma once

namespace lakegate {

[[noreturn]] void FailCheck(const char* file, int line, const char* condition, const char* why);

}  // namespace lakegate

#define LAKEGATE_CHECK(condition, why)                            \
  do {                                                            \
    if (!(condition)) [[unlikely]] {                              \
      ::lakegate::FailCheck(__FILE__, __LINE__, #condition, why); \
    }                                                             \
  } while (false)
