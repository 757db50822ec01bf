// Runs, partitions, publications, intents, retired folders and metrics: the tables of a run.
#include "ledger/runs.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class RunsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  Result<int64_t> Start(const std::string& id, const std::string& partition, TimestampUs at) {
    return ledger_->runs().Start(
        {id, "events", partition, "events/" + partition, 3, "s/" + id, at});
  }
  Intent MakeIntent(const std::string& run_id) {
    Intent intent;
    intent.run_id = run_id;
    intent.dataset = "events";
    intent.partition_key = "day=1";
    intent.kind = IntentKind::kExchange;
    intent.staging_path = "s/" + run_id;
    intent.live_path = "tables/events/day=1";
    intent.staged_device = 7;
    intent.staged_inode = 0xffff'ffff'ffff'fff0U;  // file systems use all 64 bits
    intent.lease = {"events/day=1", 3};
    intent.run_end.verdict = Verdict::kWarned;
    intent.run_end.report_path = "reports/x.json";
    intent.files = {{"a.parquet", 1, 2}, {"b.parquet", 3, 4}};
    intent.metrics = {{"rule", 1.5, Verdict::kWarned}, {"unmeasured", std::nullopt}};
    return intent;
  }

  TempLake lake_{TempPlace::kMemory};
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(RunsTest, CountsAttemptsOfEachPartition) {
  ASSERT_OK_AND_ASSIGN(int64_t attempt, Start("r1", "day=1", 1));
  EXPECT_EQ(attempt, 1);
  ASSERT_OK_AND_ASSIGN(attempt, Start("r2", "day=1", 2));
  EXPECT_EQ(attempt, 2);
  ASSERT_OK_AND_ASSIGN(attempt, Start("r3", "day=2", 3));
  EXPECT_EQ(attempt, 1);
  ASSERT_OK_AND_ASSIGN(const auto runs, ledger_->runs().ListLoads("events", "day=1"));
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].id, "r2");
  ASSERT_OK_AND_ASSIGN(const auto newest, ledger_->runs().ListForDataset("events", 1));
  ASSERT_EQ(newest.size(), 1U);
  EXPECT_EQ(newest[0].id, "r3");
  EXPECT_TRUE(IsError(Start("r1", "day=1", 1), ErrorCode::kConflict, "UNIQUE"));
}

TEST_F(RunsTest, EndsOnce) {
  ASSERT_OK(Start("r1", "day=1", 1));
  RunEnd end;
  end.verdict = Verdict::kFailed;
  end.counters = R"({"accepted":3})";
  ASSERT_OK(ledger_->runs().Finish("r1", end, 9));
  ASSERT_OK_AND_ASSIGN(const auto run, ledger_->runs().Find("r1"));
  EXPECT_EQ(run->verdict, Verdict::kFailed);
  EXPECT_EQ(run->ended_us, 9);
  EXPECT_EQ(run->counters, R"({"accepted":3})");
  EXPECT_TRUE(IsError(ledger_->runs().Finish("r1", end, 10), ErrorCode::kConflict, "r1"));
  EXPECT_TRUE(IsError(ledger_->runs().Finish("none", end, 10), ErrorCode::kConflict, "none"));
}

TEST_F(RunsTest, IsOpenUntilItsEndIsKnownAndItsStagingGone) {
  ASSERT_OK(Start("r1", "day=1", 1));
  ASSERT_OK(ledger_->runs().Finish("r1", {}, 9));
  ASSERT_OK_AND_ASSIGN(auto open, ledger_->runs().ListOpen());
  EXPECT_EQ(open.size(), 1U);
  ASSERT_OK(ledger_->runs().ForgetStaging("r1"));
  ASSERT_OK_AND_ASSIGN(open, ledger_->runs().ListOpen());
  EXPECT_TRUE(open.empty());
}

TEST_F(RunsTest, PartitionsKeepWhatIsPublishedWhileTheirStateChanges) {
  Partitions& partitions = ledger_->partitions();
  ASSERT_OK(partitions.SetPublished({"events", "day=1", 4, "f", "c", "v", "r1"}, 5));
  ASSERT_OK(partitions.SetRunState("events", "day=1", PartitionState::kGated, "too many", "r2", 6));
  ASSERT_OK_AND_ASSIGN(auto partition, partitions.Find("events", "day=1"));
  EXPECT_EQ(partition->state, PartitionState::kGated);
  EXPECT_EQ(partition->published_version, 4);
  EXPECT_EQ(partition->fingerprint, "f");
  EXPECT_EQ(partition->why, "too many");
  EXPECT_EQ(partition->last_run_id, "r2");
  ASSERT_OK(partitions.SetState("events", "day=1", PartitionState::kStale, "late file", 7));
  ASSERT_OK(partitions.SetState("events", "day=0", PartitionState::kWaiting, std::nullopt, 7));
  ASSERT_OK_AND_ASSIGN(const auto list, partitions.List("events"));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].key, "day=0");
  EXPECT_EQ(list[1].last_run_id, "r2");
}

