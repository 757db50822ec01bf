// Every storage operation of a load fails once, and is the place of a kill -9 once; after each,
// every partition is whole, the load counts as a whole or not at all, and the next one succeeds.
#include "publish/load_publisher.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "tests/support/faulty_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

constexpr int kMostOperations = 300;
constexpr int kKilled = 42;
constexpr int64_t kLeaseUs = 60'000'000;

using Table = std::map<std::string, std::vector<std::string>>;  // partition -> contents, sorted

const Table kBefore = {{"day=1", {"a"}}, {"day=3", {"c"}}};
// day=1 gets a file, day=2 is new, day=3 loses all rows.
const Table kLoad = {{"day=1", {"a", "b"}}, {"day=2", {"d"}}, {"day=3", {}}};
const Table kAfter = {{"day=1", {"a", "b"}}, {"day=2", {"d"}}};
const Table kNext = {{"day=2", {"d", "e"}}, {"day=3", {"f"}}};
const Table kAfterNext = {{"day=1", {"a", "b"}}, {"day=2", {"d", "e"}}, {"day=3", {"f"}}};
const Table kNextWithout = {{"day=1", {"a"}}, {"day=2", {"d", "e"}}, {"day=3", {"f"}}};

// A process of its own: ledger and publishers.
class Loader {
 public:
  Loader(const TempLake& lake, Storage& storage, const Clock& clock, uint64_t seed)
      : storage_(storage), clock_(clock), random_(seed), root_(lake.root()) {
    auto opened = Ledger::Open(root_ + "/.lakegate/ledger.db", {});
    EXPECT_TRUE(IsOk(opened));
    ledger_ = std::move(opened).value();
  }

  Status Load(const std::string& landed, const Table& parts) {
    LAKEGATE_TRY(Recover());
    LAKEGATE_ASSIGN(const Lease lease, ledger_->leases().Acquire(
                                           {PartitionLeaseResource(kSceneDataset, kWholeTableKey),
                                            CurrentHolder(), kLeaseUs},
                                           clock_.Now()));
    const std::string run_id = MakeUuid7(clock_.Now(), random_);
    Status done = LoadUnder(lease, run_id, landed, parts);
    if (!done && done.error().code != ErrorCode::kCommitUnknown) {
      RunEnd end;
      end.verdict = Verdict::kError;
      end.error_class = Name(done.error().code);
      (void)ledger_->runs().Finish(run_id, end, clock_.Now());
      PlainPublisher plain(storage_, *ledger_, clock_, Options());
      (void)plain.DiscardStaging(run_id, ".lakegate/staging/" + run_id);
    }
    LAKEGATE_TRY(ledger_->leases().Release(lease));
    return done;
  }

  Status Recover() {
    PlainPublisher plain(storage_, *ledger_, clock_, Options());
    LAKEGATE_ASSIGN(const RecoveryReport report, plain.Recover());
    if (!report.problems.empty()) return report.problems[0];
    return {};
  }

  Ledger& ledger() { return *ledger_; }

 private:
  PublishOptions Options() const { return {root_, 0}; }

  Status LoadUnder(const Lease& lease, const std::string& run_id, const std::string& landed,
                   const Table& parts) {
    const std::string staging = ".lakegate/staging/" + run_id;
    RunStart start;
    start.id = run_id;
    start.dataset = kSceneDataset;
    start.partition_key = kWholeTableKey;
    start.lease_resource = lease.resource;
    start.lease_epoch = lease.epoch;
    start.staging_path = staging;
    start.started_us = clock_.Now();
    LAKEGATE_TRY(ledger_->runs().Start(start));
    LAKEGATE_ASSIGN(const LandedFile file,
                    ledger_->landed_files().Register({kSceneDataset, "land/" + landed, 1, 1,
                                                      "hash of " + landed, kWholeTableKey},
                                                     clock_.Now()));
    LoadRequest request;
    request.run_id = run_id;
    request.table_dir = kSceneTable;
    request.fingerprint = "fingerprint";
    request.contract_hash = "contract";
    request.code_version = "test";
    request.landed_file_ids = {file.id};
    LAKEGATE_TRY(storage_.MakeDirectories(root_ + "/" + staging, DirectoryAccess::kShared));
    for (const auto& [path, contents] : parts) {
      LAKEGATE_ASSIGN(LoadPart part, Stage(staging, path, contents));
      if (!part.files.empty()) {
        part.sources = {{part.files.back().name, 0, part.files.back().rows, file.id}};
      }
      request.parts.push_back(std::move(part));
    }
    LoadPublisher publisher(storage_, *ledger_, clock_, Options());
    return publisher.Publish(request);
  }

