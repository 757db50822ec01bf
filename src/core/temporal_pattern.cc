#include "core/temporal_pattern.h"

#include <algorithm>
#include <array>

namespace lakegate {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What one text said, before it is put together.
struct Fields {
  int64_t year = -1;
  int month = -1;
  int day = -1;
  int day_of_year = -1;
  int hour = -1;
  int hour_of_half = -1;  // 1..12
  int half = -1;          // 0 am, 1 pm
  int minute = 0;
  int second = 0;
  int64_t nanosecond = 0;
  std::optional<int32_t> offset_s;
};

// Where the reading of a text stands; a copy is a way back.
struct Cursor {
  std::string_view text;
  size_t at = 0;
  Fields fields;

  bool ended() const { return at >= text.size(); }
  char peek() const { return ended() ? '\0' : text[at]; }
  size_t DigitRun() const {
    size_t count = 0;
    while (at + count < text.size() && IsDigit(text[at + count])) ++count;
    return count;
  }
};

// Exactly `width` digits.
bool ReadDigits(Cursor& cursor, size_t width, int64_t& value) {
  if (width == 0 || width > 18 || cursor.at + width > cursor.text.size()) return false;
  int64_t sum = 0;
  for (size_t i = 0; i < width; ++i) {
    const char c = cursor.text[cursor.at + i];
    if (!IsDigit(c)) return false;
    sum = sum * 10 + (c - '0');
  }
  cursor.at += width;
  value = sum;
  return true;
}

bool ReadDigits(Cursor& cursor, size_t width, int& value) {
  int64_t wide = 0;
  if (!ReadDigits(cursor, width, wide)) return false;
  value = static_cast<int>(wide);
  return true;
}

bool ReadLiteral(Cursor& cursor, std::string_view literal) {
  if (cursor.text.substr(cursor.at, literal.size()) != literal) return false;
  cursor.at += literal.size();
  return true;
}

bool ReadMonthText(Cursor& cursor, bool whole_name) {
  for (size_t i = 0; i < kMonths.size(); ++i) {
    const std::string_view name = whole_name ? kMonths[i] : kMonths[i].substr(0, 3);
    if (!ReadLiteral(cursor, name)) continue;
    cursor.fields.month = static_cast<int>(i) + 1;
    return true;
  }
  return false;
}

bool ReadHalfOfDay(Cursor& cursor) {
  if (cursor.at + 2 > cursor.text.size()) return false;
  const char first = static_cast<char>(cursor.text[cursor.at] | 0x20);
  const char second = static_cast<char>(cursor.text[cursor.at + 1] | 0x20);
  if (second != 'm' || (first != 'a' && first != 'p')) return false;
  cursor.fields.half = first == 'p' ? 1 : 0;
  cursor.at += 2;
  return true;
}

// How an offset may be written.
struct OffsetStyle {
  bool zulu = false;              // "Z" is allowed
  bool colon = false;             // +01:30, else +0130
  bool optional_colon = false;    // either
  bool optional_minutes = false;  // +01
  bool optional_seconds = false;  // +01:30:15
};

OffsetStyle StyleOf(char letter, int count) {
  if (letter == 'Z')
    return {.zulu = count == 5, .colon = count == 5, .optional_seconds = count == 5};
  return {.zulu = letter == 'X',
          .colon = count == 3 || count == 5,
          .optional_minutes = count == 1,
          .optional_seconds = count >= 4};
}

bool ReadOffset(Cursor& cursor, const OffsetStyle& style) {
  if (style.zulu && cursor.peek() == 'Z') {
    ++cursor.at;
    cursor.fields.offset_s = 0;
    return true;
  }
  const char sign = cursor.peek();
  if (sign != '+' && sign != '-') return false;
  ++cursor.at;
  std::array<int, 3> parts = {0, 0, 0};
  if (!ReadDigits(cursor, 2, parts[0])) return false;
  for (size_t i = 1; i < 3; ++i) {
    if (i == 2 && !style.optional_seconds) break;
    const bool may_stop = i == 2 || style.optional_minutes;
    const Cursor before = cursor;
    bool colon_fits = true;
    if (cursor.peek() == ':') {
      colon_fits = style.colon || style.optional_colon;
      ++cursor.at;
    } else {
      colon_fits = !style.colon || style.optional_colon;
    }
    if (colon_fits && ReadDigits(cursor, 2, parts[i])) continue;
    if (!may_stop) return false;
    cursor = before;
    break;
  }
  if (parts[0] > 18 || parts[1] > 59 || parts[2] > 59) return false;
  const int32_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  cursor.fields.offset_s = sign == '-' ? -seconds : seconds;
  return true;
}

// Fraction digits of any number up to 9; more than microseconds is cut off later.
bool ReadFraction(Cursor& cursor, size_t width) {
  int64_t value = 0;
  if (width > 9 || !ReadDigits(cursor, width, value)) return false;
  for (size_t i = width; i < 9; ++i) value *= 10;
  cursor.fields.nanosecond = value;
  return true;
}

bool ReadIsoDate(Cursor& cursor) {
  Fields& f = cursor.fields;
  return ReadDigits(cursor, 4, f.year) && ReadLiteral(cursor, "-") &&
         ReadDigits(cursor, 2, f.month) && ReadLiteral(cursor, "-") && ReadDigits(cursor, 2, f.day);
}

// HH:MM[:SS[.fraction]]
bool ReadIsoTime(Cursor& cursor) {
  Fields& f = cursor.fields;
  if (!ReadDigits(cursor, 2, f.hour) || !ReadLiteral(cursor, ":") ||
      !ReadDigits(cursor, 2, f.minute)) {
    return false;
  }
  if (!ReadLiteral(cursor, ":")) return true;
  if (!ReadDigits(cursor, 2, f.second)) return false;
  if (cursor.peek() != '.' && cursor.peek() != ',') return true;
  ++cursor.at;
  return ReadFraction(cursor, cursor.DigitRun());
}

bool ReadIsoOffset(Cursor& cursor) {
  if (cursor.peek() == 'z') {
    ++cursor.at;
    cursor.fields.offset_s = 0;
    return true;
  }
  return ReadOffset(cursor, {.zulu = true, .optional_colon = true, .optional_minutes = true});
}

bool ReadIsoTimestamp(Cursor& cursor) {
  if (!ReadIsoDate(cursor)) return false;
  const char separator = cursor.peek();
  if (separator != 'T' && separator != 't' && separator != ' ') return true;
  ++cursor.at;
  if (!ReadIsoTime(cursor)) return false;
  const char next = cursor.peek();
  if (next != 'Z' && next != 'z' && next != '+' && next != '-') return true;
  return ReadIsoOffset(cursor);
}

enum class DatePart { kNeeded, kOptional };

std::optional<TemporalValue> PutTogether(const Fields& f, DatePart date) {
  TemporalValue value;
  if (f.year >= 0 && f.month >= 0 && f.day >= 0) {
    if (!IsValidDate(f.year, f.month, f.day)) return std::nullopt;
    value.days = DaysFromCivil(f.year, f.month, f.day);
    if (f.day_of_year >= 0 && value.days - DaysFromCivil(f.year, 1, 1) + 1 != f.day_of_year) {
      return std::nullopt;
    }
  } else if (f.year >= 0 && f.day_of_year >= 0) {
    if (f.day_of_year < 1 || f.day_of_year > (IsValidDate(f.year, 2, 29) ? 366 : 365))
      return std::nullopt;
    value.days = DaysFromCivil(f.year, 1, 1) + f.day_of_year - 1;
  } else if (date == DatePart::kNeeded) {
    return std::nullopt;
  }
  int hour = f.hour >= 0 ? f.hour : 0;
  if (f.hour_of_half >= 0) {
    if (f.hour_of_half < 1 || f.hour_of_half > 12 || f.half < 0) return std::nullopt;
    const int from_half = f.hour_of_half % 12 + 12 * f.half;
    if (f.hour >= 0 && f.hour != from_half) return std::nullopt;
    hour = from_half;
  } else if (f.half >= 0 && hour / 12 != f.half) {
    return std::nullopt;
  }
  if (hour > 23 || f.minute > 59 || f.second > 59) return std::nullopt;
  value.us_of_day = (hour * 3600 + f.minute * 60 + f.second) * kUsPerSecond + f.nanosecond / 1000;
  value.offset_s = f.offset_s;
  return value;
}

// Digits that a numeric token always takes; 0: as many as there are (see MostDigits).
size_t FixedDigits(char letter, int count) {
  switch (letter) {
    case 'y':
    case 'u':
      return count == 1 ? 0 : static_cast<size_t>(count);
    case 'M':
    case 'L':
    case 'd':
    case 'H':
    case 'h':
    case 'm':
    case 's':
      return count == 2 ? 2 : 0;
    case 'D':
      return count == 3 ? 3 : 0;
    case 'S':
      return static_cast<size_t>(count);
    default:
      return 0;
  }
}

size_t MostDigits(char letter) {
  switch (letter) {
    case 'y':
    case 'u':
    case 'n':
      return 9;
    case 'D':
      return 3;
    default:
      return 2;
  }
}

// Reads a number of 1 to MostDigits digits, leaving `reserved` for the tokens that follow at once.
size_t WidthOf(const Cursor& cursor, char letter, int count, size_t reserved) {
  const size_t fixed = FixedDigits(letter, count);
  if (fixed > 0) return fixed;
  const size_t run = cursor.DigitRun();
  if (run <= reserved) return 0;
  return std::min(run - reserved, MostDigits(letter));
}

bool ReadField(Cursor& cursor, char letter, int count, size_t reserved) {
  Fields& f = cursor.fields;
  const bool is_month = letter == 'M' || letter == 'L';
  if (is_month && count >= 3) return ReadMonthText(cursor, count == 4);
  if (letter == 'a') return ReadHalfOfDay(cursor);
  if (letter == 'X' || letter == 'x' || letter == 'Z') {
    return ReadOffset(cursor, StyleOf(letter, count));
  }
  const size_t width = WidthOf(cursor, letter, count, reserved);
  switch (letter) {
    case 'y':
    case 'u':
      if (!ReadDigits(cursor, width, f.year)) return false;
      if (count == 2) f.year += 2000;
      return true;
    case 'M':
    case 'L':
      return ReadDigits(cursor, width, f.month);
    case 'd':
      return ReadDigits(cursor, width, f.day);
    case 'D':
      return ReadDigits(cursor, width, f.day_of_year);
    case 'H':
      return ReadDigits(cursor, width, f.hour);
    case 'h':
      return ReadDigits(cursor, width, f.hour_of_half);
    case 'm':
      return ReadDigits(cursor, width, f.minute);
    case 's':
      return ReadDigits(cursor, width, f.second);
    case 'S':
      return ReadFraction(cursor, width);
    case 'n':
      return ReadDigits(cursor, width, f.nanosecond);
    default:
      return false;
  }
}

}  // namespace

