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
  size_t depth = 0;     // of the deepest object or list up to there; 1: the outermost
};

// Nothing if `text` is one valid JSON text (RFC 8259, UTF-8) of any depth.
std::optional<JsonTrouble> ExplainJson(std::string_view text);

}  // namespace lakegate
