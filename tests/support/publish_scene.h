// A lake with one dataset, and what it takes to publish partitions of it; for tests of publishing.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "core/sha256.h"
#include "core/uuid7.h"
#include "ledger/ledger.h"
#include "publish/part_name.h"
#include "publish/plain_publisher.h"
#include "publish/staging.h"
#include "storage/local_storage.h"
#include "tests/support/fake_clock.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {

inline constexpr TimestampUs kSceneStartUs = 1'735'689'600'000'000;  // 2025-01-01
inline constexpr const char* kSceneDataset = "events";
inline constexpr const char* kSceneTable = "tables/events";

// The content of one file to publish and its (claimed) number of rows.
struct StagedContent {
  std::string content;
  int64_t rows = 0;
};

// A run on a thread or process of its own: its own ledger, its own publisher.
class ScenePublisher {
 public:
  ScenePublisher(const TempLake& lake, Storage& storage, const Clock& clock, uint64_t seed,
                 int64_t grace_us)
      : storage_(storage), clock_(clock), random_(seed), root_(lake.root()) {
    auto opened = Ledger::Open(root_ + "/.lakegate/ledger.db", {});
    EXPECT_TRUE(IsOk(opened));
    ledger_ = std::move(opened).value();
    PublishOptions options;
    options.lake_root = root_;
    options.grace_us = grace_us;
    publisher_ = std::make_unique<PlainPublisher>(storage_, *ledger_, clock_, options);
  }

  // As a run does it: recover, lease, start, write aside, publish, and on failure give up properly.
  Result<PublishOutcome> Publish(const std::string& partition_path,
                                 const std::vector<StagedContent>& contents) {
    LAKEGATE_TRY(publisher_->Recover());
    const std::string key = PartitionKeyOfPath(partition_path);
    LAKEGATE_ASSIGN(const Lease lease,
                    ledger_->leases().Acquire(
                        {PartitionLeaseResource(kSceneDataset, key), CurrentHolder(), 60'000'000},
                        clock_.Now()));
    const std::string run_id = MakeUuid7(clock_.Now(), random_);
    auto outcome = PublishUnder(lease, run_id, partition_path, contents);
    if (!outcome) {
      RunEnd end;
      end.verdict = Verdict::kError;
      end.error_class = Name(outcome.error().code);
      // May fail: the run never started, or the publication was finished after all.
      (void)ledger_->runs().Finish(run_id, end, clock_.Now());
      // If this fails, the next Recover does it.
      (void)publisher_->DiscardStaging(run_id, ".lakegate/staging/" + run_id);
    }
    LAKEGATE_TRY(ledger_->leases().Release(lease));
    return outcome;
  }

  Ledger& ledger() { return *ledger_; }
  PlainPublisher& publisher() { return *publisher_; }

 private:
  Result<PublishOutcome> PublishUnder(const Lease& lease, const std::string& run_id,
                                      const std::string& partition_path,
                                      const std::vector<StagedContent>& contents) {
    const std::string staging = ".lakegate/staging/" + run_id;
    RunStart start;
    start.id = run_id;
    start.dataset = kSceneDataset;
    start.partition_key = PartitionKeyOfPath(partition_path);
    start.lease_resource = lease.resource;
    start.lease_epoch = lease.epoch;
    start.staging_path = staging;
    start.started_us = clock_.Now();
    LAKEGATE_TRY(ledger_->runs().Start(start));
    LAKEGATE_TRY(ledger_->partitions().SetRunState(kSceneDataset, start.partition_key,
                                                   PartitionState::kRunning, std::nullopt, run_id,
                                                   clock_.Now()));
    LAKEGATE_ASSIGN(const LandedFile landed,
                    ledger_->landed_files().Register({kSceneDataset, "land/" + start.partition_key,
                                                      1, 1, "hash", start.partition_key},
                                                     clock_.Now()));
    LAKEGATE_TRY(storage_.MakeDirectories(root_ + "/" + staging, DirectoryAccess::kShared));
    PublishRequest request;
    request.run_id = run_id;
    request.table_dir = kSceneTable;
    request.partition_path = partition_path;
    request.fingerprint = "fingerprint of " + run_id;
    request.contract_hash = "contract";
    request.code_version = "test";
    request.landed_file_ids = {landed.id};
    request.metrics = {{"has-rows", 12.5, Verdict::kPassed}};
    request.run_end.counters = R"({"accepted":1})";
    for (const StagedContent& staged : contents) {
      const std::string name = PartName(0, Sha256Hex(staged.content), "parquet");
      LAKEGATE_TRY(
          WriteWholeFile(storage_, root_ + "/" + staging + "/" + name, staged.content, {}));
      request.files.push_back({name, static_cast<int64_t>(staged.content.size()), staged.rows});
    }
    return publisher_->Publish(request);
  }