TEST_F(RunsTest, PublicationsAreNumberedPerPartition) {
  Publications& publications = ledger_->publications();
  for (const char* id : {"r1", "r2", "r3"}) ASSERT_OK(Start(id, "day=1", 1));
  Publication publication;
  publication.dataset = "events";
  publication.partition_key = "day=1";
  publication.run_id = "r1";
  publication.files = {{"a", 1, 2}};
  ASSERT_OK(publications.Record(publication));
  publication.run_id = "r2";
  publication.files = {{"b", 3, 4}, {"c", 5, 6}};
  ASSERT_OK_AND_ASSIGN(const int64_t version, publications.Record(publication));
  EXPECT_EQ(version, 2);
  publication.partition_key = "day=2";
  publication.run_id = "r3";
  ASSERT_OK(publications.Record(publication));
  ASSERT_OK_AND_ASSIGN(const auto current, publications.FindCurrent("events", "day=1"));
  EXPECT_EQ(current->previous_version, 1);
  EXPECT_EQ(current->files, (std::vector<PublishedFile>{{"b", 3, 4}, {"c", 5, 6}}));
  ASSERT_OK_AND_ASSIGN(const auto first, publications.FindByRun("r1"));
  EXPECT_EQ(first->version, 1);
  EXPECT_EQ(first->previous_version, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto all, publications.ListCurrent("events"));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].version, 2);
  ASSERT_OK_AND_ASSIGN(const auto none, publications.FindCurrent("events", "day=9"));
  EXPECT_FALSE(none.has_value());
}

TEST_F(RunsTest, AnIntentComesBackAsItWasWritten) {
  ASSERT_OK(Start("r1", "day=1", 1));
  ASSERT_OK(Start("r2", "day=1", 2));
  const Intent intent = MakeIntent("r1");
  ASSERT_OK(ledger_->intents().Record(intent));
  EXPECT_TRUE(IsError(ledger_->intents().Record(MakeIntent("r2")), ErrorCode::kConflict, "r1"));
  ASSERT_OK_AND_ASSIGN(const auto list, ledger_->intents().List());
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].kind, IntentKind::kExchange);
  EXPECT_EQ(list[0].staged_inode, intent.staged_inode);
  EXPECT_EQ(list[0].lease.epoch, 3);
  EXPECT_EQ(list[0].run_end.verdict, Verdict::kWarned);
  EXPECT_EQ(list[0].run_end.report_path, "reports/x.json");
  EXPECT_EQ(list[0].files, intent.files);
  EXPECT_EQ(list[0].metrics, intent.metrics);
  ASSERT_OK_AND_ASSIGN(bool removed, ledger_->intents().Remove("r1"));
  EXPECT_TRUE(removed);
  ASSERT_OK_AND_ASSIGN(removed, ledger_->intents().Remove("r1"));
  EXPECT_FALSE(removed);
  EXPECT_OK(ledger_->intents().Record(MakeIntent("r2")));
}

TEST_F(RunsTest, RetiredFoldersAreDueAfterTheirGrace) {
  ASSERT_OK(ledger_->retired_folders().Record({"s/r1", "events", "day=1", 5, 10}));
  ASSERT_OK_AND_ASSIGN(auto due, ledger_->retired_folders().ListDue(9));
  EXPECT_TRUE(due.empty());
  ASSERT_OK_AND_ASSIGN(due, ledger_->retired_folders().ListDue(10));
  ASSERT_EQ(due.size(), 1U);
  ASSERT_OK(ledger_->retired_folders().Forget("s/r1"));
  ASSERT_OK_AND_ASSIGN(due, ledger_->retired_folders().List());
  EXPECT_TRUE(due.empty());
}

TEST_F(RunsTest, MetricsOfARuleComeNewestFirst) {
  ASSERT_OK(Start("r1", "day=1", 1));
  ASSERT_OK(Start("r2", "day=1", 2));
  MetricHistory& history = ledger_->metric_history();
  ASSERT_OK(history.Record("events", "day=1", "r1", {{"a", 1.5}, {"b", std::nullopt}}, 5));
  ASSERT_OK(history.Record("events", "day=1", "r2", {{"a", 2.5, Verdict::kFailed}}, 6));
  ASSERT_OK_AND_ASSIGN(const auto list, history.List("events", "a", 10));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].run_id, "r2");
  EXPECT_EQ(list[0].metric, (MetricValue{"a", 2.5, Verdict::kFailed}));
  ASSERT_OK_AND_ASSIGN(const auto missing, history.List("events", "b", 10));
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].metric.value, std::nullopt);
}

}  // namespace
}  // namespace lakegate
