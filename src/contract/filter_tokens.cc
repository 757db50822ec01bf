#include "contract/filter_tokens.h"

namespace lakegate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// 'it''s' or "a ""name""" at `*at`; false if it is never closed.
bool TakeQuoted(std::string_view filter, size_t* at, std::string* text) {
  const char quote = filter[(*at)++];
  while (*at < filter.size()) {
    const char c = filter[(*at)++];
    if (c != quote) {
      text->push_back(c);
    } else if (*at < filter.size() && filter[*at] == quote) {
      text->push_back(quote);
      ++*at;
    } else {
      return true;
    }
  }
  return false;
}

// digits [. digits] [e [sign] digits]
size_t NumberEnd(std::string_view filter, size_t at) {
  while (at < filter.size() && IsDigit(filter[at])) ++at;
  if (at < filter.size() && filter[at] == '.') {
    ++at;
    while (at < filter.size() && IsDigit(filter[at])) ++at;
  }
  if (at >= filter.size() || (filter[at] != 'e' && filter[at] != 'E')) return at;
  size_t exponent = at + 1;
  if (exponent < filter.size() && (filter[exponent] == '+' || filter[exponent] == '-')) ++exponent;
  if (exponent >= filter.size() || !IsDigit(filter[exponent])) return at;
  while (exponent < filter.size() && IsDigit(filter[exponent])) ++exponent;
  return exponent;
}

}  // namespace

bool FilterToken::IsKeyword(std::string_view upper) const {
  if (kind != Kind::kWord || text.size() != upper.size()) return false;
  for (size_t i = 0; i < upper.size(); ++i) {
    const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 32) : text[i];
    if (c != upper[i]) return false;
  }
  return true;
}

FilterToken NextFilterToken(std::string_view filter, size_t* at) {
  using enum FilterToken::Kind;
  while (*at < filter.size() && std::string_view(" \t\r\n").find(filter[*at]) != filter.npos) ++*at;
  FilterToken token;
  token.offset = *at;
  if (*at >= filter.size()) return token;
  const char first = filter[*at];
  const auto take = [&](FilterToken::Kind kind, size_t end) {
    token.kind = kind;
    token.text = std::string(filter.substr(*at, end - *at));
    *at = end;
    return token;
  };
  if (first == '\'' || first == '"') {
    token.kind = first == '"' ? kQuotedName : kText;
    if (TakeQuoted(filter, at, &token.text)) return token;
    token.kind = kBad;
    token.text = std::string("the quote ") + first + " is never closed";
    return token;
  }
  const bool dot_number = first == '.' && *at + 1 < filter.size() && IsDigit(filter[*at + 1]);
  if (IsDigit(first) || dot_number) {
    const size_t end = NumberEnd(filter, *at);
    if (end >= filter.size() || !IsWordStart(filter[end])) return take(kNumber, end);
    take(kBad, end + 1);
    token.text = "'" + token.text + "' is no number";
    return token;
  }
  if (IsWordStart(first)) {
    size_t end = *at;
    while (end < filter.size() && (IsWordStart(filter[end]) || IsDigit(filter[end]))) ++end;
    return take(kWord, end);
  }
  for (const std::string_view pair : {"<>", "!=", "<=", ">="}) {
    if (filter.substr(*at, 2) == pair) return take(kSymbol, *at + 2);
  }
  if (std::string_view("()=<>,.+-").find(first) != std::string_view::npos) {
    return take(kSymbol, *at + 1);
  }
  take(kBad, *at + 1);
  token.text = "'" + token.text + "' is no part of a filter";
  return token;
}

}  // namespace lakegate
