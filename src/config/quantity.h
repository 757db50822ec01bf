// Sizes and times of day as users write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lakegate {

// "5GB" (10^9), "5GiB" (2^30), "100 kB", "1024" (bytes).
std::optional<int64_t> ParseSize(std::string_view text);

// "06:00 UTC", "06:00", "06:00:30Z" in seconds after midnight UTC. Other zones: nothing.
std::optional<int32_t> ParseTimeOfDayUtc(std::string_view text);

// "06:00 UTC", "06:00 UTC +1d": a time of day, of the same or of a later day (up to 366).
struct Deadline {
  int32_t utc_s = 0;
  int64_t days_later = 0;
};
std::optional<Deadline> ParseDeadline(std::string_view text);

}  // namespace lakegate
