#include "ledger/outbox.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  Outbox& outbox() { return ledger_->outbox(); }

  bool Raise(const std::string& key, const std::string& summary) {
    Alert alert;
    alert.dataset = "events";
    alert.partition_key = key;
    alert.kind = "gated";
    alert.summary = summary;
    const auto raised = outbox().Raise(alert, {"mail", "ops"}, ++now_);
    EXPECT_TRUE(raised.has_value());
    return raised.has_value() && *raised;
  }
  std::vector<Alert> Open() { return outbox().ListOpen().value(); }
  std::vector<Delivery> Waiting() { return outbox().ListUndelivered().value(); }

  TempLake lake_;
  std::unique_ptr<Ledger> ledger_;
  TimestampUs now_ = 1000;
};

TEST_F(OutboxTest, TheSameFailureIsToldOnceAndAnotherAgain) {
  EXPECT_TRUE(Raise("day=1", "few rows"));
  EXPECT_FALSE(Raise("day=1", "few rows"));
  EXPECT_TRUE(Raise("day=2", "few rows"));
  ASSERT_EQ(Open().size(), 2u);
  EXPECT_EQ(Open()[0].times, 2);
  EXPECT_EQ(Waiting().size(), 4u);
  EXPECT_TRUE(Raise("day=1", "duplicates"));
  ASSERT_EQ(Open().size(), 2u);
  EXPECT_EQ(Open()[1].summary, "duplicates");
  EXPECT_EQ(Open()[1].raised_us, Open()[1].last_us);
  EXPECT_EQ(Waiting().size(), 6u);  // also of the failure that was replaced
  ASSERT_OK(outbox().Resolve("events", "day=1", ++now_));
  EXPECT_EQ(Open().size(), 1u);
  EXPECT_TRUE(Raise("day=1", "duplicates"));  // it failed anew
}

TEST_F(OutboxTest, OneTriesAtATimeUntilItIsTaken) {
  EXPECT_TRUE(Raise("day=1", "few rows"));
  const int64_t id = Open()[0].id;
  EXPECT_TRUE(outbox().Claim(id, "ops", 2000, 5000).value());
  EXPECT_FALSE(outbox().Claim(id, "ops", 2000, 5000).value());  // somebody else
  EXPECT_FALSE(outbox().Claim(id, "ops", 4999, 9000).value());
  EXPECT_TRUE(outbox().Claim(id, "ops", 5000, 9000).value());  // the first one died
  ASSERT_OK(outbox().MarkFailed(id, "ops", "no connection", 7000));
  ASSERT_EQ(Waiting().size(), 2u);
  EXPECT_EQ(Waiting()[1].attempts, 2);
  EXPECT_EQ(Waiting()[1].last_error, "no connection");
  EXPECT_TRUE(outbox().Claim(id, "ops", 7000, 9000).value());
  ASSERT_OK(outbox().MarkDelivered(id, "ops", 7001));
  EXPECT_FALSE(outbox().Claim(id, "ops", 100'000, 200'000).value());
  ASSERT_EQ(Waiting().size(), 1u);
  EXPECT_EQ(Waiting()[0].channel, "mail");
  EXPECT_EQ(Open().size(), 1u);  // delivered is not resolved
}

}  // namespace
}  // namespace lakegate
