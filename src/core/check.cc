#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace lakegate {

void FailCheck(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr,
               "lakegate: bug: %s (%s) at %s:%d\n"
               "Nothing half-done stays visible; run the command again, and report this line.\n",
               why, condition, file, line);
  std::abort();
}

}  // namespace lakegate
