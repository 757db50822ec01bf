#include "run/expected_partition.h"

#include <algorithm>
#include <set>

#include "core/temporal_pattern.h"
#include "run/partition_path.h"

namespace lakegate {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

bool SoundsLikeADate(const std::string& column) {
  for (const char* const word : {"date", "day", "dt"}) {
    if (column == word || column.ends_with(std::string("_") + word)) return true;
  }
  return false;
}

// Something landed for it, or was published.
bool IsThere(const Partition& partition) { return partition.state != PartitionState::kMissing; }

}  // namespace

std::optional<int64_t> DateOfPartition(const std::string& key, const std::string& column) {
  const auto values = ValuesOfPartitionPath(PartitionPathOfKey(key));
  const auto value = values.find(column);
  if (value == values.end()) return std::nullopt;
  const auto date = ParseIsoDate(value->second);
  return date ? std::optional(date->days) : std::nullopt;
}

std::optional<std::string> DateColumnOf(const Dataset& dataset,
                                        const std::vector<Partition>& known) {
  for (const DatePartition& date : dataset.publish.date_columns) return date.name;
  // "-" is not a partition of the table here, but all loads of it.
  const auto counts = [](const Partition& partition) { return partition.key != kWholeTableKey; };
  const bool none_known = std::none_of(known.begin(), known.end(), [&](const Partition& partition) {
    return counts(partition) && IsThere(partition);
  });
  for (const std::string& column : dataset.publish.partition_by) {
    const bool is_date =
        none_known
            ? SoundsLikeADate(column)
            : std::all_of(known.begin(), known.end(), [&](const Partition& partition) {
                return !counts(partition) || DateOfPartition(partition.key, column).has_value();
              });
    if (is_date) return column;
  }
  return std::nullopt;
}

std::optional<TimestampUs> DeadlineOf(const Dataset& dataset, int64_t days) {
  const Expectations& expect = dataset.landing.expect;
  if (!expect.by_utc_s) return std::nullopt;
  return (days + expect.by_days_later) * kDayUs + int64_t{*expect.by_utc_s} * 1'000'000;
}

std::optional<TimestampUs> DeadlineOf(const Dataset& dataset, const std::string& date_column,
                                      const std::map<std::string, std::string>& values) {
  const auto value = values.find(date_column);
  if (value == values.end()) return std::nullopt;
  const auto date = ParseIsoDate(value->second);
  return date ? DeadlineOf(dataset, date->days) : std::nullopt;
}

std::vector<MissingPartition> FindMissing(const Dataset& dataset,
                                          const std::vector<Partition>& known, TimestampUs now_us) {
  std::vector<MissingPartition> missing;
  const auto column = DateColumnOf(dataset, known);
  const auto midnight = DeadlineOf(dataset, 0);
  if (!column || !midnight) return missing;
  const int64_t newest = (now_us - *midnight) / kDayUs;  // its deadline is over
  std::set<int64_t> there;
  for (const Partition& partition : known) {
    const auto date = DateOfPartition(partition.key, *column);
    if (date && IsThere(partition)) there.insert(*date);
  }
  const int64_t oldest = newest - dataset.history_window_s / 86'400;
  const int64_t first = there.empty() ? newest : std::max(oldest, *there.begin());
  const std::string what = dataset.publish.date_columns.empty() ? "no file by " : "no record by ";
  for (int64_t days = first; days <= newest; ++days) {
    if (there.contains(days)) continue;
    missing.push_back(
        {*column + "=" + FormatDate(days), what + FormatTimestamp(*DeadlineOf(dataset, days))});
  }
  return missing;
}

}  // namespace lakegate