std::optional<TemporalValue> ParseIsoDate(std::string_view text) {
  Cursor cursor{.text = text};
  if (!ReadIsoDate(cursor) || !cursor.ended()) return std::nullopt;
  return PutTogether(cursor.fields, DatePart::kNeeded);
}

std::optional<TemporalValue> ParseIsoTimestamp(std::string_view text) {
  Cursor cursor{.text = text};
  if (!ReadIsoTimestamp(cursor) || !cursor.ended()) return std::nullopt;
  return PutTogether(cursor.fields, DatePart::kNeeded);
}

std::optional<TemporalValue> ParseIsoTime(std::string_view text) {
  Cursor cursor{.text = text};
  if (!ReadIsoTime(cursor) || !cursor.ended()) return std::nullopt;
  return PutTogether(cursor.fields, DatePart::kOptional);
}

std::optional<TemporalValue> TemporalPattern::Parse(std::string_view text) const {
  Cursor cursor{.text = text};
  std::array<Cursor, kMaxOptionalDepth> saved;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    if (token.letter == ']') continue;
    if (token.letter == '[') {
      saved[static_cast<size_t>(token.optional_depth - 1)] = cursor;
      continue;
    }
    if (token.letter == kIsoTimestamp) {
      if (!ReadIsoTimestamp(cursor)) return std::nullopt;
      continue;
    }
    if (token.letter == 0 ? ReadLiteral(cursor, token.literal)
                          : ReadField(cursor, token.letter, token.count, ReservedAfter(i))) {
      continue;
    }
    if (token.optional_depth == 0) return std::nullopt;
    // Leave the innermost optional part as if it had not been there.
    cursor = saved[static_cast<size_t>(token.optional_depth - 1)];
    while (tokens_[i].letter != ']' || tokens_[i].optional_depth != token.optional_depth - 1) ++i;
  }
  if (!cursor.ended()) return std::nullopt;
  return PutTogether(cursor.fields, has_date_ ? DatePart::kNeeded : DatePart::kOptional);
}

size_t TemporalPattern::ReservedAfter(size_t index) const {
  size_t reserved = 0;
  for (size_t i = index + 1; i < tokens_.size(); ++i) {
    const size_t fixed = FixedDigits(tokens_[i].letter, tokens_[i].count);
    if (fixed == 0) break;
    reserved += fixed;
  }
  return reserved;
}

}  // namespace lakegate
