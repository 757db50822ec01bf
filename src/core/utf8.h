// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lakegate {

// Length of the sequence at `at` (1..4), or 0 if the bytes are not valid there.
size_t Utf8Length(std::string_view text, size_t at);
// Byte offset of the first invalid byte; nothing if all is valid.
std::optional<size_t> FirstInvalidUtf8(std::string_view text);
// The text with each invalid byte replaced by U+FFFD: for names of files in messages and reports.
std::string ReplaceInvalidUtf8(std::string_view text);
// Code points of valid UTF-8.
size_t CountCodePoints(std::string_view text);
// At most `max_bytes` of valid UTF-8, cut between code points.
std::string_view CutUtf8(std::string_view text, size_t max_bytes);

}  // namespace lakegate
