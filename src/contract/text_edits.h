// lint --fix: the edits of diagnostics, applied to the file's text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/diagnostics.h"

namespace lakegate {

struct EditedText {
  std::string text;  // every byte outside the edits is as it was
  int mended = 0;    // diagnostics whose edits were all applied
};

// Leaves out what no longer fits: another text at the place, or an edit that overlaps an earlier
// one. Read the result again: mending one thing can uncover another.
EditedText ApplyEdits(std::string_view text, const std::vector<Diagnostic>& diagnostics);

}  // namespace lakegate
