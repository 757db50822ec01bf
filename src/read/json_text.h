// The small grammar of JSON tokens (RFC 8259): numbers and string escapes.
#pragma once

#include <string>
#include <string_view>

#include "core/byte_buffer.h"

namespace lakegate {

// Whether `token` is exactly one JSON number: no sign +, no leading zero, no bare dot.
bool IsJsonNumber(std::string_view token);

// Appends the text of a string's inside (between the quotes) with its escapes resolved.
// False if an escape is wrong, a surrogate stands alone, or a backslash ends the text.
bool UnescapeJson(std::string_view inside, std::string* out);

// Appends `text` as a JSON string with quotes. `text` must be UTF-8.
void AppendJsonString(std::string_view text, std::string* out);
void AppendJsonString(std::string_view text, ByteBuffer* out);

}  // namespace lakegate