  // Files that are live already are linked.
  Result<LoadPart> Stage(const std::string& staging, const std::string& path,
                         const std::vector<std::string>& contents) {
    LoadPart part;
    part.partition_path = path;
    part.staged_name = contents.empty() ? "removed-" + path : "rows/" + path;
    if (contents.empty()) return part;
    const std::string folder = root_ + "/" + staging + "/" + part.staged_name;
    LAKEGATE_TRY(storage_.MakeDirectories(folder, DirectoryAccess::kShared));
    for (size_t i = 0; i < contents.size(); ++i) {
      const std::string name = PartName(static_cast<int64_t>(i), Sha256Hex(contents[i]), "parquet");
      const std::string live = root_ + "/" + kSceneTable + "/" + path + "/" + name;
      const bool is_live = storage_.Stat(live).has_value();
      LAKEGATE_TRY(is_live ? storage_.Link(live, folder + "/" + name)
                           : WriteWholeFile(storage_, folder + "/" + name, contents[i], {}));
      part.files.push_back({name, static_cast<int64_t>(contents[i].size()), 1});
    }
    return part;
  }

  Storage& storage_;
  const Clock& clock_;
  SeededRandom random_;
  std::string root_;
  std::unique_ptr<Ledger> ledger_;
};

class LoadPublisherTest : public testing::Test {
 protected:
  struct World {
    World() : storage(MakeLocalStorage()), loader(lake, *storage, clock, 1) {
      EXPECT_OK(loader.Load("before", kBefore));
    }
    TempLake lake{TempPlace::kMemory};
    std::unique_ptr<Storage> storage;
    FakeClock clock{kSceneStartUs};
    Loader loader;

    // What readers see.
    Table Live() const {
      Table table;
      for (const std::string& name : lake.List(kSceneTable)) {
        const size_t day = name.find("day=");
        if (day == std::string::npos || name.ends_with('/')) continue;
        table[name.substr(day, 5)].push_back(lake.ReadFile(name));
      }
      for (auto& [day, contents] : table) std::sort(contents.begin(), contents.end());
      return table;
    }
    bool IsTaken(const std::string& landed) {
      auto files = loader.ledger().landed_files().ListForDataset(kSceneDataset);
      if (!files) return false;
      for (const LandedFile& file : *files) {
        if (file.path == "land/" + landed) return file.state == LandedFileState::kConsumed;
      }
      return false;
    }
  };

  // Partition by partition old or new, never a mixture.
  static void ExpectWholePartitions(const Table& live) {
    for (const char* day : {"day=1", "day=2", "day=3"}) {
      const auto of = [&](const Table& table) {
        const auto at = table.find(day);
        return at == table.end() ? std::vector<std::string>() : at->second;
      };
      EXPECT_TRUE(of(live) == of(kBefore) || of(live) == of(kAfter))
          << day << ": " << testing::PrintToString(of(live));
    }
  }

