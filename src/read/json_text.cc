#include "read/json_text.h"

#include <algorithm>
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

// Whether eight bytes stand for themselves. A borrow may suspect a plain byte, never the reverse.
bool ArePlain(uint64_t bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  const uint64_t quote = bytes ^ (kOnes * '"');
  const uint64_t backslash = bytes ^ (kOnes * '\\');
  const uint64_t suspects = (bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes);
  return (suspects & ~bytes & (kOnes * 0x80)) == 0;
}

// What stands behind the backslash of every byte; 0: it stands for itself, 'u': its number does.
struct Escapes {
  char letter[256] = {};
  constexpr Escapes() {
    for (int c = 0; c < 0x20; ++c) letter[c] = 'u';
    letter['\n'] = 'n';
    letter['\r'] = 'r';
    letter['\t'] = 't';
    letter['"'] = '"';
    letter['\\'] = '\\';
  }
};
constexpr Escapes kEscapes;
constexpr size_t kLongestEscape = 6;

// Two bytes are written in any case: there must be room. Returns the end.
char* AppendEscaped(unsigned char c, char* to) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char letter = kEscapes.letter[c];
  to[0] = letter != 0 ? '\\' : static_cast<char>(c);
  to[1] = letter;
  to += letter != 0 ? 2 : 1;
  if (letter != 'u') [[likely]]
    return to;
  *to++ = '0';
  *to++ = '0';
  *to++ = kHex[c >> 4];
  *to++ = kHex[c & 15];
  return to;
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
  constexpr size_t kPiece = 2048;
  out->push_back('"');
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    const size_t before = out->size();
    out->resize(before + piece.size() * kLongestEscape + 1);
    char* to = out->data() + before;
    size_t at = 0;
    while (at < piece.size()) {
      uint64_t bytes;
      const size_t block = std::min(sizeof bytes, piece.size() - at);
      if (block == sizeof bytes) {
        std::memcpy(&bytes, piece.data() + at, sizeof bytes);
        if (ArePlain(bytes)) {
          std::memcpy(to, &bytes, sizeof bytes);
          to += sizeof bytes;
          at += sizeof bytes;
          continue;
        }
      }
      for (const size_t end = at + block; at < end; ++at) {
        to = AppendEscaped(static_cast<unsigned char>(piece[at]), to);
      }
    }
    out->resize(static_cast<size_t>(to - out->data()));
  }
  out->push_back('"');
}

}  // namespace lakegate
