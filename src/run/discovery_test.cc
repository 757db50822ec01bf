// Landed files are hashed on several threads: each hash is its own file's, whatever else happens.
#include "run/discovery.h"

#include <gtest/gtest.h>

#include "core/sha256.h"
#include "storage/local_storage.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

// The n-th file's content; sizes from nothing to beyond a buffer of the hashing.
std::string Content(int n) {
  return std::string(static_cast<size_t>(n) * static_cast<size_t>(n) * 700, 'x') +
         std::to_string(n);
}

class DiscoveryTest : public testing::Test {
 protected:
  DiscoveryTest() : storage_(MakeLocalStorage()), ledger_(*Ledger::Open(lake_.Path("l.db"), {})) {
    zones_.land = lake_.Path("land");
    dataset_.name = "events";
    dataset_.landing.path = "events/day={day}/*.ndjson";
    dataset_.publish.path_columns = {"day"};
  }
  Result<Discovery> Look(Storage* storage, int threads) {
    return Discover(storage, ledger_.get(), zones_, dataset_, clock_, threads);
  }
  std::string Name(int n) const {
    return "land/events/day=" + std::to_string(n % 3) + "/" + std::to_string(n) + ".ndjson";
  }

  TempLake lake_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<Ledger> ledger_;
  FakeClock clock_{1'000'000};
  Zones zones_;
  Dataset dataset_;
};

TEST_F(DiscoveryTest, EachFileHasItsOwnHash) {
  constexpr int kLanded = 60;
  for (int n = 0; n < kLanded; ++n) lake_.WriteFile(Name(n), Content(n));
  for (const int threads : {8, 1}) {
    ASSERT_OK_AND_ASSIGN(const Discovery found, Look(storage_.get(), threads));
    EXPECT_EQ(found.partitions.size(), 3u);
    std::map<std::string, std::string> hashes;
    for (const DiscoveredPartition& partition : found.partitions) {
      for (const LandedFile& file : partition.files) hashes[file.path] = file.sha256;
    }
    ASSERT_EQ(hashes.size(), static_cast<size_t>(kLanded));
    for (int n = 0; n < kLanded; ++n) {
      ASSERT_EQ(hashes[lake_.Path(Name(n))], Sha256Hex(Content(n))) << n;
    }
  }
}

// The first operation lists, the second opens the first file.
TEST_F(DiscoveryTest, AFileThatWasRemovedMeanwhileMakesNoPartition) {
  for (int n = 0; n < 2; ++n) lake_.WriteFile(Name(n), "{}");
  FaultPlan plan;
  FaultyStorage faulty(*storage_, plan);
  plan.FailAt(2, {ErrorCode::kNotFound, "removed", ""}, FaultMoment::kBefore);
  ASSERT_OK_AND_ASSIGN(const Discovery found, Look(&faulty, 1));
  EXPECT_NE(plan.log()[1].find("OpenRead"), std::string::npos);
  ASSERT_EQ(found.partitions.size(), 1u);
  EXPECT_EQ(found.partitions[0].files.size(), 1u);
}

TEST_F(DiscoveryTest, AFileThatCannotBeReadIsAnErrorAndNothingIsRegistered) {
  for (int n = 0; n < 5; ++n) lake_.WriteFile(Name(n), "{}" + std::to_string(n));
  FaultPlan plan;
  FaultyStorage faulty(*storage_, plan);
  plan.FailAt(3, {ErrorCode::kUnavailable, "broken disk", "mend it"}, FaultMoment::kBefore);
  EXPECT_TRUE(IsError(Look(&faulty, 1), ErrorCode::kUnavailable, "broken disk"));
  ASSERT_OK_AND_ASSIGN(const auto registered, ledger_->landed_files().ListForDataset("events"));
  EXPECT_TRUE(registered.empty());
}

}  // namespace
}  // namespace lakegate
