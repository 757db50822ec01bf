#include "core/time_zone.h"

#include <algorithm>
#include <cstring>

#include "core/posix_zone_rule.h"
#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr int64_t kDayS = 86'400;
constexpr int64_t kCycleS = 146'097 * kDayS;  // 400 years, whole weeks
constexpr size_t kHeaderBytes = 44;

Error Corrupt(const char* why) {
  return {ErrorCode::kCorrupt, std::string("not a time zone file: ") + why, "reinstall tzdata"};
}

// Reads big-endian numbers; past the end everything is 0 and `ok` is false.
struct ByteReader {
  std::string_view bytes;
  bool ok = true;

  std::string_view Take(size_t count) {
    if (count > bytes.size()) {
      ok = false;
      count = bytes.size();
    }
    const std::string_view taken = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return taken;
  }
  int64_t Number(size_t width) {
    const std::string_view taken = Take(width);
    if (taken.size() < width) return 0;
    uint64_t value = static_cast<unsigned char>(taken[0]) >= 0x80 ? ~uint64_t{0} : 0;
    for (const char c : taken) value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<int64_t>(value);
  }
};

struct Counts {
  size_t utc_flags, standard_flags, leaps, times, types, characters;
};

bool ReadHeader(ByteReader* in, Counts* counts, char* version) {
  const std::string_view head = in->Take(20);
  if (!in->ok || head.substr(0, 4) != "TZif") return false;
  *version = head[4];
  for (size_t* count : {&counts->utc_flags, &counts->standard_flags, &counts->leaps, &counts->times,
                        &counts->types, &counts->characters}) {
    *count = static_cast<uint32_t>(in->Number(4));
    if (*count > 100'000) return false;
  }
  return in->ok;
}

size_t BodyBytes(const Counts& counts, size_t time_width) {
  return counts.times * (time_width + 1) + counts.types * 6 + counts.characters +
         counts.leaps * (time_width + 4) + counts.standard_flags + counts.utc_flags;
}

}  // namespace

Result<TimeZone> TimeZone::Parse(std::string_view tzif) {
  ByteReader in{tzif};
  Counts counts{};
  char version = 0;
  if (!ReadHeader(&in, &counts, &version)) return Corrupt("no TZif header");
  size_t width = 4;
  if (version >= '2') {  // the first block is for readers of 32 bits
    in.Take(BodyBytes(counts, width));
    if (!ReadHeader(&in, &counts, &version)) return Corrupt("no second header");
    width = 8;
  }
  if (counts.types == 0) return Corrupt("it has no types");
  std::vector<int64_t> times;
  for (size_t i = 0; i < counts.times; ++i) times.push_back(in.Number(width));
  const std::string_view indexes = in.Take(counts.times);
  std::vector<int32_t> offsets;
  for (size_t i = 0; i < counts.types; ++i) {
    offsets.push_back(static_cast<int32_t>(in.Number(4)));
    in.Take(2);
    if (offsets[i] <= -kDayS || offsets[i] >= kDayS) return Corrupt("an offset of a day or more");
  }
  in.Take(BodyBytes(counts, width) - counts.times * (width + 1) - counts.types * 6);
  if (!in.ok) return Corrupt("it is cut off");
  TimeZone zone;
  zone.first_offset_s_ = offsets[0];
  for (size_t i = 0; i < times.size(); ++i) {
    const auto type = static_cast<unsigned char>(indexes[i]);
    if (type >= offsets.size()) return Corrupt("a transition to no type");
    if (i > 0 && times[i] <= times[i - 1]) return Corrupt("its transitions are out of order");
    zone.AddTransition(times[i], offsets[type]);
  }
  if (width == 8 && in.bytes.size() >= 2 && in.bytes[0] == '\n') {
    const size_t end = in.bytes.find('\n', 1);
    if (end == std::string_view::npos) return Corrupt("its footer is cut off");
    LAKEGATE_TRY(zone.ExtendByRule(in.bytes.substr(1, end - 1)));
  }
  return zone;
}

Status TimeZone::ExtendByRule(std::string_view text) {
  if (text.empty()) return {};
  const auto rule = PosixZoneRule::Parse(text);
  if (!rule) return Corrupt("its rule for the future cannot be read");
  if (!rule->has_summer) {
    if (transitions_.empty()) first_offset_s_ = rule->standard_s;
    return {};
  }
  const int64_t last = transitions_.empty() ? INT64_MIN : transitions_.back().utc_s;
  const int64_t first_year =
      transitions_.empty() ? 1970 : std::max<int64_t>(CivilFromDays(last / kDayS).year, 1800);
  for (int64_t year = first_year; year <= first_year + 403; ++year) {
    Transition to_summer{rule->start.LocalSeconds(year) - rule->standard_s, rule->summer_s};
    Transition to_standard{rule->end.LocalSeconds(year) - rule->summer_s, rule->standard_s};
    if (to_standard.utc_s < to_summer.utc_s) std::swap(to_summer, to_standard);
    for (const Transition& next : {to_summer, to_standard}) {
      if (next.utc_s > last && (transitions_.empty() || next.utc_s > transitions_.back().utc_s)) {
        transitions_.push_back(next);
      }
    }
  }
  cycle_end_s_ = DaysFromCivil(first_year + 402, 1, 1) * kDayS;
  return {};
}

int64_t TimeZone::WithinCycle(int64_t seconds) const {
  if (!cycle_end_s_ || seconds < *cycle_end_s_) return seconds;
  return seconds - ((seconds - *cycle_end_s_) / kCycleS + 1) * kCycleS;
}

int32_t TimeZone::OffsetAt(int64_t utc_s) const {
  utc_s = WithinCycle(utc_s);
  const auto after =
      std::upper_bound(transitions_.begin(), transitions_.end(), utc_s,
                       [](int64_t at, const Transition& next) { return at < next.utc_s; });
  return after == transitions_.begin() ? first_offset_s_ : std::prev(after)->offset_s;
}

std::optional<int32_t> TimeZone::OffsetOfLocal(int64_t local_s) const {
  local_s = WithinCycle(local_s);
  // Offsets are less than a day: only transitions that near can matter.
  auto next = std::upper_bound(transitions_.begin(), transitions_.end(), local_s - kDayS,
                               [](int64_t at, const Transition& t) { return at < t.utc_s; });
  int32_t offset_s = next == transitions_.begin() ? first_offset_s_ : std::prev(next)->offset_s;
  while (true) {
    const bool is_last = next == transitions_.end() || next->utc_s > local_s + kDayS;
    if (is_last) {
      const bool begun =
          next == transitions_.begin() || local_s - offset_s >= std::prev(next)->utc_s;
      return begun ? std::optional(offset_s) : std::nullopt;
    }
    const bool begun = next == transitions_.begin() || local_s - offset_s >= std::prev(next)->utc_s;
    if (begun && local_s - offset_s < next->utc_s) return offset_s;
    offset_s = next->offset_s;
    ++next;
  }
}

}  // namespace lakegate
