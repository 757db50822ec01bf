// Every storage operation of a compaction fails once, and is the place of a kill -9 once; after
// each the partition has its old files or the merged ones, and the next compaction succeeds. What
// the merged files hold is tests/readers/compact_test.py's.
#include "run/compaction.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>

#include "publish/load_publisher.h"
#include "run/lake_compaction.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/made_plan.h"
#include "tests/support/publish_scene.h"
#include "validate/make_column.h"
#include "write/table_writer.h"

namespace lakegate {
namespace {

constexpr int kMostOperations = 400;
constexpr int kKilled = 42;
constexpr int64_t kTargetBytes = 1'000'000;
constexpr int kFiles = 4;
constexpr int64_t kRowsPerFile = 10;
constexpr const char* kKey = "day=1";

using Files = std::vector<PublishedFile>;

// Puts its ledger and clock where CompactPartition looks for them.
class Compacter {
 public:
  Compacter(const LakeConfig& config, Storage& storage, const Clock& clock, uint64_t seed)
      : config_(config), random_(seed), ledger_(*Ledger::Open(config.ledger, {})) {
    settings_.storage = &storage;
    settings_.clock = &clock;
    settings_.now_us = clock.Now();
    settings_.random = &random_;
    settings_.grace_us = 0;
  }

  Status Recover() {
    PlainPublisher plain(*settings_.storage, *ledger_, *settings_.clock, {".", 0});
    LAKEGATE_ASSIGN(const RecoveryReport report, plain.Recover());
    if (!report.problems.empty()) return report.problems[0];
    return {};
  }

  Result<PartitionCompaction> Compact(int64_t min_files = 2) {
    LAKEGATE_TRY(Recover());
    LAKEGATE_ASSIGN(const auto current, ledger_->publications().FindCurrent(kSceneDataset, kKey));
    return CompactPartition(
        {&config_, &config_.datasets[0], &settings_, ledger_.get(), kTargetBytes, min_files},
        *current);
  }

  // Publishes `files`, each from a landed file of its own.
  void Load(const Files& files, const std::string& staging) {
    ASSERT_OK_AND_ASSIGN(
        const Lease lease,
        ledger_->leases().Acquire(
            {PartitionLeaseResource(kSceneDataset, kWholeTableKey), CurrentHolder(), 1'000'000},
            settings_.clock->Now()));
    RunStart start;
    start.id = MakeUuid7(settings_.clock->Now(), random_);
    start.dataset = kSceneDataset;
    start.partition_key = kWholeTableKey;
    start.lease_resource = lease.resource;
    start.lease_epoch = lease.epoch;
    start.staging_path = staging;
    ASSERT_OK(ledger_->runs().Start(start));
    LoadRequest request;
    request.run_id = start.id;
    request.table_dir = kSceneTable;
    request.fingerprint = "fingerprint";
    LoadPart part;
    part.partition_path = kKey;
    part.staged_name = "rows";
    part.files = files;
    for (const PublishedFile& file : files) {
      ASSERT_OK_AND_ASSIGN(const LandedFile landed,
                           ledger_->landed_files().Register({kSceneDataset, "land/" + file.name, 1,
                                                             1, file.name, kWholeTableKey},
                                                            settings_.clock->Now()));
      part.sources.push_back({file.name, 0, file.rows, landed.id});
      request.landed_file_ids.push_back(landed.id);
    }
    request.parts.push_back(std::move(part));
    LoadPublisher publisher(*settings_.storage, *ledger_, *settings_.clock, {".", 0});
    ASSERT_OK(publisher.Publish(request));
    ASSERT_OK(ledger_->leases().Release(lease));
  }

  // As the command does; `cancelled` before anything is done.
  Result<std::vector<Error>> CompactAll(const std::atomic<bool>& cancelled) {
    settings_.job.cancelled = &cancelled;
    CompactionSelection selection;
    selection.target_bytes = kTargetBytes;
    return CompactLake(config_, selection, settings_, [](const CompactedPartition&) {});
  }

  Ledger& ledger() { return *ledger_; }

