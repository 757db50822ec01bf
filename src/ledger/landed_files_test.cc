#include "ledger/landed_files.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

constexpr TimestampUs kNow = 1'735'689'600'000'000;
constexpr int64_t kOldNs = (kNow - 3'000'000) * 1000;  // three seconds before

class LandedFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  LandedFiles& files() { return ledger_->landed_files(); }
  Result<LandedFile> See(const std::string& path, const std::string& hash) {
    return files().Register({"events", path, 10, kOldNs, hash, "day=1"}, kNow);
  }
  LandedFileState StateOf(int64_t id) {
    auto file = files().Find(id);
    EXPECT_OK(file);
    return (*file)->state;
  }

  TempLake lake_{TempPlace::kMemory};
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LandedFilesTest, RegistersOnceAndKeepsStateAndFirstSight) {
  ASSERT_OK_AND_ASSIGN(const LandedFile first, See("land/a", "h1"));
  EXPECT_EQ(first.state, LandedFileState::kSeen);
  EXPECT_EQ(first.stored_path, "land/a");
  ASSERT_OK(files().MarkConsumed(first.id, "run-1"));
  ASSERT_OK_AND_ASSIGN(
      const LandedFile again,
      files().Register({"events", "land/a", 10, kOldNs + 1, "h1", "day=1"}, kNow + 1));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.first_seen_us, kNow);
  EXPECT_EQ(again.mtime_ns, kOldNs + 1);
  EXPECT_EQ(again.state, LandedFileState::kConsumed);
  EXPECT_EQ(again.run_id, "run-1");
}

TEST_F(LandedFilesTest, ChangedContentIsANewVersionAndTheOldOneGone) {
  ASSERT_OK_AND_ASSIGN(const LandedFile first, See("land/a", "h1"));
  ASSERT_OK_AND_ASSIGN(const LandedFile second, See("land/a", "h2"));
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(StateOf(first.id), LandedFileState::kGone);
  // Back to the first content: the same version, seen again.
  ASSERT_OK_AND_ASSIGN(const LandedFile third, See("land/a", "h1"));
  EXPECT_EQ(third.id, first.id);
  EXPECT_EQ(third.state, LandedFileState::kSeen);
  EXPECT_EQ(StateOf(second.id), LandedFileState::kGone);
}

TEST_F(LandedFilesTest, VersionsInHistoryAreNotGone) {
  ASSERT_OK_AND_ASSIGN(const LandedFile first, See("land/a", "h1"));
  ASSERT_OK(files().SetStoredPath(first.id, "history/a"));
  ASSERT_OK(See("land/a", "h2"));
  EXPECT_EQ(StateOf(first.id), LandedFileState::kSeen);
}

TEST_F(LandedFilesTest, AHashIsTrustedOnlyIfTheFileWasOldEnough) {
  ASSERT_OK_AND_ASSIGN(const LandedFile first, See("land/a", "h1"));
  ASSERT_OK_AND_ASSIGN(auto found, files().FindUnchanged("events", "land/a", 10, kOldNs));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, first.id);
  ASSERT_OK_AND_ASSIGN(found, files().FindUnchanged("events", "land/a", 11, kOldNs));
  EXPECT_FALSE(found.has_value());
  ASSERT_OK_AND_ASSIGN(found, files().FindUnchanged("events", "land/a", 10, kOldNs + 1));
  EXPECT_FALSE(found.has_value());
  // Written in the very moment it was hashed: a later write might not change the time.
  const int64_t fresh_ns = (kNow - 1'000'000) * 1000;
  ASSERT_OK(files().Register({"events", "land/b", 10, fresh_ns, "h", "day=1"}, kNow));
  ASSERT_OK_AND_ASSIGN(found, files().FindUnchanged("events", "land/b", 10, fresh_ns));
  EXPECT_FALSE(found.has_value());
  ASSERT_OK(files().Register({"events", "land/b", 10, fresh_ns, "h", "day=1"}, kNow + 2'000'000));
  ASSERT_OK_AND_ASSIGN(found, files().FindUnchanged("events", "land/b", 10, fresh_ns));
  EXPECT_TRUE(found.has_value());
}

TEST_F(LandedFilesTest, HeldAndIgnoredFilesCarryTheirReason) {
  ASSERT_OK_AND_ASSIGN(const LandedFile held, See("land/a", "h1"));
  ASSERT_OK_AND_ASSIGN(const LandedFile copy, See("land/b", "h1"));
  ASSERT_OK(files().MarkHeld(held.id, "moved-label"));
  ASSERT_OK(files().MarkIgnored(copy.id, "the same bytes as land/a"));
  ASSERT_OK_AND_ASSIGN(const auto list, files().ListHeld("events"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].held_reason, "moved-label");
  ASSERT_OK_AND_ASSIGN(const auto same, files().FindByContent("events", "h1"));
  EXPECT_EQ(same.size(), 2U);
  ASSERT_OK(files().MarkSeen(held.id));
  EXPECT_EQ(StateOf(held.id), LandedFileState::kSeen);
  EXPECT_TRUE(IsError(files().MarkHeld(999, "x"), ErrorCode::kNotFound, "999"));
}

TEST_F(LandedFilesTest, ConsumingAGoneFileLeavesItGone) {
  ASSERT_OK_AND_ASSIGN(const LandedFile file, See("land/a", "h1"));
  ASSERT_OK(files().MarkGone(file.id));
  ASSERT_OK(files().MarkConsumed(file.id, "run-1"));
  EXPECT_EQ(StateOf(file.id), LandedFileState::kGone);
}

TEST_F(LandedFilesTest, ListsByPartitionInOrderOfPath) {
  ASSERT_OK(See("land/b", "h1"));
  ASSERT_OK(See("land/a", "h2"));
  ASSERT_OK(files().Register({"events", "land/c", 1, 1, "h3", "day=2"}, kNow));
  ASSERT_OK(files().Register({"other", "land/d", 1, 1, "h4", "day=1"}, kNow));
  ASSERT_OK_AND_ASSIGN(const auto list, files().ListForPartition("events", "day=1"));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].path, "land/a");
  ASSERT_OK_AND_ASSIGN(const auto all, files().ListForDataset("events"));
  EXPECT_EQ(all.size(), 3U);
  ASSERT_OK_AND_ASSIGN(const auto keys, files().ListPartitionKeys("events"));
  EXPECT_EQ(keys, (std::vector<std::string>{"day=1", "day=2"}));
}

}  // namespace
}  // namespace lakegate
