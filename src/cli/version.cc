#include "cli/version.h"

namespace lakegate {

std::string CodeVersion() { return LAKEGATE_VERSION; }

std::string VersionText() {
#ifdef NDEBUG
  const char* build = "release";
#else
  const char* build = "with assertions";
#endif
  return std::string("lakegate ") + LAKEGATE_VERSION + " (" + build + ", g++ " + __VERSION__ +
         ", Arrow 26.0.1)";
}

}  // namespace lakegate
