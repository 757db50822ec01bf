// Time zones of the IANA database: which offset a local time has.
//
// Format: TZif (RFC 8536), as tzdata installs it; the footer's POSIX rule counts behind the last
// written transition, so the far future is as exact as the rule.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lakegate {

// Immutable, thread safe.
class TimeZone {
 public:
  // A TZif file's bytes. Error: kCorrupt.
  static Result<TimeZone> Parse(std::string_view tzif);
  // "Europe/Rome" from the system's database (TZDIR, else /usr/share/zoneinfo). Errors: kNotFound
  // (no such zone), kUnavailable (no database), kCorrupt.
  static Result<std::shared_ptr<const TimeZone>> Find(const std::string& name);

  // Seconds east of UTC at an instant, in seconds since 1970-01-01T00:00:00Z.
  int32_t OffsetAt(int64_t utc_s) const;
  // Of a local time, as seconds since 1970-01-01T00:00:00 on the zone's clocks. A time that occurs
  // twice (clocks go back) has its first, earlier offset; one that is left out has none.
  std::optional<int32_t> OffsetOfLocal(int64_t local_s) const;

 private:
  struct Transition {
    int64_t utc_s;
    int32_t offset_s;  // from then on
  };
  void AddTransition(int64_t utc_s, int32_t offset_s) { transitions_.push_back({utc_s, offset_s}); }
  // The POSIX rule: transitions for a whole cycle of the calendar (400 years).
  Status ExtendByRule(std::string_view rule);
  int64_t WithinCycle(int64_t seconds) const;

  int32_t first_offset_s_ = 0;
  std::vector<Transition> transitions_;  // ascending
  std::optional<int64_t> cycle_end_s_;   // later instants are as 400 years before
};

}  // namespace lakegate
