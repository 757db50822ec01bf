#include "run/quarantine_folders.h"

#include <gtest/gtest.h>

#include <functional>

#include "storage/local_storage.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

constexpr TimestampUs kNow = 1'735'689'600'000'000;
constexpr int64_t kLeaseUs = int64_t{3600} * 1'000'000;

class QuarantineFoldersTest : public testing::Test {
 protected:
  void SetUp() override {
    LedgerOptions options;
    options.probe = [this](const std::string&) {
      if (when_asked_) std::exchange(when_asked_, nullptr)();
      return HolderState::kDead;
    };
    ledger_ = Open(options);
    others_ = Open({});
    auto lease = others_->leases().Acquire({"events/1", "host:1:1", kLeaseUs}, kNow);
    ASSERT_OK(lease);
    lease_ = *lease;
    ASSERT_OK(others_->runs().Start(
        {"run-1", "events", "1", lease_.resource, lease_.epoch, std::nullopt, kNow}));
    QuarantineItem item;
    item.run_id = "run-1";
    item.dataset = "events";
    item.partition_key = "1";
    item.folder = lake_.Path("quarantine/run-1");
    ASSERT_OK(others_->quarantine_items().Begin(item, kNow));
    lake_.WriteFile("quarantine/run-1/rejects.bytes", "x");
  }
  std::unique_ptr<Ledger> Open(const LedgerOptions& options) {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), options);
    EXPECT_OK(opened);
    return std::move(opened).value();
  }

  TempLake lake_;
  std::unique_ptr<Storage> storage_ = MakeLocalStorage();
  std::function<void()> when_asked_;  // whether the run's process lives
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Ledger> others_;  // of the run
  Lease lease_;
};

TEST_F(QuarantineFoldersTest, OfADeadRunIsRemovedAndItsLeaseGone) {
  ASSERT_OK(RemoveAbandonedQuarantine(storage_.get(), kNow, ledger_.get()));
  EXPECT_FALSE(lake_.Exists("quarantine/run-1"));
  ASSERT_OK_AND_ASSIGN(const auto item, ledger_->quarantine_items().Find("run-1"));
  EXPECT_FALSE(item.has_value());
  EXPECT_TRUE(IsError(others_->leases().Check(lease_), ErrorCode::kConflict, "lost"));
}

TEST_F(QuarantineFoldersTest, OfARunThatEndsMeanwhileStays) {
  when_asked_ = [&] {  // listed as half-written by then
    ASSERT_OK(others_->quarantine_items().SetRecords("run-1", 1));
    ASSERT_OK(others_->quarantine_items().CloseByPublication("run-1", kNow));
    ASSERT_OK(others_->leases().Release(lease_));
  };
  ASSERT_OK(RemoveAbandonedQuarantine(storage_.get(), kNow, ledger_.get()));
  EXPECT_TRUE(lake_.Exists("quarantine/run-1/rejects.bytes"));
  ASSERT_OK_AND_ASSIGN(const auto item, ledger_->quarantine_items().Find("run-1"));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->state, QuarantineState::kOpen);
}

}  // namespace
}  // namespace lakegate
