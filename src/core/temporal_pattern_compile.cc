// TemporalPattern::Compile: the letters of a pattern, their counts, and what they must make up.
#include <algorithm>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr size_t kMaxPatternBytes = 256;

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
Error PatternError(std::string_view pattern, std::string why, std::string mend) {
  return {ErrorCode::kInvalidConfig,
          "the date pattern '" + std::string(pattern) + "': " + std::move(why), std::move(mend)};
}

struct LetterProblem {
  std::string why;
  std::string mend;
};

// Nothing: the letter may be repeated `count` times.
std::optional<LetterProblem> CheckLetter(char letter, int count) {
  const std::string written(static_cast<size_t>(count), letter);
  int most = 0;
  switch (letter) {
    case 'y':
    case 'u':
      if (count == 3) return LetterProblem{"'" + written + "' is no year", "write yyyy or yy"};
      most = 4;
      break;
    case 'M':
    case 'L':
      most = 4;
      break;
    case 'D':
      most = 3;
      break;
    case 'd':
    case 'H':
    case 'h':
    case 'm':
    case 's':
      most = 2;
      break;
    case 'S':
    case 'n':
      most = 9;
      break;
    case 'a':
      most = 1;
      break;
    case 'X':
    case 'x':
      most = 5;
      break;
    case 'Z':
      if (count == 4) return LetterProblem{"'ZZZZ' (GMT+01:00) is not read", "write XXX"};
      most = 5;
      break;
    case 'Y':
      return LetterProblem{"'Y' is the week year", "write yyyy"};
    case 'E':
    case 'e':
    case 'c':
      return LetterProblem{"weekdays are not read", "leave the weekday out or quote it as text"};
    case 'O':
    case 'V':
    case 'z':
    case 'v':
      return LetterProblem{"zone names are not read", "write XXX for an offset such as +01:00"};
    case 'k':
    case 'K':
      return LetterProblem{std::string("'") + letter + "' is not read", "write HH (0-23) or hh a"};
    default:
      return LetterProblem{std::string("the letter '") + letter + "' has no meaning",
                           std::string("quote text: '") + letter + "'"};
  }
  if (count <= most) return std::nullopt;
  return LetterProblem{"'" + written + "' has too many letters",
                       "write at most " + std::to_string(most)};
}

// The standard's own samples, which break the JDK's rules and mean ISO 8601 (formats page, 1.10).
bool IsBrokenIsoSpelling(std::string_view pattern) {
  return pattern == "YYYY-MM-DDTHH:mm:ss.SSSZ" || pattern == "yyyy-MM-ddTHH:mm:ssZ";
}

// Reads 'text' or '' at `at`; returns the position behind it, or npos without closing quote.
size_t ReadQuoted(std::string_view pattern, size_t at, std::string& literal) {
  if (pattern.substr(at, 2) == "''") {
    literal += '\'';
    return at + 2;
  }
  for (++at; at < pattern.size(); ++at) {
    if (pattern[at] != '\'') {
      literal += pattern[at];
    } else if (pattern.substr(at, 2) == "''") {
      literal += '\'';
      ++at;
    } else {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Result<TemporalPattern> TemporalPattern::Compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return PatternError(pattern.substr(0, 40), "it is too long", "write at most 256 bytes");
  }
  TemporalPattern compiled;
  compiled.text_ = std::string(pattern);
  if (IsBrokenIsoSpelling(pattern)) {
    compiled.tokens_.push_back({.letter = kIsoTimestamp, .count = 1});
    compiled.has_date_ = compiled.has_time_ = compiled.has_offset_ = true;
    return compiled;
  }
  LAKEGATE_TRY(compiled.Tokenize());
  LAKEGATE_TRY(compiled.CheckParts());
  return compiled;
}

Status TemporalPattern::Tokenize() {
  int depth = 0;
  for (size_t at = 0; at < text_.size();) {
    const char c = text_[at];
    if (c == '[' || c == ']') {
      depth += c == '[' ? 1 : -1;
      if (depth < 0) return PatternError(text_, "']' without '['", "write [ before it");
      if (depth > kMaxOptionalDepth) return PatternError(text_, "too many '['", "nest at most 8");
      tokens_.push_back({.letter = c, .count = 1, .optional_depth = depth});
      ++at;
    } else if (IsAsciiLetter(c) && c != 'T') {
      const size_t end = std::min(text_.find_first_not_of(c, at), text_.size());
      const int count = static_cast<int>(end - at);
      if (auto problem = CheckLetter(c, count)) {
        return PatternError(text_, problem->why, problem->mend);
      }
      tokens_.push_back({.letter = c, .count = count, .optional_depth = depth});
      at = end;
    } else if (c == '{' || c == '}' || c == '#') {
      return PatternError(text_, std::string("'") + c + "' is reserved",
                          "quote it: '" + std::string(1, c) + "'");
    } else {
      std::string literal(1, c);
      const size_t end = c == '\'' ? ReadQuoted(text_, at, literal = "") : at + 1;
      if (end == std::string_view::npos) {
        return PatternError(text_, "a quote is not closed", "write ' behind the text");
      }
      tokens_.push_back({.literal = std::move(literal), .optional_depth = depth});
      at = end;
    }
  }
  if (depth > 0) return PatternError(text_, "'[' without ']'", "write ] behind it");
  return {};
}

Status TemporalPattern::CheckParts() {
  std::string letters;
  for (const Token& token : tokens_) {
    if (token.letter != 0) letters += token.letter;
  }
  const auto any = [&](std::string_view of) { return letters.find_first_of(of) < letters.size(); };
  has_date_ = any("yuMLdD");
  has_time_ = any("Hhmsa") || any("Sn");
  has_offset_ = any("XxZ");
  const bool whole_date = any("yu") && ((any("ML") && any("d")) || any("D"));
  if (!has_date_ && !has_time_) {
    return PatternError(text_, "it has neither a date nor a time", "write e.g. yyyy-MM-dd");
  }
  if (has_date_ && !whole_date) {
    return PatternError(text_, "it names no whole date", "write year, month and day: yyyy-MM-dd");
  }
  if (has_time_ && !any("Hh")) return PatternError(text_, "it has no hour", "write HH");
  if (any("h") && !any("a")) {
    return PatternError(text_, "'h' (1-12) needs 'a' (am/pm)", "write HH for 0-23, or add a");
  }
  if (any("a") && !any("hH")) return PatternError(text_, "'a' needs an hour", "write hh:mm a");
  return {};
}

}  // namespace lakegate
