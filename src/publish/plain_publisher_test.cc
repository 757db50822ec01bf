#include "publish/plain_publisher.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/faulty_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

constexpr const char* kDay = "ingestion_date=2025-01-01";

std::vector<std::string> OneText(const std::string& text) { return {text}; }

TEST(PlainPublisherTest, RenamesThenExchangesThenLeavesEqualFilesAlone) {
  PublishScene scene;
  ASSERT_OK_AND_ASSIGN(const PublishOutcome first, scene.Publish(kDay, {{"old", 1}}));
  EXPECT_EQ(first.kind, IntentKind::kFirst);
  EXPECT_EQ(scene.Live(kDay), OneText("old"));
  ASSERT_OK_AND_ASSIGN(const PublishOutcome second, scene.Publish(kDay, {{"er", 2}, {"new", 3}}));
  EXPECT_EQ(second.kind, IntentKind::kExchange);
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(scene.Live(kDay), (std::vector<std::string>{"er", "new"}));

  const std::string live = scene.lake().Path(PublishScene::LivePath(kDay));
  ASSERT_OK_AND_ASSIGN(const FileInfo before, scene.storage().Stat(live));
  ASSERT_OK_AND_ASSIGN(const PublishOutcome third, scene.Publish(kDay, {{"er", 2}, {"new", 3}}));
  ASSERT_OK_AND_ASSIGN(const FileInfo after, scene.storage().Stat(live));
  EXPECT_EQ(third.kind, IntentKind::kSame);
  EXPECT_EQ(third.version, 3);
  EXPECT_EQ(before.inode, after.inode);
  EXPECT_EQ(before.mtime_ns, after.mtime_ns);
  scene.ExpectConsistent(kDay);
}

// Else a reader that listed the old names could take the shared ones for the whole.
TEST(PlainPublisherTest, AVersionThatLosesFilesSharesNoNameWithTheOldOne) {
  PublishScene scene;
  const auto names = [&] {
    const auto list = scene.lake().List(PublishScene::LivePath(kDay));
    return std::set<std::string>(list.begin(), list.end());
  };
  ASSERT_OK(scene.Publish(kDay, {{"stays", 1}, {"goes", 2}}));
  const auto old = names();
  ASSERT_OK(scene.Publish(kDay, {{"stays", 1}, {"comes", 2}}));
  EXPECT_EQ(scene.Live(kDay), (std::vector<std::string>{"comes", "stays"}));
  for (const std::string& name : names()) EXPECT_FALSE(old.contains(name)) << name;
  scene.ExpectConsistent(kDay);
}

TEST(PlainPublisherTest, AVersionThatOnlyAddsFilesKeepsTheNames) {
  PublishScene scene;
  ASSERT_OK(scene.Publish(kDay, {{"stays", 1}}));
  const auto old = scene.lake().List(PublishScene::LivePath(kDay));
  ASSERT_OK(scene.Publish(kDay, {{"stays", 1}, {"comes", 2}}));
  const auto now = scene.lake().List(PublishScene::LivePath(kDay));
  EXPECT_TRUE(std::includes(now.begin(), now.end(), old.begin(), old.end()));
  scene.ExpectConsistent(kDay);
}

TEST(PlainPublisherTest, RecordsEverythingInTheLedger) {
  PublishScene scene;
  ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
  scene.clock().Advance(1'000'000);
  ASSERT_OK(scene.Publish(kDay, {{"new", 7}}));
  Ledger& ledger = scene.ledger();

  ASSERT_OK_AND_ASSIGN(const auto current, ledger.publications().FindCurrent("events", kDay));
  ASSERT_TRUE(current.has_value());
  EXPECT_EQ(current->version, 2);
  EXPECT_EQ(current->previous_version, 1);
  EXPECT_EQ(current->live_path, "tables/events/ingestion_date=2025-01-01");
  EXPECT_EQ(current->published_us, kSceneStartUs + 1'000'000);
  ASSERT_EQ(current->files.size(), 1U);
  EXPECT_EQ(current->files[0].rows, 7);

  ASSERT_OK_AND_ASSIGN(const auto partition, ledger.partitions().Find("events", kDay));
  EXPECT_EQ(partition->state, PartitionState::kPublished);
  EXPECT_EQ(partition->fingerprint, "fingerprint of " + current->run_id);
  ASSERT_OK_AND_ASSIGN(const auto run, ledger.runs().Find(current->run_id));
  EXPECT_EQ(run->attempt, 2);
  EXPECT_EQ(run->counters, R"({"accepted":1})");
  EXPECT_EQ(run->ended_us, kSceneStartUs + 1'000'000);
  ASSERT_OK_AND_ASSIGN(const auto landed, ledger.landed_files().ListForPartition("events", kDay));
  ASSERT_EQ(landed.size(), 1U);
  EXPECT_EQ(landed[0].state, LandedFileState::kConsumed);
  EXPECT_EQ(landed[0].run_id, current->run_id);
  ASSERT_OK_AND_ASSIGN(const auto metrics, ledger.metric_history().List("events", "has-rows", 10));
  ASSERT_EQ(metrics.size(), 2U);
  EXPECT_EQ(metrics[0].metric.value, 12.5);
}

