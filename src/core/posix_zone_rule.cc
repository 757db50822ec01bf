#include "core/posix_zone_rule.h"

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr int64_t kDayS = 86'400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Consumes from the front of `rest`; the first failure is remembered.
struct RuleCursor {
  std::string_view rest;
  bool ok = true;

  bool Skip(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok = Skip(c) && ok; }
  void Name() {
    size_t size = 0;
    if (Skip('<')) {
      size = rest.find('>');
      ok = ok && size != std::string_view::npos && size >= 3;
      if (ok) rest.remove_prefix(size + 1);
      return;
    }
    while (size < rest.size() && IsLetter(rest[size])) ++size;
    ok = ok && size >= 3;
    rest.remove_prefix(size);
  }
  int Number(int least, int most) {
    int value = 0;
    size_t size = 0;
    for (; size < rest.size() && size < 3 && IsDigit(rest[size]); ++size) {
      value = value * 10 + (rest[size] - '0');
    }
    ok = ok && size > 0 && value >= least && value <= most;
    rest.remove_prefix(size);
    return value;
  }
  // [+-]hh[:mm[:ss]]
  int32_t Seconds() {
    const bool negative = Skip('-');
    if (!negative) Skip('+');
    int32_t seconds = Number(0, 167) * 3600;
    if (Skip(':')) seconds += Number(0, 59) * 60;
    if (Skip(':')) seconds += Number(0, 59);
    return negative ? -seconds : seconds;
  }
  PosixZoneRule::Change Change() {
    PosixZoneRule::Change change;
    if (Skip('M')) {
      change.month = Number(1, 12);
      Expect('.');
      change.week = Number(1, 5);
      Expect('.');
      change.weekday = Number(0, 6);
    } else if (Skip('J')) {
      change.kind = PosixZoneRule::Change::Kind::kJulian;
      change.day = Number(1, 365);
    } else {
      change.kind = PosixZoneRule::Change::Kind::kDayOfYear;
      change.day = Number(0, 365);
    }
    if (Skip('/')) change.time_s = Seconds();
    return change;
  }
};

}  // namespace

int64_t PosixZoneRule::Change::LocalSeconds(int64_t year) const {
  int64_t days = 0;
  switch (kind) {
    case Kind::kJulian:
      days = DaysFromCivil(year, 1, 1) + day - 1 + (day >= 60 && IsValidDate(year, 2, 29) ? 1 : 0);
      break;
    case Kind::kDayOfYear:
      days = DaysFromCivil(year, 1, 1) + day;
      break;
    case Kind::kWeekday: {
      const int64_t first = DaysFromCivil(year, month, 1);
      const int64_t weekday_of_first = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
      days = first + (weekday - weekday_of_first + 7) % 7 + (week - 1) * 7;
      const int64_t next_month =
          month == 12 ? DaysFromCivil(year + 1, 1, 1) : DaysFromCivil(year, month + 1, 1);
      if (days >= next_month) days -= 7;
    }
  }
  return days * kDayS + time_s;
}

std::optional<PosixZoneRule> PosixZoneRule::Parse(std::string_view text) {
  RuleCursor in{text};
  PosixZoneRule rule;
  in.Name();
  rule.standard_s = -in.Seconds();
  if (in.ok && in.rest.empty()) return rule;
  rule.has_summer = true;
  in.Name();
  rule.summer_s = rule.standard_s + 3600;
  if (!in.rest.empty() && in.rest[0] != ',') rule.summer_s = -in.Seconds();
  in.Expect(',');
  rule.start = in.Change();
  in.Expect(',');
  rule.end = in.Change();
  if (!in.ok || !in.rest.empty()) return std::nullopt;
  return rule;
}

}  // namespace lakegate
