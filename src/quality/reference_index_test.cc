#include "quality/reference_index.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/result_matchers.h"

namespace lakegate {
namespace {

Hash128 KeyOf(int64_t number) { return HashOf(std::to_string(number)); }

SpillOptions WithMemory(int64_t bytes) { return {bytes, ::testing::TempDir()}; }

// Targets are the even numbers below `count`; the input refers to 0 .. count-1, each twice.
void ExpectOddOrphans(int64_t memory, int64_t count, bool fits) {
  ReferenceIndex index(WithMemory(memory));
  for (int64_t i = 0; i < count; i += 2) ASSERT_TRUE(index.AddTarget(KeyOf(i)));
  ASSERT_EQ(index.fits(), fits);
  if (fits) {
    for (int64_t i = 0; i < count; ++i) EXPECT_EQ(index.Contains(KeyOf(i)), i % 2 == 0) << i;
    return;
  }
  for (int64_t i = 0; i < 2 * count; ++i) ASSERT_TRUE(index.Collect(KeyOf(i / 2), i));
  ASSERT_TRUE(index.Resolve());
  for (int64_t i = 0; i < 2 * count; ++i) {
    const Result<bool> orphan = index.IsOrphan(i);
    ASSERT_TRUE(orphan);
    EXPECT_EQ(*orphan, i / 2 % 2 == 1) << i;
  }
}

TEST(ReferenceIndexTest, AnswersFromMemoryWhileTheTargetsFit) {
  ExpectOddOrphans(1 << 20, 5000, true);
}

TEST(ReferenceIndexTest, GoesToDiskBeyondItsMemory) { ExpectOddOrphans(64 << 10, 50'000, false); }

TEST(ReferenceIndexTest, TargetsMayComeAfterTheKeys) {
  for (const int64_t memory : {int64_t{1} << 20, int64_t{20} << 10}) {
    ReferenceIndex index(WithMemory(memory));
    for (int64_t i = 0; i < 3000; ++i) {
      ASSERT_TRUE(index.AddTarget(KeyOf(i * 2)));
      ASSERT_TRUE(index.Collect(KeyOf(i), i));
    }
    ASSERT_TRUE(index.Resolve());
    for (int64_t i = 0; i < 3000; ++i) {
      const bool orphan = index.fits() ? !index.Contains(KeyOf(i)) : *index.IsOrphan(i);
      EXPECT_EQ(orphan, i % 2 == 1) << i;
    }
  }
}

TEST(ReferenceIndexTest, NothingToReferToMakesEveryKeyAnOrphan) {
  const ReferenceIndex index(WithMemory(1 << 20));
  EXPECT_TRUE(index.fits());
  EXPECT_FALSE(index.Contains(KeyOf(1)));
  EXPECT_FALSE(index.Contains(Hash128{}));
}

TEST(ReferenceIndexTest, TheHashOfZeroesIsAKeyLikeAnyOther) {
  ReferenceIndex index(WithMemory(1 << 20));
  ASSERT_TRUE(index.AddTarget(Hash128{}));
  EXPECT_TRUE(index.Contains(Hash128{}));
  EXPECT_FALSE(index.Contains(KeyOf(7)));
}

TEST(ReferenceIndexTest, AFullDiskIsAnError) {
  ReferenceIndex index({1024, "/nowhere/at/all"});
  Status status;
  for (int64_t i = 0; i < 5000 && status; ++i) status = index.AddTarget(KeyOf(i));
  EXPECT_FALSE(status);
}

}  // namespace
}  // namespace lakegate
