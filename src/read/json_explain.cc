#include "read/json_explain.h"

#include <emmintrin.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "core/utf8.h"
#include "read/json_text.h"

namespace lakegate {
namespace {

// How many of the 16 bytes at `at` are no quote, backslash, control character or above 0x7F, up to
// the first that is.
size_t PlainBytes(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  const __m128i others = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));  // above 0x7F: negative
  const int found = _mm_movemask_epi8(_mm_or_si128(ends, others));
  return static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(found) | 0x10000));
}

struct Bytes {
  bool is[256] = {};
  constexpr explicit Bytes(std::string_view all) {
    for (const char c : all) is[static_cast<unsigned char>(c)] = true;
  }
};
constexpr Bytes kEndsWord(" \t\r\n,:]}[{\"");

constexpr size_t kFailed = SIZE_MAX;

// Goes from place to place: each step takes where it starts and returns where it ends, or kFailed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // From a value of the outermost object on, unless it is the beginning of the text.
  std::optional<JsonTrouble> Run(size_t from) {
    if (from > 0) {
      open_.push_back('{');
      deepest_ = 1;
    }
    if (Scan(from) == kFailed) return JsonTrouble{column_, std::move(message_), deepest_};
    return std::nullopt;
  }

 private:
  enum class Next { kValue, kFirstValueOrEnd, kFirstKeyOrEnd, kKey, kSeparatorOrEnd };

  size_t Fail(size_t column, std::string message) {
    column_ = column;
    message_ = std::move(message);
    return kFailed;
  }

  std::string Found(size_t at) const {
    if (at >= text_.size()) return "the end of the line";
    const unsigned char c = static_cast<unsigned char>(text_[at]);
    if (c >= 0x20 && c < 0x7f) return std::string("'") + text_[at] + "'";
    char hex[16];
    std::snprintf(hex, sizeof hex, "byte 0x%02x", c);
    return hex;
  }

  bool IsAt(size_t at, char c) const { return at < text_.size() && text_[at] == c; }

  size_t SkipSpace(size_t at) const {
    while (at < text_.size() && static_cast<unsigned char>(text_[at]) <= ' ' &&
           (text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\r' || text_[at] == '\n')) {
      ++at;
    }
    return at;
  }

  size_t Scan(size_t from) {
    Next next = Next::kValue;
    for (size_t at = from; at != kFailed;) {
      at = SkipSpace(at);
      if (next == Next::kSeparatorOrEnd) {
        if (open_.empty() && at == text_.size()) return at;
        at = Separator(at, &next);
      } else if (next == Next::kKey || next == Next::kFirstKeyOrEnd) {
        at = Key(at, &next);
      } else {
        at = Value(at, &next);
      }
    }
    return kFailed;
  }

  size_t Close(size_t at, Next* next) {
    open_.pop_back();
    *next = Next::kSeparatorOrEnd;
    return at + 1;
  }

  size_t Separator(size_t at, Next* next) {
    if (open_.empty()) {
      return Fail(at, "expected the end of the line after the value, found " + Found(at));
    }
    const char close = open_.back() == '{' ? '}' : ']';
    if (IsAt(at, ',')) {
      *next = open_.back() == '{' ? Next::kKey : Next::kValue;
      return at + 1;
    }
    if (IsAt(at, close)) return Close(at, next);
    return Fail(at,
                std::string("expected ',' or '") + close + "' after a value, found " + Found(at));
  }

  size_t Key(size_t at, Next* next) {
    if (*next == Next::kFirstKeyOrEnd && IsAt(at, '}')) return Close(at, next);
    if (!IsAt(at, '"')) return Fail(at, "expected a key in quotes, found " + Found(at));
    at = String(at);
    if (at == kFailed) return kFailed;
    at = SkipSpace(at);
    if (!IsAt(at, ':')) return Fail(at, "expected ':' after a key, found " + Found(at));
    *next = Next::kValue;
    return at + 1;
  }

  size_t Value(size_t at, Next* next) {
    if (at < text_.size()) {
      const char c = text_[at];
      if (c == ']' && *next == Next::kFirstValueOrEnd) return Close(at, next);
      if (c == '{' || c == '[') {
        open_.push_back(c);
        deepest_ = std::max(deepest_, open_.size());
        *next = c == '{' ? Next::kFirstKeyOrEnd : Next::kFirstValueOrEnd;
        return at + 1;
      }
      *next = Next::kSeparatorOrEnd;
      if (c == '"') return String(at);
      if (c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) return Word(at);
    }
    return Fail(at, "expected a value, found " + Found(at));
  }

  // A number or a literal: everything up to a delimiter.
  size_t Word(size_t start) {
    size_t at = start;
    while (at < text_.size() && !kEndsWord.is[static_cast<unsigned char>(text_[at])]) ++at;
    const std::string_view word = text_.substr(start, at - start);
    if (word == "true" || word == "false" || word == "null" || IsJsonNumber(word)) return at;
    if (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')) {
      return Fail(start, "not a JSON number (no leading zeros, digits on both sides of the point)");
    }
    // Other words are not shown: they may be a value that must stay hidden, or no UTF-8.
    for (const char* known : {"nan", "inf", "none", "nil", "undefined"}) {
      if (word == known) return Fail(start, std::string("expected a value, found ") + known);
    }
    return Fail(start, "expected a value, found a word without quotes");
  }

  size_t String(size_t start) {
    size_t at = start + 1;
    while (at < text_.size()) {
      size_t plain = 16;
      for (; plain == 16 && at + 16 <= text_.size(); at += plain) {
        plain = PlainBytes(text_.data() + at);
      }
      if (at == text_.size()) break;
      const unsigned char c = static_cast<unsigned char>(text_[at]);
      if (c == '"') return at + 1;
      if (c < 0x20) return Fail(at, "a raw control character inside a string, " + Found(at));
      if (c == '\\') {
        at = Escape(at);
        if (at == kFailed) return kFailed;
        continue;
      }
      const size_t length = Utf8Length(text_, at);
      if (length == 0) return Fail(at, "bytes that are not UTF-8, " + Found(at));
      at += length;
    }
    return Fail(start, "the text ends inside the string that starts here");
  }

  size_t Escape(size_t start) {
    size_t length = 2;
    if (start + 1 < text_.size() && text_[start + 1] == 'u') {
      length = 6;
      const std::string_view rest = text_.substr(start, 12);
      std::string scratch;
      if (rest.size() == 12 && UnescapeJson(rest, &scratch) && scratch.size() == 4) length = 12;
    }
    const std::string_view escape = text_.substr(start, length);
    std::string scratch;
    if (escape.size() == length && UnescapeJson(escape, &scratch)) return start + length;
    return Fail(start, length == 2 ? "not a JSON escape: a backslash and " + Found(start + 1)
                                   : std::string("not a valid \\u escape: four hex digits, and "
                                                 "surrogates only in pairs"));
  }

  const std::string_view text_;
  std::string open_;  // the brackets around this place
  size_t deepest_ = 0;
  size_t column_ = 0;
  std::string message_;
};

}  // namespace

std::optional<JsonTrouble> ExplainJson(std::string_view text, size_t well_formed) {
  return Scanner(text).Run(well_formed);
}

}  // namespace lakegate
