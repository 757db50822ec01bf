#include "ledger/leases.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/ledger.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

constexpr TimestampUs kNow = 1'735'689'600'000'000;
constexpr int64_t kTtl = 60'000'000;

class LeasesTest : public testing::Test {
 protected:
  void SetUp() override {
    LedgerOptions options;
    options.probe = [this](const std::string& holder) {
      return holder == dead_ ? HolderState::kDead : HolderState::kUnknown;
    };
    auto opened = Ledger::Open(lake_.Path("ledger.db"), options);
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  Leases& leases() { return ledger_->leases(); }
  bool IsHeld(const Lease& lease, TimestampUs now_us) {
    auto held = leases().IsHeld(lease, now_us);
    EXPECT_OK(held);
    return held && *held;
  }

  TempLake lake_{TempPlace::kMemory};
  std::string dead_ = "nobody";
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LeasesTest, OneHolderAtATime) {
  ASSERT_OK_AND_ASSIGN(const Lease lease, leases().Acquire({"events/1", "host:1:1", kTtl}, kNow));
  EXPECT_EQ(lease.epoch, 1);
  EXPECT_TRUE(IsError(leases().Acquire({"events/1", "host:2:2", kTtl}, kNow + kTtl - 1),
                      ErrorCode::kConflict, "host:1:1"));
  EXPECT_TRUE(IsError(leases().Acquire({"events/1", "host:1:1", kTtl}, kNow), ErrorCode::kConflict,
                      "host:1:1"));
  EXPECT_OK(leases().Acquire({"events/2", "host:2:2", kTtl}, kNow));
  EXPECT_OK(leases().Check(lease));
  EXPECT_TRUE(IsHeld(lease, kNow));
}

TEST_F(LeasesTest, EpochsGrowAcrossReleases) {
  ASSERT_OK_AND_ASSIGN(const Lease first, leases().Acquire({"r", "a", kTtl}, kNow));
  ASSERT_OK(leases().Release(first));
  EXPECT_FALSE(IsHeld(first, kNow));
  EXPECT_TRUE(IsError(leases().Check(first), ErrorCode::kConflict, "lost"));
  EXPECT_TRUE(IsError(leases().Renew(first, kNow, kTtl), ErrorCode::kConflict, "lost"));
  ASSERT_OK_AND_ASSIGN(const Lease second, leases().Acquire({"r", "b", kTtl}, kNow));
  EXPECT_EQ(second.epoch, 2);
  ASSERT_OK(leases().Release(first));  // too late to matter
  EXPECT_OK(leases().Check(second));
}

TEST_F(LeasesTest, AnExpiredLeaseIsOursUntilSomebodyTakesIt) {
  ASSERT_OK_AND_ASSIGN(const Lease first, leases().Acquire({"r", "a", kTtl}, kNow));
  EXPECT_OK(leases().Check(first));
  EXPECT_FALSE(IsHeld(first, kNow + kTtl));
  EXPECT_OK(leases().Renew(first, kNow + kTtl, kTtl));
  EXPECT_TRUE(IsHeld(first, kNow + kTtl));
  ASSERT_OK_AND_ASSIGN(const Lease second, leases().Acquire({"r", "b", kTtl}, kNow + 2 * kTtl));
  EXPECT_EQ(second.epoch, 2);
  EXPECT_TRUE(IsError(leases().Check(first), ErrorCode::kConflict, "epoch 1"));
}

TEST_F(LeasesTest, ClockJumpsNeverMakeTwoHolders) {
  for (const int64_t jump : {int64_t{-86'400'000'000}, int64_t{86'400'000'000}}) {
    const std::string resource = "r" + std::to_string(jump);
    ASSERT_OK_AND_ASSIGN(const Lease first, leases().Acquire({resource, "a", kTtl}, kNow));
    const auto second = leases().Acquire({resource, "b", kTtl}, kNow + jump);
    // Backward: it is held for longer. Forward: it is taken, and the first one is told.
    EXPECT_EQ(second.has_value(), jump > 0);
    EXPECT_EQ(leases().Check(first).has_value(), jump < 0);
    if (second) {
      EXPECT_OK(leases().Check(*second));
      // Back again: it stays with the second.
      EXPECT_FALSE(IsHeld(first, kNow));
      EXPECT_TRUE(IsError(leases().Renew(first, kNow, kTtl), ErrorCode::kConflict, "lost"));
    }
  }
}

TEST_F(LeasesTest, ADeadHolderIsTakenOverAtOnce) {
  ASSERT_OK_AND_ASSIGN(const Lease first, leases().Acquire({"r", "a", kTtl}, kNow));
  dead_ = "a";
  EXPECT_FALSE(IsHeld(first, kNow));
  EXPECT_OK(leases().Acquire({"r", "b", kTtl}, kNow));
}

TEST(LeaseHolderTest, KnowsItselfAndTheLiving) {
  EXPECT_EQ(ProbeHolder(CurrentHolder()), HolderState::kAlive);
  EXPECT_EQ(CurrentHolder(), CurrentHolder());
}

TEST(LeaseHolderTest, KnowsTheDeadTheZombiesAndTheReborn) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string holder = CurrentHolder();
    _exit(write(pipe_ends[1], holder.data(), holder.size()) > 0 ? 0 : 1);
  }
  char buffer[1000];
  const ssize_t length = read(pipe_ends[0], buffer, sizeof buffer);
  ASSERT_GT(length, 0);
  const std::string holder(buffer, static_cast<size_t>(length));
  siginfo_t info;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(ProbeHolder(holder), HolderState::kDead) << "a zombie: " << holder;
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(ProbeHolder(holder), HolderState::kDead) << holder;
  // Our number, but started at another time.
  EXPECT_EQ(ProbeHolder(CurrentHolder() + "0"), HolderState::kDead);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(LeaseHolderTest, DoesNotGuessAboutOtherMachines) {
  for (const char* holder : {"elsewhere/1/2:1:1", "", ":", "::", "x"}) {
    EXPECT_EQ(ProbeHolder(holder), HolderState::kUnknown) << holder;
  }
}

}  // namespace
}  // namespace lakegate