  static void ExpectConsistent(World& world, const Table& wanted) {
    EXPECT_EQ(world.Live(), wanted);
    ASSERT_OK(world.loader.Recover());  // removes old versions, too
    EXPECT_EQ(world.Live(), wanted);
    Ledger& ledger = world.loader.ledger();
    ASSERT_OK_AND_ASSIGN(const auto intents, ledger.intents().List());
    EXPECT_TRUE(intents.empty());
    ASSERT_OK_AND_ASSIGN(const auto runs, ledger.runs().ListOpen());
    EXPECT_TRUE(runs.empty());
    EXPECT_EQ(world.lake.List(".lakegate/staging"), std::vector<std::string>());
    ASSERT_OK_AND_ASSIGN(const auto live, ledger.publications().ListCurrent(kSceneDataset));
    for (const Publication& publication : live) {
      const auto files = ListFolder(*world.storage, world.lake.Path(publication.live_path));
      EXPECT_TRUE(publication.files.empty() ? !files
                                            : files && SameNamesAndSizes(*files, publication.files))
          << publication.partition_key;
    }
  }

  static void ExpectConvergence(World& world, const std::string& when) {
    SCOPED_TRACE(when);
    world.clock.Advance(2'000'000);  // the child's clock was ahead
    ExpectWholePartitions(world.Live());
    ASSERT_OK(world.loader.Recover());
    const bool taken = world.IsTaken("load");
    ExpectConsistent(world, taken ? kAfter : kBefore);
    ASSERT_OK(world.loader.Load("next", kNext));
    ExpectConsistent(world, taken ? kAfterNext : kNextWithout);
  }