  Storage& storage_;
  const Clock& clock_;
  SeededRandom random_;
  std::string root_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<PlainPublisher> publisher_;
};

// A lake, a clock, and one publisher with honest storage.
class PublishScene {
 public:
  explicit PublishScene(int64_t grace_us = 0)
      : storage_(MakeLocalStorage()), first_(lake_, *storage_, clock_, 1, grace_us) {}

  Result<PublishOutcome> Publish(const std::string& partition_path,
                                 const std::vector<StagedContent>& contents) {
    return first_.Publish(partition_path, contents);
  }

  // What a reader sees: the contents of the files in the partition's folder, sorted.
  std::vector<std::string> Live(const std::string& partition_path) const {
    std::vector<std::string> contents;
    for (const std::string& name : lake_.List(LivePath(partition_path))) {
      contents.push_back(lake_.ReadFile(name));
    }
    std::sort(contents.begin(), contents.end());
    return contents;
  }

  // Ledger and disk agree: I6 and I8, and nothing is left over.
  void ExpectConsistent(const std::string& partition_path) {
    Ledger& ledger = first_.ledger();
    const std::string key = PartitionKeyOfPath(partition_path);
    ASSERT_OK_AND_ASSIGN(const auto current, ledger.publications().FindCurrent(kSceneDataset, key));
    ASSERT_OK_AND_ASSIGN(const auto partition, ledger.partitions().Find(kSceneDataset, key));
    const std::string live = lake_.Path(LivePath(partition_path));
    EXPECT_EQ(current.has_value(), std::filesystem::exists(live));
    if (current) {
      ASSERT_OK_AND_ASSIGN(const auto files, ListFolder(*storage_, live));
      EXPECT_TRUE(SameNamesAndSizes(files, current->files));
      ASSERT_TRUE(partition.has_value());
      EXPECT_EQ(partition->published_version, current->version);
      ASSERT_OK_AND_ASSIGN(const auto run, ledger.runs().Find(current->run_id));
      EXPECT_EQ(run->verdict, Verdict::kPassed);
    }
    ExpectNoLitter();
  }

  // No intents, no open runs, no folders aside, nothing hidden in the tables zone.
  void ExpectNoLitter() {
    Ledger& ledger = first_.ledger();
    ASSERT_OK_AND_ASSIGN(const auto intents, ledger.intents().List());
    EXPECT_TRUE(intents.empty());
    ASSERT_OK_AND_ASSIGN(const auto runs, ledger.runs().ListOpen());
    EXPECT_TRUE(runs.empty());
    ASSERT_OK_AND_ASSIGN(const auto retired, ledger.retired_folders().List());
    EXPECT_TRUE(retired.empty());
    EXPECT_EQ(lake_.List(".lakegate/staging"), std::vector<std::string>());
    for (const std::string& name : lake_.List("tables")) {
      EXPECT_EQ(name.find("/."), std::string::npos) << name;
    }
  }

  const TempLake& lake() const { return lake_; }
  Storage& storage() { return *storage_; }
  FakeClock& clock() { return clock_; }
  Ledger& ledger() { return first_.ledger(); }
  PlainPublisher& publisher() { return first_.publisher(); }

  static std::string LivePath(const std::string& partition_path) {
    return std::string(kSceneTable) + (partition_path.empty() ? "" : "/") + partition_path;
  }

 private:
  TempLake lake_{TempPlace::kMemory};
  std::unique_ptr<Storage> storage_;
  FakeClock clock_{kSceneStartUs};
  ScenePublisher first_;
};

}  // namespace lakegate
