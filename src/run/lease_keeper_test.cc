#include "run/lease_keeper.h"

#include <gtest/gtest.h>

#include <functional>

#include "ledger/ledger.h"
#include "tests/support/fake_clock.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

constexpr TimestampUs kStart = 1'735'689'600'000'000;
constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;
constexpr auto kTurn = std::chrono::milliseconds(2);
constexpr auto kPatience = std::chrono::seconds(60);

class LeaseKeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
    auto lease = Acquire();
    ASSERT_OK(lease);
    lease_ = *lease;
  }
  Result<Lease> Acquire() {
    return ledger_->leases().Acquire({"events/1", CurrentHolder(), kHourUs}, clock_.Now());
  }
  std::unique_ptr<LeaseKeeper> Keep() {
    return std::make_unique<LeaseKeeper>(LeaseKeeping{lake_.Path("ledger.db"), kHourUs, kTurn},
                                         lease_, clock_);
  }
  bool IsHeldIn(int64_t us) {
    auto held = ledger_->leases().IsHeld(lease_, clock_.Now() + us);
    EXPECT_OK(held);
    return held && *held;
  }
  static bool Becomes(const std::function<bool()>& wanted) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!wanted()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(kTurn);
    }
    return true;
  }

  TempLake lake_{TempPlace::kMemory};
  FakeClock clock_{kStart};
  std::unique_ptr<Ledger> ledger_;
  Lease lease_;
};

TEST_F(LeaseKeeperTest, WorkLongerThanTheLeaseKeepsIt) {
  const auto keeper = Keep();
  for (int i = 0; i < 20; ++i) {
    clock_.Advance(kHourUs - 1);
    ASSERT_TRUE(Becomes([&] { return IsHeldIn(kHourUs - 1); })) << "after " << i << " hours";
    EXPECT_TRUE(IsError(Acquire(), ErrorCode::kConflict, "being worked on"));
  }
}

TEST_F(LeaseKeeperTest, NothingIsRenewedBehindItsEnd) {
  Keep().reset();
  clock_.Advance(kHourUs / 2);
  std::this_thread::sleep_for(20 * kTurn);
  EXPECT_FALSE(IsHeldIn(kHourUs / 2));
  ASSERT_OK(ledger_->leases().Release(lease_));
  EXPECT_OK(Acquire());
}

// As after a sleep of the machine: somebody else has it by then.
TEST_F(LeaseKeeperTest, WhatWasLostStaysLost) {
  clock_.Advance(kHourUs);
  ASSERT_OK_AND_ASSIGN(const Lease others, Acquire());
  const auto keeper = Keep();
  clock_.Advance(kHourUs / 2);
  std::this_thread::sleep_for(20 * kTurn);
  EXPECT_TRUE(IsError(ledger_->leases().Check(lease_), ErrorCode::kConflict, "lost"));
  ASSERT_OK_AND_ASSIGN(const bool held, ledger_->leases().IsHeld(others, clock_.Now()));
  EXPECT_TRUE(held);
  ASSERT_OK_AND_ASSIGN(const bool later,
                       ledger_->leases().IsHeld(others, clock_.Now() + kHourUs / 2));
  EXPECT_FALSE(later) << "the other's lease was made longer";
}

TEST_F(LeaseKeeperTest, ALedgerThatIsAwayIsTriedAgainAndNotMadeAnew) {
  ledger_.reset();
  const std::string path = lake_.Path("ledger.db");
  std::filesystem::rename(path, path + ".away");
  const auto keeper = Keep();
  std::this_thread::sleep_for(20 * kTurn);
  EXPECT_EQ(lake_.List(), std::vector<std::string>{"ledger.db.away"});
  std::filesystem::rename(path + ".away", path);
  auto opened = Ledger::Open(path, {});
  ASSERT_OK(opened);
  ledger_ = std::move(opened).value();
  clock_.Advance(kHourUs / 2);
  EXPECT_TRUE(Becomes([&] { return IsHeldIn(kHourUs - 1); }));
}

}  // namespace
}  // namespace lakegate