TEST(PlainPublisherTest, ExchangesTheWholeTable) {
  PublishScene scene;
  ASSERT_OK(scene.Publish("", {{"old", 1}}));
  ASSERT_OK(scene.Publish("", {{"new", 1}}));
  EXPECT_EQ(scene.Live(""), OneText("new"));
  ASSERT_OK_AND_ASSIGN(const auto partition, scene.ledger().partitions().Find("events", "-"));
  EXPECT_TRUE(partition.has_value());
  scene.ExpectConsistent("");
}

TEST(PlainPublisherTest, KeepsTheOldVersionForItsGraceTime) {
  PublishScene scene(5'000'000);
  ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
  ASSERT_OK(scene.Publish(kDay, {{"new", 1}}));
  EXPECT_EQ(scene.lake().List(".lakegate/staging").size(), 2U);  // the old folder and its file
  scene.clock().Advance(4'999'999);
  ASSERT_OK(scene.publisher().Recover());
  EXPECT_EQ(scene.lake().List(".lakegate/staging").size(), 2U);
  scene.clock().Advance(1);
  ASSERT_OK(scene.publisher().Recover());
  scene.ExpectConsistent(kDay);
}

TEST(PlainPublisherTest, RefusesToRemoveForeignFiles) {
  PublishScene scene;
  ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
  scene.lake().WriteFile(PublishScene::LivePath(kDay) + "/by_hand.csv", "precious");
  EXPECT_TRUE(IsError(scene.Publish(kDay, {{"new", 1}}), ErrorCode::kConflict, "by_hand.csv"));
  EXPECT_EQ(scene.Live(kDay), (std::vector<std::string>{"old", "precious"}));
}

TEST(PlainPublisherTest, AdoptsOurOwnFilesWhenTheLedgerWasLost) {
  PublishScene scene;
  ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
  scene.lake().WriteFile(PublishScene::LivePath(kDay) + "/_SUCCESS", "");
  const std::string table = scene.lake().Path("tables/events/");
  std::filesystem::rename(table + kDay, table + "ingestion_date=2025-01-02");
  ASSERT_OK(scene.Publish("ingestion_date=2025-01-02", {{"new", 1}}));
  EXPECT_EQ(scene.Live("ingestion_date=2025-01-02"), OneText("new"));
}

TEST(PlainPublisherTest, RefusesPathsThatLeaveTheTable) {
  PublishScene scene;
  for (const char* path : {"../x=1", "/x=1", "x=1/../../y", "x=1/"}) {
    EXPECT_TRUE(IsError(scene.Publish(path, {{"a", 1}}), ErrorCode::kInvalidData, path));
    ASSERT_OK(scene.publisher().Recover());
  }
  scene.ExpectNoLitter();
}

// A storage on a file system without RENAME_EXCHANGE.
class NoExchangeStorage : public FaultyStorage {
 public:
  using FaultyStorage::FaultyStorage;
  Status ExchangeDirectories(const std::string& a, const std::string&) override {
    return Error{ErrorCode::kUnsupported, "cannot exchange " + a, "another file system"};
  }
};

TEST(PlainPublisherTest, ChangesNothingWhereFoldersCannotBeExchanged) {
  PublishScene scene;
  ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
  FaultPlan plan;
  NoExchangeStorage storage(scene.storage(), plan);
  ScenePublisher publisher(scene.lake(), storage, scene.clock(), 2, 0);
  EXPECT_TRUE(IsError(publisher.Publish(kDay, {{"new", 1}}), ErrorCode::kUnsupported, "exchange"));
  EXPECT_EQ(scene.Live(kDay), OneText("old"));
  ASSERT_OK(scene.publisher().Recover());
  scene.ExpectConsistent(kDay);
}