  template <typename Step>
  static bool KilledAt(const World& world, int number, Step step) {
    const pid_t child = fork();
    if (child == 0) {
      FaultPlan plan;
      plan.CallBefore(number, [] { _exit(kKilled); });
      auto local = MakeLocalStorage();
      FaultyStorage storage(*local, plan);
      const FakeClock clock(kSceneStartUs + 1'000'000);
      Loader loader(world.lake, storage, clock, 1000 + static_cast<uint64_t>(number));
      _exit(step(loader) ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    const int code = WEXITSTATUS(status);
    EXPECT_TRUE(code == 0 || code == kKilled) << code;
    return code == kKilled;
  }
};

TEST_F(LoadPublisherTest, SwitchesEveryPartitionItTouchesAndNoOther) {
  World world;
  ExpectConsistent(world, kBefore);
  ASSERT_OK(world.loader.Load("load", kLoad));
  ExpectConsistent(world, kAfter);
  EXPECT_TRUE(world.IsTaken("load"));
  ASSERT_OK(world.loader.Load("next", kNext));
  ExpectConsistent(world, kAfterNext);
}

TEST_F(LoadPublisherTest, EveryOperationFails) {
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    int number = 1;
    for (; number < kMostOperations; ++number) {
      World world;
      FaultPlan plan;
      FaultyStorage storage(*world.storage, plan);
      Loader faulty(world.lake, storage, world.clock, 1000);
      plan.FailAt(number, {ErrorCode::kUnavailable, "injected", "none"}, moment);
      const Status loaded = faulty.Load("load", kLoad);
      const bool reached = plan.operations() >= number;
      const std::string when = "operation " + std::to_string(number) + ": " + plan.log().back();
      if (loaded) {
        EXPECT_EQ(world.Live(), kAfter) << when;
      } else if (loaded.error().code != ErrorCode::kCommitUnknown) {
        EXPECT_EQ(world.Live(), kBefore) << when;
      }
      ExpectConvergence(world, when);
      if (HasFailure() || !reached) break;
    }
    EXPECT_GT(number, 20);
    EXPECT_LT(number, kMostOperations);
  }
}

TEST_F(LoadPublisherTest, KilledAtEveryOperation) {
  int number = 1;
  for (bool reached = true; reached && number < kMostOperations; ++number) {
    World world;
    reached = KilledAt(world, number,
                       [](Loader& loader) { return loader.Load("load", kLoad).has_value(); });
    ExpectConvergence(world, "killed at " + std::to_string(number));
    if (HasFailure()) break;
  }
  EXPECT_GT(number, 20);
  EXPECT_LT(number, kMostOperations);
}

// For every place of a first kill, recovery itself is killed at each of its own operations.
TEST_F(LoadPublisherTest, RecoveryIsKilledToo) {
  for (int first = 1; first < kMostOperations; ++first) {
    bool first_reached = true;
    for (int second = 1; second < kMostOperations; ++second) {
      World world;
      first_reached = KilledAt(
          world, first, [](Loader& loader) { return loader.Load("load", kLoad).has_value(); });
      const bool second_reached =
          KilledAt(world, second, [](Loader& loader) { return loader.Recover().has_value(); });
      ExpectConvergence(world, std::to_string(first) + ", then " + std::to_string(second));
      if (HasFailure() || !second_reached) break;
    }
    if (HasFailure() || !first_reached) return;
  }
  ADD_FAILURE() << "never came to the end";
}

// A run sleeps for longer than its lease at any of its operations; somebody else goes on and even
// publishes the next load; then it wakes up.
TEST_F(LoadPublisherTest, WhoeverWakesUpLateChangesNothing) {
  int number = 1;
  for (; number < kMostOperations; ++number) {
    World world;
    FaultPlan plan;
    FaultyStorage storage(*world.storage, plan);
    Loader sleeper(world.lake, storage, world.clock, 1000);
    bool taken = false;
    plan.CallBefore(number, [&] {
      world.clock.Advance(2 * kLeaseUs);
      EXPECT_OK(world.loader.Recover());
      taken = world.IsTaken("load");
      EXPECT_OK(world.loader.Load("next", kNext));
    });
    const Status loaded = sleeper.Load("load", kLoad);
    const std::string when =
        "operation " + std::to_string(number) + ": " +
        plan.log()[std::min(plan.log().size(), static_cast<size_t>(number)) - 1];
    SCOPED_TRACE(when);
    if (plan.operations() < number) break;
    if (taken) {
      EXPECT_EQ(world.Live(), kAfterNext);
    } else if (loaded) {
      // It had not begun: its load came after the other one. Nothing is lost.
      EXPECT_TRUE(world.IsTaken("load"));
    } else {
      EXPECT_EQ(world.Live(), kNextWithout);
      EXPECT_FALSE(world.IsTaken("load"));
    }
    EXPECT_OK(world.loader.Recover());
    ASSERT_OK_AND_ASSIGN(const auto intents, world.loader.ledger().intents().List());
    EXPECT_TRUE(intents.empty());
    if (HasFailure()) break;
  }
  EXPECT_GT(number, 20);
  EXPECT_LT(number, kMostOperations);
}

// The clock jumps by a day at any operation: the load is published, or refused, as a whole.
TEST_F(LoadPublisherTest, ClockJumpsChangeNothing) {
  for (const int64_t jump : {int64_t{-86'400'000'000}, int64_t{86'400'000'000}}) {
    int number = 1;
    for (; number < kMostOperations; ++number) {
      World world;
      FaultPlan plan;
      FaultyStorage storage(*world.storage, plan);
      Loader loader(world.lake, storage, world.clock, 1000);
      plan.CallBefore(number, [&] { world.clock.Advance(jump); });
      SCOPED_TRACE("operation " + std::to_string(number) + ", jump " + std::to_string(jump));
      EXPECT_OK(loader.Load("load", kLoad));
      EXPECT_EQ(world.Live(), kAfter);
      // Back again; or not: old versions would be kept until the day on which they are due.
      if (jump < 0) world.clock.Advance(-jump);
      ExpectConvergence(world, "afterwards");
      if (HasFailure() || plan.operations() < number) break;
    }
    EXPECT_GT(number, 20);
    EXPECT_LT(number, kMostOperations);
  }
}

}  // namespace
}  // namespace lakegate
