// What --version prints, and what goes into runs as the code's version.
#pragma once

#include <string>

namespace lakegate {

std::string CodeVersion();  // "0.1.0"
std::string VersionText();  // with the build and the libraries

}  // namespace lakegate
