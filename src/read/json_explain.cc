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

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<JsonTrouble> Run() {
    if (!Scan()) return JsonTrouble{column_, std::move(message_), deepest_};
    return std::nullopt;
  }

 private:
  enum class Next { kValue, kFirstValueOrEnd, kFirstKeyOrEnd, kKey, kSeparatorOrEnd };

  bool Fail(size_t column, std::string message) {
    column_ = column;
    message_ = std::move(message);
    return false;
  }

  std::string Found() const {
    if (at_ >= text_.size()) return "the end of the line";
    const unsigned char c = static_cast<unsigned char>(text_[at_]);
    if (c >= 0x20 && c < 0x7f) return std::string("'") + text_[at_] + "'";
    char hex[16];
    std::snprintf(hex, sizeof hex, "byte 0x%02x", c);
    return hex;
  }

  void SkipSpace() {
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ' &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) {
      ++at_;
    }
  }

  bool Scan() {
    Next next = Next::kValue;
    for (;;) {
      SkipSpace();
      bool value_done = false;
      if (next == Next::kSeparatorOrEnd) {
        if (open_.empty()) {
          if (at_ == text_.size()) return true;
          return Fail(at_, "expected the end of the line after the value, found " + Found());
        }
        if (!Separator(&next, &value_done)) return false;
      } else if (next == Next::kKey || next == Next::kFirstKeyOrEnd) {
        if (!Key(next, &next, &value_done)) return false;
      } else if (!Value(&next, &value_done)) {
        return false;
      }
      if (value_done) next = Next::kSeparatorOrEnd;
    }
  }

  bool Separator(Next* next, bool* value_done) {
    const char close = open_.back() == '{' ? '}' : ']';
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      *next = open_.back() == '{' ? Next::kKey : Next::kValue;
      return true;
    }
    if (at_ < text_.size() && text_[at_] == close) {
      ++at_;
      open_.pop_back();
      *value_done = true;
      return true;
    }
    return Fail(at_,
                std::string("expected ',' or '") + close + "' after a value, found " + Found());
  }

  bool Key(Next expected, Next* next, bool* value_done) {
    if (expected == Next::kFirstKeyOrEnd && at_ < text_.size() && text_[at_] == '}') {
      ++at_;
      open_.pop_back();
      *value_done = true;
      return true;
    }
    if (at_ >= text_.size() || text_[at_] != '"') {
      return Fail(at_, "expected a key in quotes, found " + Found());
    }
    if (!String()) return false;
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != ':') {
      return Fail(at_, "expected ':' after a key, found " + Found());
    }
    ++at_;
    *next = Next::kValue;
    return true;
  }

  bool Value(Next* next, bool* value_done) {
    if (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ']' && *next == Next::kFirstValueOrEnd) {
        ++at_;
        open_.pop_back();
        *value_done = true;
        return true;
      }
      if (c == '{' || c == '[') {
        open_.push_back(c);
        deepest_ = std::max(deepest_, open_.size());
        ++at_;
        *next = c == '{' ? Next::kFirstKeyOrEnd : Next::kFirstValueOrEnd;
        return true;
      }
      *value_done = true;
      if (c == '"') return String();
      if (c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) return Word();
    }
    return Fail(at_, "expected a value, found " + Found());
  }

  // A number or a literal: everything up to a delimiter.
  bool Word() {
    const size_t start = at_;
    while (at_ < text_.size() && !kEndsWord.is[static_cast<unsigned char>(text_[at_])]) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word == "true" || word == "false" || word == "null" || IsJsonNumber(word)) return true;
    if (word[0] == '-' || (word[0] >= '0' && word[0] <= '9')) {
      return Fail(start, "not a JSON number (no leading zeros, digits on both sides of the point)");
    }
    // Other words are not shown: they may be a value that must stay hidden, or no UTF-8.
    for (const char* known : {"nan", "inf", "none", "nil", "undefined"}) {
      if (word == known) return Fail(start, std::string("expected a value, found ") + known);
    }
    return Fail(start, "expected a value, found a word without quotes");
  }

  bool String() {
    const size_t start = at_++;
    while (at_ < text_.size()) {
      size_t plain = 16;
      for (; plain == 16 && at_ + 16 <= text_.size(); at_ += plain) {
        plain = PlainBytes(text_.data() + at_);
      }
      if (at_ == text_.size()) break;
      const unsigned char c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return Fail(at_, "a raw control character inside a string, " + Found());
      if (c == '\\') {
        if (!Escape()) return false;
        continue;
      }
      const size_t length = Utf8Length(text_, at_);
      if (length == 0) return Fail(at_, "bytes that are not UTF-8, " + Found());
      at_ += length;
    }
    return Fail(start, "the text ends inside the string that starts here");
  }

  bool Escape() {
    const size_t start = at_;
    size_t length = 2;
    if (at_ + 1 < text_.size() && text_[at_ + 1] == 'u') {
      length = 6;
      const std::string_view rest = text_.substr(at_, 12);
      std::string scratch;
      if (rest.size() == 12 && UnescapeJson(rest, &scratch) && scratch.size() == 4) length = 12;
    }
    const std::string_view escape = text_.substr(at_, length);
    std::string scratch;
    if (escape.size() < length || !UnescapeJson(escape, &scratch)) {
      return Fail(start, length == 2 ? "not a JSON escape: a backslash and " + (++at_, Found())
                                     : std::string("not a valid \\u escape: four hex digits, and "
                                                   "surrogates only in pairs"));
    }
    at_ += length;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string open_;  // the brackets around this place
  size_t deepest_ = 0;
  size_t column_ = 0;
  std::string message_;
};

}  // namespace

std::optional<JsonTrouble> ExplainJson(std::string_view text) { return Scanner(text).Run(); }

}  // namespace lakegate
