// Where something is written in a file that a user edits.
#pragma once

#include <string>

namespace lakegate {

struct SourcePosition {
  std::string file;  // as the user named it
  int line = 0;      // from 1; 0 = unknown
  int column = 0;    // from 1, code points; 0 = unknown
};

// "contracts/events.odcs.yaml:23:9"; without line just the file.
inline std::string ToString(const SourcePosition& at) {
  if (at.line == 0) return at.file;
  return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace lakegate
