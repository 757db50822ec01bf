#include "validate/temporal_text.h"

#include <cstring>

#include "core/digit_word.h"
#include "core/temporal_pattern.h"
#include "validate/number_text.h"

namespace lakegate {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kDayUs = 86'400 * kSecondUs;

// The two digits at p, or something above 99.
unsigned TwoDigits(const char* p) {
  const unsigned tens = static_cast<unsigned char>(p[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(p[1]) - unsigned{'0'};
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

// [.digits] at *at; moves behind them.
TemporalOutcome ParseFraction(std::string_view text, size_t* at, int64_t* us) {
  if (*at >= text.size() || text[*at] != '.') return TemporalOutcome::kFine;
  size_t i = *at + 1;
  int64_t scale = kSecondUs / 10;
  bool too_fine = false;
  const size_t start = i;
  for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    if (scale > 0) {
      *us += (text[i] - '0') * scale;
    } else if (text[i] != '0') {
      too_fine = true;
    }
    scale /= 10;
  }
  if (i == start) return TemporalOutcome::kWrong;
  *at = i;
  return too_fine ? TemporalOutcome::kTooFine : TemporalOutcome::kFine;
}

// hh:mm[:ss[.f]] at *at; moves behind it.
TemporalOutcome ParseClock(std::string_view text, size_t* at, int64_t* us) {
  const char* p = text.data() + *at;
  if (text.size() - *at < 5 || p[2] != ':') return TemporalOutcome::kWrong;
  const unsigned hour = TwoDigits(p);
  const unsigned minute = TwoDigits(p + 3);
  if (hour > 23 || minute > 59) return TemporalOutcome::kWrong;
  *us = (hour * 3600 + minute * 60) * kSecondUs;
  *at += 5;
  if (text.size() - *at < 3 || text[*at] != ':') return TemporalOutcome::kFine;
  const unsigned second = TwoDigits(p + 6);
  if (second > 59) return TemporalOutcome::kWrong;
  *us += second * kSecondUs;
  *at += 3;
  return ParseFraction(text, at, us);
}

// Z or +hh[:mm] up to the end.
bool ParseOffset(std::string_view text, int32_t* offset_s) {
  if (text == "Z" || text == "z") {
    *offset_s = 0;
    return true;
  }
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return false;
  const unsigned hours = TwoDigits(text.data() + 1);
  unsigned minutes = 0;
  if (text.size() == 6 && text[3] == ':') {
    minutes = TwoDigits(text.data() + 4);
  } else if (text.size() == 5) {
    minutes = TwoDigits(text.data() + 3);
  } else if (text.size() != 3) {
    return false;
  }
  if (hours > 18 || minutes > 59) return false;
  const auto seconds = static_cast<int32_t>(hours * 3600 + minutes * 60);
  *offset_s = text[0] == '-' ? -seconds : seconds;
  return true;
}

// A local time, in microseconds, to UTC by what the field says of texts without offset.
TemporalOutcome PlaceInZone(const FieldPlan& field, int64_t* us) {
  if (field.offset_rule >= 0) return TemporalOutcome::kNoOffset;
  int32_t offset_s = field.default_offset_s;
  if (field.zone) {
    const int64_t local_s = *us / kSecondUs - (*us % kSecondUs < 0 ? 1 : 0);
    const auto found = field.zone->OffsetOfLocal(local_s);
    if (!found) return TemporalOutcome::kLeftOut;
    offset_s = *found;
  }
  *us -= int64_t{offset_s} * kSecondUs;
  return TemporalOutcome::kFine;
}

// Eight characters at p, those of `shape` subtracted: digits where it has '0', 0 elsewhere.
uint64_t Digits8(const char* p, const char (&shape)[9]) {
  uint64_t text, wanted;
  std::memcpy(&text, p, sizeof text);
  std::memcpy(&wanted, shape, sizeof wanted);
  return text ^ wanted;
}

unsigned ByteOf(uint64_t word, int index) {
  return static_cast<unsigned>(word >> (8 * index)) & 0xFF;
}

constexpr unsigned kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr unsigned kDaysBeforeMonth[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
constexpr int64_t kDaysBefore1970 = 719'528;  // from the first day of the year 0 on

// As DaysFromCivil, of the years 0 to 9999; false: there is no such day.
bool DaysOfDate(unsigned year, unsigned month, unsigned day, int64_t* days) {
  if (month - 1 > 11 || day == 0) return false;
  const unsigned leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 1 : 0;
  if (day > kMonthDays[month - 1] + (month == 2 ? leap : 0)) return false;
  const unsigned leap_years = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
  *days = int64_t{year} * 365 + leap_years + kDaysBeforeMonth[month - 1] + (month > 2 ? leap : 0) +
          day - 1 - kDaysBefore1970;
  return true;
}

constexpr int64_t kMicrosOfLast[] = {0, 100'000, 10'000, 1'000, 100, 10, 1};

// The `count` digits, 1 to 6, in front of `end`, of a text that has 8 bytes there.
bool ReadFraction(const char* end, size_t count, int64_t* us) {
  uint64_t word;
  std::memcpy(&word, end - 8, 8);
  const size_t others = 8 * (8 - count);
  word = (word ^ kZeroDigits) >> others << others;
  if (!AreDigits(word)) return false;
  *us = NumberOfDigits(word) * kMicrosOfLast[count];
  return true;
}

// The common form, "2025-01-31T12:00:00[.ffffff]Z"; false: some other form, or wrong.
bool ParseCommonTimestamp(std::string_view text, int64_t* us) {
  if (text.size() < 20 || text.back() != 'Z' || text[10] != 'T') return false;
  const uint64_t date = Digits8(text.data(), "0000-00-");
  const uint64_t clock = Digits8(text.data() + 11, "00:00:00");
  if (!AreDigits(date) || !AreDigits(clock) || (date & 0xFF0000FF00000000U) != 0 ||
      (clock & 0x0000FF0000FF0000U) != 0) {
    return false;
  }
  const uint64_t date_pairs = date * 10 + (date >> 8);
  const uint64_t clock_pairs = clock * 10 + (clock >> 8);
  const unsigned year = ByteOf(date_pairs, 0) * 100 + ByteOf(date_pairs, 2);
  const unsigned hour = ByteOf(clock_pairs, 0), minute = ByteOf(clock_pairs, 3);
  const unsigned second = ByteOf(clock_pairs, 6);
  int64_t days = 0;
  if (hour > 23 || minute > 59 || second > 59 ||
      !DaysOfDate(year, ByteOf(date_pairs, 5), TwoDigits(text.data() + 8), &days)) {
    return false;
  }
  int64_t fraction = 0;
  if (text.size() > 20) {
    if (text[19] != '.' || text.size() == 21 || text.size() > 27) return false;
    if (!ReadFraction(text.data() + text.size() - 1, text.size() - 21, &fraction)) return false;
  }
  *us = days * kDayUs + int64_t{hour * 3600 + minute * 60 + second} * kSecondUs + fraction;
  return true;
}

TemporalOutcome ParseByPattern(std::string_view text, const FieldPlan& field, int64_t* value) {
  const std::optional<TemporalValue> parsed = field.temporal->Parse(text);
  if (!parsed) return TemporalOutcome::kWrong;
  switch (field.type.kind) {
    case TypeKind::kDate:
      *value = parsed->days;
      break;
    case TypeKind::kTime:
      *value = parsed->us_of_day;
      break;
    default:
      *value = parsed->days * kDayUs + parsed->us_of_day;
      if (!parsed->offset_s) return PlaceInZone(field, value);
      *value -= int64_t{*parsed->offset_s} * kSecondUs;
  }
  return TemporalOutcome::kFine;
}

TemporalOutcome ParseEpoch(std::string_view text, EpochUnit unit, int64_t* us) {
  const int digits = unit == EpochUnit::kSeconds ? 6 : unit == EpochUnit::kMillis ? 3 : 0;
  Int128 wide = 0;
  const NumberOutcome outcome = ParseDecimal(text, 18, digits, &wide);
  if (outcome == NumberOutcome::kTooFine) return TemporalOutcome::kTooFine;
  if (outcome != NumberOutcome::kFine) return TemporalOutcome::kWrong;
  *us = static_cast<int64_t>(wide);
  return TemporalOutcome::kFine;
}

}  // namespace

TemporalOutcome ParseIsoDate(std::string_view text, int64_t* days) {
  const char* p = text.data();
  if (text.size() != 10 || p[4] != '-' || p[7] != '-') return TemporalOutcome::kWrong;
  const unsigned century = TwoDigits(p), year = TwoDigits(p + 2);
  const unsigned month = TwoDigits(p + 5), day = TwoDigits(p + 8);
  if (century > 99 || year > 99 || month > 12 || day > 31) return TemporalOutcome::kWrong;
  const int64_t full_year = century * 100 + year;
  if (!IsValidDate(full_year, static_cast<int>(month), static_cast<int>(day))) {
    return TemporalOutcome::kWrong;
  }
  *days = DaysFromCivil(full_year, static_cast<int>(month), static_cast<int>(day));
  return TemporalOutcome::kFine;
}

TemporalOutcome ParseIsoTimestamp(std::string_view text, int32_t default_offset_s, int64_t* us,
                                  bool* has_offset) {
  if (ParseCommonTimestamp(text, us)) {
    *has_offset = true;
    return TemporalOutcome::kFine;
  }
  if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ' && text[10] != 't')) {
    return TemporalOutcome::kWrong;
  }
  int64_t days = 0;
  if (ParseIsoDate(text.substr(0, 10), &days) != TemporalOutcome::kFine) {
    return TemporalOutcome::kWrong;
  }
  size_t at = 11;
  int64_t clock_us = 0;
  const TemporalOutcome outcome = ParseClock(text, &at, &clock_us);
  if (outcome == TemporalOutcome::kWrong) return outcome;
  int32_t offset_s = default_offset_s;
  *has_offset = at < text.size();
  if (*has_offset && !ParseOffset(text.substr(at), &offset_s)) return TemporalOutcome::kWrong;
  *us = days * kDayUs + clock_us - int64_t{offset_s} * kSecondUs;
  return outcome;
}

TemporalOutcome ParseIsoTime(std::string_view text, int64_t* us) {
  size_t at = 0;
  const TemporalOutcome outcome = ParseClock(text, &at, us);
  return outcome != TemporalOutcome::kWrong && at != text.size() ? TemporalOutcome::kWrong
                                                                 : outcome;
}

TemporalOutcome ParseTemporal(std::string_view text, const FieldPlan& field, int64_t* value) {
  if (field.epoch != EpochUnit::kNone) return ParseEpoch(text, field.epoch, value);
  if (field.temporal) return ParseByPattern(text, field, value);
  switch (field.type.kind) {
    case TypeKind::kDate:
      return ParseIsoDate(text, value);
    case TypeKind::kTime:
      return ParseIsoTime(text, value);
    default: {
      bool has_offset = false;
      const TemporalOutcome outcome = ParseIsoTimestamp(text, 0, value, &has_offset);
      if (has_offset || outcome == TemporalOutcome::kWrong) return outcome;
      const TemporalOutcome placed = PlaceInZone(field, value);
      return placed == TemporalOutcome::kFine ? outcome : placed;
    }
  }
}

}  // namespace lakegate
