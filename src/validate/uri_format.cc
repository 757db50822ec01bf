// URIs by the grammar of RFC 3986, appendix A: scheme ":" hier-part [ "?" query ] [ "#" fragment ].
#include <array>
#include <cstdint>

#include "validate/string_format.h"

namespace lakegate {
namespace {

enum UriClass : uint8_t { kUnreserved = 1, kSubDelim = 2, kColonAt = 4, kHexDigit = 8 };

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> table{};
  const auto add = [&](std::string_view chars, uint8_t classes) {
    for (const char c : chars) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<uint8_t>(entry | classes);
    }
  };
  add("0123456789", kUnreserved | kHexDigit);
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~", kUnreserved);
  add("abcdefABCDEF", kHexDigit);
  add("!$&'()*+,;=", kSubDelim);
  add(":@", kColonAt);
  return table;
}
constexpr auto kClasses = MakeClasses();
constexpr uint8_t kPathChar = kUnreserved | kSubDelim | kColonAt;

bool Is(char c, uint8_t classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Only characters of the classes, of `also`, and %hh.
bool Consists(std::string_view text, uint8_t classes, std::string_view also) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !Is(text[i + 1], kHexDigit) || !Is(text[i + 2], kHexDigit)) {
        return false;
      }
      i += 2;
    } else if (!Is(text[i], classes) && also.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// "[...]": an IPv6 address or "v1.future".
bool IsIpLiteral(std::string_view inside) {
  if (inside.empty() || (inside[0] != 'v' && inside[0] != 'V')) return IsIpv6(inside);
  const size_t dot = inside.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == inside.size()) return false;
  for (size_t i = 1; i < dot; ++i) {
    if (!Is(inside[i], kHexDigit)) return false;
  }
  const std::string_view rest = inside.substr(dot + 1);
  return rest.find('%') == std::string_view::npos && Consists(rest, kUnreserved | kSubDelim, ":");
}

// [ userinfo "@" ] host [ ":" port ]
bool IsAuthority(std::string_view text) {
  const size_t at = text.find('@');
  if (at != std::string_view::npos) {
    if (!Consists(text.substr(0, at), kUnreserved | kSubDelim, ":")) return false;
    text.remove_prefix(at + 1);
  }
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos || !IsIpLiteral(text.substr(1, close - 1))) return false;
    text.remove_prefix(close + 1);
    if (!text.empty() && text[0] != ':') return false;
  } else {
    const size_t colon = text.find(':');
    if (!Consists(text.substr(0, colon), kUnreserved | kSubDelim, "")) return false;
    text.remove_prefix(colon == std::string_view::npos ? text.size() : colon);
  }
  for (size_t i = 1; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
  }
  return true;
}

}  // namespace

bool IsUri(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !IsLetter(text[0])) return false;
  for (const char c : text.substr(0, colon)) {
    if (!IsLetter(c) && !IsDigit(c) && c != '+' && c != '-' && c != '.') return false;
  }
  std::string_view rest = text.substr(colon + 1);
  const size_t hash = rest.find('#');
  if (hash != std::string_view::npos) {
    if (!Consists(rest.substr(hash + 1), kPathChar, "/?")) return false;
    rest = rest.substr(0, hash);
  }
  const size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    if (!Consists(rest.substr(question + 1), kPathChar, "/?")) return false;
    rest = rest.substr(0, question);
  }
  if (rest.starts_with("//")) {
    const size_t slash = rest.find('/', 2);
    if (!IsAuthority(rest.substr(2, slash == std::string_view::npos ? slash : slash - 2))) {
      return false;
    }
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash);
  }
  return Consists(rest, kPathChar, "/");
}

}  // namespace lakegate
