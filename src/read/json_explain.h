// A slow, obvious scanner of one JSON text: says where it breaks and what was expected there.
// Runs only for lines the walker refused or is likely to; tests hold it against the walker and
// against simdjson.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lakegate {

struct JsonTrouble {
  size_t column = 0;    // byte offset in the text
  std::string message;  // "expected ',' or '}' after a value, found 'x'"
  size_t depth = 0;     // of the deepest object or list scanned up to there; 1: the outermost
};

// Nothing if `text` is one valid JSON text (RFC 8259, UTF-8) of any depth. Of its first
// `well_formed` bytes that is known already: if not 0, a value of the outermost object begins
// there.
std::optional<JsonTrouble> ExplainJson(std::string_view text, size_t well_formed = 0);

}  // namespace lakegate