 private:
  const LakeConfig& config_;
  SeededRandom random_;
  RunSettings settings_;
  std::unique_ptr<Ledger> ledger_;
};

LakeConfig SceneConfig() {
  LakeConfig config;
  Dataset dataset;
  dataset.name = kSceneDataset;
  dataset.publish.mode = PublishMode::kAppend;
  dataset.publish.partition_by = {"day"};
  dataset.publish.date_columns = {{"day", "at"}};
  config.datasets.push_back(dataset);
  return config;
}

// A lake that is the working folder, with a partition of kFiles small files.
class World {
 public:
  World()
      : home_(std::filesystem::current_path()), config(SceneConfig()), storage(MakeLocalStorage()) {
    std::filesystem::current_path(lake_.root());
    std::filesystem::create_directories(".lakegate/staging/first/rows");
    compacter = std::make_unique<Compacter>(config, *storage, clock, 1);
    MadePlan made;
    made.Add("n", {TypeKind::kInteger});
    Files files;
    for (int i = 0; i < kFiles; ++i) {
      TableWriterOptions options;
      options.directory = ".lakegate/staging/first/rows";
      options.first_number = i;
      auto writer = MakeParquetWriter(storage.get(), made.plan(), options);
      EXPECT_OK(writer);
      std::vector<ColumnBuffer> columns;
      columns.push_back(MakeColumn(made.plan().fields[0]));
      for (int64_t row = 0; row < kRowsPerFile; ++row) columns[0].AppendInteger(100 * i + row);
      EXPECT_OK((*writer)->Append(&columns, kRowsPerFile));
      const auto written = (*writer)->Finish();
      EXPECT_OK(written);
      files.push_back({(*written)[0].name, (*written)[0].size, (*written)[0].rows});
    }
    compacter->Load(files, ".lakegate/staging/first");
    EXPECT_OK(compacter->Recover());
  }
  ~World() { std::filesystem::current_path(home_); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // What readers see.
  Files Live() {
    auto files = ListFolder(*storage, std::string(kSceneTable) + "/" + kKey);
    return files ? *files : Files();
  }

  void ExpectConsistent() {
    Ledger& ledger = compacter->ledger();
    ASSERT_OK_AND_ASSIGN(const auto current,
                         ledger.publications().FindCurrent(kSceneDataset, kKey));
    EXPECT_TRUE(SameNamesAndSizes(Live(), current->files));
    ASSERT_OK_AND_ASSIGN(const auto partition, ledger.partitions().Find(kSceneDataset, kKey));
    EXPECT_EQ(partition->published_version, current->version);
    EXPECT_EQ(partition->state, PartitionState::kPublished);
    EXPECT_EQ(partition->fingerprint, "fingerprint");
    ASSERT_OK_AND_ASSIGN(const auto intents, ledger.intents().List());
    EXPECT_TRUE(intents.empty());
    ASSERT_OK_AND_ASSIGN(const auto runs, ledger.runs().ListOpen());
    EXPECT_TRUE(runs.empty());
    EXPECT_EQ(lake_.List(".lakegate/staging"), std::vector<std::string>());
    // Each landed file's rows are where they should be.
    std::map<int64_t, int64_t> rows;
    ASSERT_OK_AND_ASSIGN(const auto sources,
                         ledger.part_sources().ListForPartition(kSceneDataset, kKey));
    for (const PartSource& source : sources) rows[source.landed_file_id] += source.rows;
    EXPECT_EQ(rows.size(), static_cast<size_t>(kFiles));
    for (const auto& [id, count] : rows) EXPECT_EQ(count, kRowsPerFile);
  }

 private:
  TempLake lake_{TempPlace::kMemory};
  std::filesystem::path home_;

 public:
  const LakeConfig config;
  std::unique_ptr<Storage> storage;
  FakeClock clock{kSceneStartUs};
  std::unique_ptr<Compacter> compacter;
};

Files Merged() {
  World world;
  EXPECT_OK(world.compacter->Compact());
  return world.Live();
}

void ExpectConvergence(World& world, const Files& before, const Files& after,
                       const std::string& when) {
  SCOPED_TRACE(when);
  world.clock.Advance(2'000'000);
  const Files live = world.Live();
  EXPECT_TRUE(SameNamesAndSizes(live, before) || SameNamesAndSizes(live, after));
  ASSERT_OK(world.compacter->Recover());
  world.ExpectConsistent();
  ASSERT_OK(world.compacter->Compact());
  EXPECT_TRUE(SameNamesAndSizes(world.Live(), after));
  ASSERT_OK(world.compacter->Recover());
  world.ExpectConsistent();
}

TEST(CompactionTest, MergesOnceAndTracesEveryRow) {
  World world;
  world.ExpectConsistent();
  ASSERT_OK_AND_ASSIGN(const PartitionCompaction few, world.compacter->Compact(kFiles + 1));
  EXPECT_EQ(few.end, CompactionEnd::kNothing);
  ASSERT_OK_AND_ASSIGN(const PartitionCompaction done, world.compacter->Compact(kFiles));
  EXPECT_EQ(done.end, CompactionEnd::kMerged);
  EXPECT_EQ(done.files_before, kFiles);
  EXPECT_EQ(done.files_after, 1);
  EXPECT_EQ(done.rows, kFiles * kRowsPerFile);
  ASSERT_OK(world.compacter->Recover());
  world.ExpectConsistent();
  ASSERT_OK_AND_ASSIGN(
      const auto sources,
      world.compacter->ledger().part_sources().ListForPartition(kSceneDataset, kKey));
  ASSERT_EQ(sources.size(), static_cast<size_t>(kFiles));
  for (int i = 0; i < kFiles; ++i) {
    EXPECT_EQ(sources[static_cast<size_t>(i)].first_row, i * kRowsPerFile);
  }
  // A run that judges files is still the last one that the partition knows of.
  ASSERT_OK_AND_ASSIGN(const auto loads,
                       world.compacter->ledger().runs().ListLoads(kSceneDataset, kWholeTableKey));
  EXPECT_EQ(loads.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const PartitionCompaction again, world.compacter->Compact());
  EXPECT_EQ(again.end, CompactionEnd::kNothing);
}

TEST(CompactionTest, LeavesAPartitionThatIsBeingLoaded) {
  World world;
  const Files before = world.Live();
  ASSERT_OK_AND_ASSIGN(
      const Lease lease,
      world.compacter->ledger().leases().Acquire(
          {PartitionLeaseResource(kSceneDataset, kWholeTableKey), CurrentHolder(), 1'000'000},
          world.clock.Now()));
  ASSERT_OK_AND_ASSIGN(const PartitionCompaction busy, world.compacter->Compact());
  EXPECT_EQ(busy.end, CompactionEnd::kBusy);
  EXPECT_TRUE(SameNamesAndSizes(world.Live(), before));
  ASSERT_OK(world.compacter->ledger().leases().Release(lease));
}

TEST(CompactionTest, InterruptedIsNotDone) {
  World world;
  const Files before = world.Live();
  std::atomic<bool> cancelled = true;
  const auto stopped = world.compacter->CompactAll(cancelled);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(SameNamesAndSizes(world.Live(), before));
  cancelled = false;
  ASSERT_OK(world.compacter->CompactAll(cancelled));
  EXPECT_EQ(world.Live().size(), 1u);
}

TEST(CompactionTest, EveryOperationFails) {
  const Files after = Merged();
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    int number = 1;
    for (; number < kMostOperations; ++number) {
      World world;
      const Files before = world.Live();
      FaultPlan plan;
      FaultyStorage storage(*world.storage, plan);
      Compacter faulty(world.config, storage, world.clock, 1000);
      plan.FailAt(number, {ErrorCode::kUnavailable, "injected", "none"}, moment);
      const auto done = faulty.Compact();
      const bool reached = plan.operations() >= number;
      const std::string when = "operation " + std::to_string(number) + ": " + plan.log().back();
      if (!done && done.error().code != ErrorCode::kCommitUnknown) {
        EXPECT_TRUE(SameNamesAndSizes(world.Live(), before)) << when;
      }
      ExpectConvergence(world, before, after, when);
      if (testing::Test::HasFailure() || !reached) break;
    }
    EXPECT_GT(number, 40);
    EXPECT_LT(number, kMostOperations);
  }
}

TEST(CompactionTest, KilledAtEveryOperation) {
  const Files after = Merged();
  int number = 1;
  for (bool reached = true; reached && number < kMostOperations; ++number) {
    World world;
    const Files before = world.Live();
    const pid_t child = fork();
    if (child == 0) {
      FaultPlan plan;
      plan.CallBefore(number, [] { _exit(kKilled); });
      FaultyStorage storage(*world.storage, plan);
      const FakeClock clock(kSceneStartUs + 1'000'000);
      Compacter compacter(world.config, storage, clock, 1000);
      _exit(compacter.Compact() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    reached = WEXITSTATUS(status) == kKilled;
    EXPECT_TRUE(reached || WEXITSTATUS(status) == 0);
    ExpectConvergence(world, before, after, "killed at " + std::to_string(number));
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(number, 40);
  EXPECT_LT(number, kMostOperations);
}

// It sleeps for longer than its lease; somebody else does the work; then it wakes up.
TEST(CompactionTest, WhoeverWakesUpLateChangesNothing) {
  const Files after = Merged();
  int number = 1;
  for (; number < kMostOperations; ++number) {
    World world;
    FaultPlan plan;
    FaultyStorage storage(*world.storage, plan);
    Compacter sleeper(world.config, storage, world.clock, 1000);
    plan.CallBefore(number, [&] {
      world.clock.Advance(int64_t{2} * 3600 * 1'000'000);
      EXPECT_OK(world.compacter->Compact());
    });
    (void)sleeper.Compact();
    if (plan.operations() < number) break;
    SCOPED_TRACE("operation " + std::to_string(number));
    EXPECT_TRUE(SameNamesAndSizes(world.Live(), after));
    EXPECT_OK(world.compacter->Recover());
    world.ExpectConsistent();
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(number, 40);
}

}  // namespace
}  // namespace lakegate
