#include "read/json_text.h"

#include <cstdint>
#include <cstring>

namespace lakegate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(uint32_t code_point, std::string* out) {
  const auto put = [&](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

// The four hex digits at `at`; -1 if they are not there.
int32_t HexQuad(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    int digit;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

// At the 'u' of \uXXXX. Moves *at behind the escape (both halves of a surrogate pair).
bool UnescapeUnicode(std::string_view inside, size_t* at, std::string* out) {
  const int32_t first = HexQuad(inside, *at + 1);
  if (first < 0) return false;
  *at += 5;
  if (first < 0xD800 || first > 0xDFFF) {
    AppendUtf8(static_cast<uint32_t>(first), out);
    return true;
  }
  if (first >= 0xDC00) return false;
  if (*at + 1 >= inside.size() || inside[*at] != '\\' || inside[*at + 1] != 'u') return false;
  const int32_t second = HexQuad(inside, *at + 2);
  if (second < 0xDC00 || second > 0xDFFF) return false;
  *at += 6;
  AppendUtf8(0x10000 + (static_cast<uint32_t>(first - 0xD800) << 10) +
                 static_cast<uint32_t>(second - 0xDC00),
             out);
  return true;
}

// Where the first byte at or behind `at` is that must be escaped; the size of the text if none is.
size_t PlainUntil(std::string_view text, size_t at) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const uint64_t quote = bytes ^ (kOnes * '"');
    const uint64_t backslash = bytes ^ (kOnes * '\\');
    const uint64_t suspects = (bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes);
    // A borrow may suspect a plain byte, never the reverse; high bytes stand for themselves.
    if ((suspects & ~bytes & (kOnes * 0x80)) != 0) break;
  }
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<unsigned char>(text[at]) >= 0x20) {
    ++at;
  }
  return at;
}

}  // namespace

bool IsJsonNumber(std::string_view token) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t start = i;
    while (i < token.size() && IsDigit(token[i])) ++i;
    return i > start;
  };
  if (i < token.size() && token[i] == '-') ++i;
  if (i < token.size() && token[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (i < token.size() && token[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
    ++i;
    if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == token.size();
}

bool UnescapeJson(std::string_view inside, std::string* out) {
  for (size_t i = 0; i < inside.size();) {
    if (inside[i] != '\\') {
      out->push_back(inside[i++]);
      continue;
    }
    if (++i == inside.size()) return false;
    switch (inside[i]) {
      case '"':
      case '\\':
      case '/':
        out->push_back(inside[i++]);
        break;
      case 'b':
        out->push_back('\b'), ++i;
        break;
      case 'f':
        out->push_back('\f'), ++i;
        break;
      case 'n':
        out->push_back('\n'), ++i;
        break;
      case 'r':
        out->push_back('\r'), ++i;
        break;
      case 't':
        out->push_back('\t'), ++i;
        break;
      case 'u':
        if (!UnescapeUnicode(inside, &i, out)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  size_t begin = 0;  // of what stands for itself and is not yet appended
  for (size_t at = PlainUntil(text, 0); at < text.size(); at = PlainUntil(text, begin)) {
    out->append(text, begin, at - begin);
    const char c = text[at];
    begin = at + 1;
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        out->append("\\u00");
        out->push_back(kHex[(c >> 4) & 15]);
        out->push_back(kHex[c & 15]);
    }
  }
  out->append(text, begin);
  out->push_back('"');
}

}  // namespace lakegate
