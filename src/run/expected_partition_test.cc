#include "run/expected_partition.h"

#include <gtest/gtest.h>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

Dataset Daily(std::vector<std::string> columns) {
  Dataset dataset;
  dataset.name = "events";
  dataset.publish.partition_by = std::move(columns);
  dataset.landing.expect.by_utc_s = 6 * 3600;
  dataset.history_window_s = 3 * 86'400;
  return dataset;
}

std::vector<Partition> Known(const std::vector<std::string>& keys) {
  std::vector<Partition> known;
  for (const std::string& key : keys) {
    Partition partition;
    partition.dataset = "events";
    partition.key = key;
    partition.state = PartitionState::kGated;
    known.push_back(partition);
  }
  return known;
}

// Days since 1970-01-01 of 2025-01-`day`, and an hour.
TimestampUs January(int day, int hour) {
  return (DaysFromCivil(2025, 1, day)) * kDayUs + hour * 3'600'000'000;
}

std::vector<std::string> KeysOf(const std::vector<MissingPartition>& missing) {
  std::vector<std::string> keys;
  for (const MissingPartition& partition : missing) keys.push_back(partition.key);
  return keys;
}

using Keys = std::vector<std::string>;

TEST(FindMissing, FromTheFirstKnownDateToTheLastDeadline) {
  const Dataset dataset = Daily({"day"});
  const auto known = Known({"day=2025-01-01", "day=2025-01-03"});
  EXPECT_EQ(KeysOf(FindMissing(dataset, known, January(4, 5))), (Keys{"day=2025-01-02"}));
  EXPECT_EQ(KeysOf(FindMissing(dataset, known, January(4, 6))),
            (Keys{"day=2025-01-02", "day=2025-01-04"}));
  // 2025-01-02 is longer ago than the window.
  EXPECT_EQ(KeysOf(FindMissing(dataset, known, January(6, 7))),
            (Keys{"day=2025-01-04", "day=2025-01-05", "day=2025-01-06"}));
}

TEST(FindMissing, NothingKnownYet) {
  EXPECT_EQ(KeysOf(FindMissing(Daily({"ingestion_date"}), {}, January(4, 7))),
            (Keys{"ingestion_date=2025-01-04"}));
  EXPECT_TRUE(FindMissing(Daily({"country"}), {}, January(4, 7)).empty());
  EXPECT_TRUE(FindMissing(Daily({}), {}, January(4, 7)).empty());
  Dataset later = Daily({"day"});
  later.landing.expect.by_days_later = 1;
  EXPECT_EQ(KeysOf(FindMissing(later, {}, January(4, 7))), (Keys{"day=2025-01-03"}));
  later.landing.expect.by_utc_s.reset();
  EXPECT_TRUE(FindMissing(later, {}, January(4, 7)).empty());
}

TEST(FindMissing, AnyPartitionOfTheDateWillDo) {
  const Dataset dataset = Daily({"country", "when"});
  const auto known = Known({"country=DE/when=2025-01-02", "country=FR/when=2025-01-04"});
  EXPECT_EQ(KeysOf(FindMissing(dataset, known, January(4, 7))), (Keys{"when=2025-01-03"}));
  // Values that are no dates: no deadline means anything.
  EXPECT_TRUE(FindMissing(dataset, Known({"country=DE/when=monday"}), January(4, 7)).empty());
}

TEST(FindMissing, MissingBeforeIsMissingStill) {
  auto known = Known({"day=2025-01-03", "day=2025-01-04"});
  known[1].state = PartitionState::kMissing;
  EXPECT_EQ(KeysOf(FindMissing(Daily({"day"}), known, January(4, 7))), (Keys{"day=2025-01-04"}));
}

}  // namespace
}  // namespace lakegate
