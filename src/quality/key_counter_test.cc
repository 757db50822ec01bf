// Exact counts and first copies, in memory and spilled, against ordinary maps.
#include "quality/key_counter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "quality/unique_index.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

Hash128 KeyOf(uint64_t number) {
  return HashOf({reinterpret_cast<const char*>(&number), sizeof number});
}

std::vector<uint64_t> RandomKeys(size_t count, uint64_t distinct, uint32_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> keys(count);
  for (uint64_t& key : keys) key = random() % distinct;
  return keys;
}

class SpillTest : public testing::TestWithParam<int64_t> {
 protected:
  SpillOptions Options() const { return {GetParam(), lake_.root()}; }
  TempLake lake_;
};

TEST_P(SpillTest, CountsEqualAMap) {
  for (const uint64_t distinct : {1, 50, 20'000, 1'000'000}) {
    const std::vector<uint64_t> keys = RandomKeys(20'000, distinct, 3);
    KeyCounter counter(Options());
    std::map<uint64_t, int64_t> model;
    UnitKeys unit;
    for (size_t i = 0; i < keys.size(); ++i) {
      unit.push_back({KeyOf(keys[i]), static_cast<uint32_t>(i)});
      ++model[keys[i]];
      if (i % 777 == 0 || i + 1 == keys.size()) {
        ASSERT_OK(counter.Add(unit));
        unit.clear();
      }
    }
    KeyCounts expected;
    for (const auto& [key, count] : model) {
      expected.keys += count;
      ++expected.distinct;
      (count == 1 ? expected.once : expected.repeated) += 1;
      expected.rows_in_groups += count == 1 ? 0 : count;
    }
    ASSERT_OK_AND_ASSIGN(const KeyCounts counts, counter.Finish(3));
    EXPECT_EQ(counts.keys, 20'000);
    EXPECT_EQ(counts.distinct, expected.distinct);
    EXPECT_EQ(counts.once, expected.once);
    EXPECT_EQ(counts.repeated, expected.repeated);
    EXPECT_EQ(counts.rows_in_groups, expected.rows_in_groups);
    EXPECT_EQ(counts.extra_copies(), 20'000 - expected.distinct);
  }
  EXPECT_TRUE(lake_.List().empty()) << "spill files have no name";
}

// Also where all keys are of one or of few partitions.
TEST(KeyCounter, KeepsToItsMemoryWhateverTheOrderOfKeys) {
  TempLake lake;
  for (const uint64_t distinct : {1, 3, 400'000}) {
    KeyCounter counter({300'000, lake.root()});
    for (uint64_t i = 0; i < 400'000; i += 1000) {
      UnitKeys unit;
      for (uint64_t j = i; j < i + 1000; ++j) unit.push_back({KeyOf(j % distinct), 0});
      ASSERT_OK(counter.Add(unit));
      ASSERT_LE(counter.memory_bytes(), 300'000);
    }
    ASSERT_OK_AND_ASSIGN(const KeyCounts counts, counter.Finish(2));
    EXPECT_EQ(counts.keys, 400'000);
    EXPECT_EQ(counts.distinct, static_cast<int64_t>(distinct));
    EXPECT_EQ(counts.once, distinct == 400'000 ? 400'000 : 0);
  }
}

TEST_P(SpillTest, NothingAndOneKey) {
  KeyCounter empty(Options());
  EXPECT_EQ(empty.Finish(2)->keys, 0);
  KeyCounter one(Options());
  ASSERT_OK(one.Add({{KeyOf(1), 0}}));
  ASSERT_OK_AND_ASSIGN(const KeyCounts counts, one.Finish(1));
  EXPECT_EQ(counts.once, 1);
}

// Places of first copies, two passes, against a map; records without a key lie between.
TEST_P(SpillTest, TwoPassesFindTheFirstCopies) {
  for (const uint64_t distinct : {1, 300, 1'000'000}) {
    const std::vector<uint64_t> keys = RandomKeys(5000, distinct, 7);
    UniqueIndex index(Options());
    index.StartCollecting();
    EXPECT_EQ(index.pass(), UniqueIndex::Pass::kCollect);
    for (size_t i = 0; i < keys.size(); ++i) {
      const RecordPlace place{static_cast<int64_t>(i % 1000) + 1, static_cast<uint32_t>(i / 1000)};
      ASSERT_OK(index.Collect(KeyOf(keys[i]), static_cast<int64_t>(i * 3), place));
    }
    ASSERT_OK(index.Resolve());
    std::map<uint64_t, size_t> first;
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto [found, inserted] = first.emplace(keys[i], i);
      ASSERT_OK_AND_ASSIGN(const auto copy, index.LookUp(static_cast<int64_t>(i * 3)));
      ASSERT_EQ(copy.has_value(), !inserted) << i;
      if (copy) {
        EXPECT_EQ(copy->line, static_cast<int64_t>(found->second % 1000) + 1);
        EXPECT_EQ(copy->file, found->second / 1000);
      }
      ASSERT_OK_AND_ASSIGN(const auto none, index.LookUp(static_cast<int64_t>(i * 3) + 1));
      ASSERT_FALSE(none.has_value());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Memory, SpillTest, testing::Values(1, 1000, 100'000, 64 << 20));

TEST(UniqueIndex, DecidingEqualsTwoPasses) {
  const std::vector<uint64_t> keys = RandomKeys(30'000, 20'000, 11);
  UniqueIndex index({64 << 20, "/tmp"});
  std::map<uint64_t, int64_t> first;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto line = static_cast<int64_t>(i) + 1;
    const auto [found, inserted] = first.emplace(keys[i], line);
    const auto copy = index.Decide(KeyOf(keys[i]), {line, 0});
    ASSERT_EQ(copy.has_value(), !inserted);
    if (copy) {
      EXPECT_EQ(copy->line, found->second);
    }
  }
  EXPECT_FALSE(index.needs_two_passes());
}

TEST(UniqueIndex, AsksForTwoPassesInsteadOfGrowing) {
  UniqueIndex index({100'000, "/tmp"});
  for (uint64_t i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(index.Decide(KeyOf(i), {static_cast<int64_t>(i) + 1, 0}).has_value());
  }
  EXPECT_TRUE(index.needs_two_passes());
}

TEST(KeyCounter, ASpillThatCannotBeWrittenIsAnError) {
  KeyCounter counter({1, "/no/such/folder"});
  EXPECT_TRUE(IsError(counter.Add({{KeyOf(1), 0}}), ErrorCode::kUnavailable, "/no/such/folder"));
}

}  // namespace
}  // namespace lakegate