TEST(PlainPublisherTest, RefusesAStagingFolderThatSomebodyTouched) {
  PublishScene scene;
  FaultPlan plan;
  FaultyStorage storage(scene.storage(), plan);
  ScenePublisher publisher(scene.lake(), storage, scene.clock(), 2, 0);
  // Operation 5 looks at the staged folder: made, created, written, committed before.
  plan.CallBefore(5, [&] {
    const std::string folder = scene.lake().List(".lakegate/staging").front();
    scene.lake().WriteFile(folder + "extra.parquet", "x");
  });
  EXPECT_TRUE(IsError(publisher.Publish(kDay, {{"new", 1}}), ErrorCode::kCorrupt, "exactly"));
  EXPECT_FALSE(scene.lake().Exists("tables/events"));
}

// A publication whose process sleeps beyond its lease, before each of its operations in turn; what
// happens meanwhile, and what is to be seen afterwards.
void SleepAtEveryOperation(
    const std::function<void(PublishScene&)>& meanwhile,
    const std::function<void(PublishScene&, const Result<PublishOutcome>&)>& check) {
  int number = 1;
  for (; number < 100; ++number) {
    SCOPED_TRACE(number);
    PublishScene scene;
    ASSERT_OK(scene.Publish(kDay, {{"old", 1}}));
    FaultPlan plan;
    FaultyStorage storage(scene.storage(), plan);
    ScenePublisher late(scene.lake(), storage, scene.clock(), 2, 0);
    plan.CallBefore(number, [&] {
      scene.clock().Advance(120'000'000);
      meanwhile(scene);
    });
    const auto outcome = late.Publish(kDay, {{"late", 1}});
    if (plan.operations() < number) break;
    check(scene, outcome);
    ASSERT_OK(scene.publisher().Recover());
    scene.ExpectConsistent(kDay);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(number, 10);
  EXPECT_LT(number, 100);
}

// I10, at every moment: another lakegate publishes the partition. The one that wakes up late must
// change nothing.
TEST(PlainPublisherTest, LateWakerNeverOverwritesTheOneThatTookOver) {
  for (const char* other : {"other", "late"}) {  // also with the same content as the late one
    SCOPED_TRACE(other);
    SleepAtEveryOperation(
        [&](PublishScene& scene) {
          ASSERT_OK(scene.Publish(kDay, {{other, 1}}));
        },
        [&](PublishScene& scene, const Result<PublishOutcome>& outcome) {
          EXPECT_EQ(scene.Live(kDay), OneText(other));
          if (!outcome) {
            EXPECT_NE(outcome.error().code, ErrorCode::kCommitUnknown) << outcome.error().message;
          }
        });
  }
}

// Another one only gives it up, whatever it was about to do.
TEST(PlainPublisherTest, ARunThatWasGivenUpPublishesAllOrNothing) {
  SleepAtEveryOperation([](PublishScene& scene) { ASSERT_OK(scene.publisher().Recover()); },
                        [](PublishScene& scene, const Result<PublishOutcome>& outcome) {
                          EXPECT_EQ(scene.Live(kDay), OneText(outcome ? "late" : "old"));
                        });
}

// The lease alone decides: here nobody has recovered anything yet.
TEST(PlainPublisherTest, ALostLeaseCannotPublish) {
  PublishScene scene;
  FaultPlan plan;
  FaultyStorage storage(scene.storage(), plan);
  ScenePublisher late(scene.lake(), storage, scene.clock(), 2, 0);
  plan.CallBefore(5, [&] {
    scene.clock().Advance(120'000'000);
    ASSERT_OK(scene.ledger().leases().Acquire(
        {PartitionLeaseResource(kSceneDataset, kDay), "elsewhere:1:1", 60'000'000},
        scene.clock().Now()));
  });
  EXPECT_TRUE(IsError(late.Publish(kDay, {{"late", 1}}), ErrorCode::kConflict, "lost"));
  EXPECT_FALSE(scene.lake().Exists("tables/events"));
  scene.ExpectNoLitter();
}

TEST(PlainPublisherTest, NothingIsRemovedOfARunThatMayWakeUp) {
  PublishScene scene;
  FaultPlan nothing;
  FaultyStorage late_storage(scene.storage(), nothing);
  ScenePublisher late(scene.lake(), late_storage, scene.clock(), 2, 0);
  FaultPlan plan;
  FaultyStorage storage(scene.storage(), plan);
  ScenePublisher other(scene.lake(), storage, scene.clock(), 3, 0);
  nothing.CallBefore(5, [&] {
    const Lease lease{PartitionLeaseResource(kSceneDataset, kDay), 1};
    scene.clock().Advance(120'000'000);
    bool asked = false;
    plan.CallBefore(1, [&] {
      asked = true;
      EXPECT_TRUE(IsError(late.ledger().leases().Check(lease), ErrorCode::kConflict, "lost"));
      EXPECT_TRUE(IsError(late.ledger().leases().Renew(lease, scene.clock().Now(), 60'000'000),
                          ErrorCode::kConflict, "lost"));
    });
    ASSERT_OK_AND_ASSIGN(const RecoveryReport report, other.publisher().Recover());
    EXPECT_EQ(report.interrupted, 1);
    EXPECT_TRUE(asked);
  });
  EXPECT_FALSE(late.Publish(kDay, {{"late", 1}}));
  EXPECT_FALSE(scene.lake().Exists("tables/events"));
  scene.ExpectNoLitter();
}

TEST(PlainPublisherTest, RecoverLeavesWorkingRunsAlone) {
  PublishScene scene;
  FaultPlan plan;
  FaultyStorage storage(scene.storage(), plan);
  ScenePublisher working(scene.lake(), storage, scene.clock(), 2, 0);
  plan.CallBefore(4, [&] {
    ASSERT_OK_AND_ASSIGN(const RecoveryReport report, scene.publisher().Recover());
    EXPECT_EQ(report.in_progress, 1);
    EXPECT_EQ(report.removed + report.undone + report.interrupted, 0);
  });
  EXPECT_OK(working.Publish(kDay, {{"new", 1}}));
  EXPECT_GE(plan.operations(), 4);
  scene.ExpectConsistent(kDay);
}

TEST(PlainPublisherTest, DiscardRemovesTheStagingFolder) {
  PublishScene scene;
  Ledger& ledger = scene.ledger();
  ASSERT_OK(ledger.runs().Start(
      {"run-1", "events", kDay, "events/x", 1, ".lakegate/staging/run-1", kSceneStartUs}));
  scene.lake().WriteFile(".lakegate/staging/run-1/part", "x");
  ASSERT_OK(scene.publisher().DiscardStaging("run-1", ".lakegate/staging/run-1"));
  EXPECT_EQ(scene.lake().List(".lakegate/staging"), std::vector<std::string>());
  ASSERT_OK_AND_ASSIGN(const auto run, ledger.runs().Find("run-1"));
  EXPECT_EQ(run->staging_path, std::nullopt);
}

TEST(StagingTest, IsBesideTheLedgerOnTheSameFileSystem) {
  const TempLake lake;
  auto storage = MakeLocalStorage();
  ASSERT_OK_AND_ASSIGN(const std::string root,
                       ChooseStagingRoot(*storage, lake.Path(".lakegate"), lake.Path("tables")));
  EXPECT_EQ(root, lake.Path(".lakegate/staging"));
  EXPECT_EQ(StagingFolder(root, "r1"), root + "/r1");
}

TEST(StagingTest, IsInTheTablesZoneOnAnotherFileSystem) {
  if (access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "no second file system here";
  const TempLake lake;
  auto storage = MakeLocalStorage();
  ASSERT_OK_AND_ASSIGN(const FileInfo here, storage->Stat(lake.root()));
  ASSERT_OK_AND_ASSIGN(const FileInfo memory, storage->Stat("/dev/shm"));
  if (here.device == memory.device) GTEST_SKIP() << "no second file system here";
  std::string tables = "/dev/shm/lakegate-test-XXXXXX";
  ASSERT_NE(mkdtemp(tables.data()), nullptr);
  ASSERT_OK_AND_ASSIGN(const std::string root,
                       ChooseStagingRoot(*storage, lake.Path(".lakegate"), tables));
  EXPECT_EQ(root, tables + "/.staging");
  ASSERT_OK(storage->RemoveTree(tables));
}

}  // namespace
}  // namespace lakegate
