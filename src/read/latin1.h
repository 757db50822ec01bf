// ISO-8859-1 text as UTF-8: each byte is the code point of the same number.
#pragma once

#include <string>
#include <string_view>

namespace lakegate {

inline void AppendLatin1AsUtf8(std::string_view text, std::string* out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out->push_back(c);
    } else {
      out->push_back(static_cast<char>(0xC0 | (byte >> 6)));
      out->push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
}

}  // namespace lakegate
