// What becomes of records that runs set aside.
#include "ledger/quarantine_items.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "ledger/sqlite_rows.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class QuarantineItemsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(path_, {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  QuarantineItems& items() { return ledger_->quarantine_items(); }

  // A run of day=1 that set `records` aside.
  void Judge(const std::string& id, int64_t records, bool is_replay = false) {
    ASSERT_OK(ledger_->runs().Start({id, "events", "day=1", "events/day=1", 1, "s/" + id, ++now_}));
    QuarantineItem item;
    item.run_id = id;
    item.dataset = "events";
    item.partition_key = "day=1";
    item.folder = "quarantine/" + id;
    item.is_replay = is_replay;
    ASSERT_OK(items().Begin(item, ++now_));
    ASSERT_OK(items().SetRecords(id, records));
  }
  void Publish(const std::string& id) {
    Publication publication;
    publication.dataset = "events";
    publication.partition_key = "day=1";
    publication.run_id = id;
    ASSERT_OK(ledger_->publications().Record(publication));
    ASSERT_OK(items().CloseByPublication(id, ++now_));
  }
  std::string StateOf(const std::string& id) {
    const auto item = items().Find(id);
    if (!item || !*item) return "none";
    return std::string(Name((*item)->state)) +
           ((*item)->closed_by ? " by " + *(*item)->closed_by : "");
  }

  TempLake lake_{TempPlace::kMemory};
  std::string path_ = lake_.Path("ledger.db");
  std::unique_ptr<Ledger> ledger_;
  TimestampUs now_ = 100;
};

TEST_F(QuarantineItemsTest, APublicationClosesWhatWasSetAsideBefore) {
  Judge("r1", 3);
  EXPECT_EQ(StateOf("r1"), "writing");
  Publish("r1");
  EXPECT_EQ(StateOf("r1"), "open");
  Judge("r2", 2, true);
  EXPECT_EQ(StateOf("r1"), "open");
  Publish("r2");
  EXPECT_EQ(StateOf("r1"), "replayed by r2");
  EXPECT_EQ(StateOf("r2"), "open");
  Judge("r3", 0);
  Publish("r3");
  EXPECT_EQ(StateOf("r1"), "replayed by r2");
  EXPECT_EQ(StateOf("r2"), "superseded by r3");
  EXPECT_EQ(StateOf("r3"), "none");  // nothing was set aside
}

TEST_F(QuarantineItemsTest, AClosedGateClosesOnlyWhatWasNeverPublished) {
  Judge("r1", 3);
  Publish("r1");
  Judge("r2", 4);
  ASSERT_OK(items().CloseByRefusal("r2", ++now_));
  EXPECT_EQ(StateOf("r1"), "open");  // its output is still live
  EXPECT_EQ(StateOf("r2"), "open");
  Judge("r3", 5);
  ASSERT_OK(items().CloseByRefusal("r3", ++now_));
  EXPECT_EQ(StateOf("r1"), "open");
  EXPECT_EQ(StateOf("r2"), "superseded by r3");
  ASSERT_OK_AND_ASSIGN(const auto open, items().ListOpen("events", "day=1"));
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].run_id, "r3");
  EXPECT_EQ(open[0].records, 5);
}

TEST_F(QuarantineItemsTest, OnlyOpenOnesAreDiscarded) {
  Judge("r1", 3);
  EXPECT_TRUE(IsError(items().Discard("r1", "why", 5), ErrorCode::kConflict, "has not ended"));
  Publish("r1");
  ASSERT_OK(items().Discard("r1", "test data", 5));
  EXPECT_EQ(StateOf("r1"), "discarded");
  EXPECT_TRUE(IsError(items().Discard("r1", "again", 5), ErrorCode::kConflict, "test data"));
  EXPECT_TRUE(IsError(items().Discard("r9", "why", 5), ErrorCode::kNotFound, "r9"));
  Judge("r2", 1);
  Publish("r2");
  EXPECT_EQ(StateOf("r1"), "discarded");  // and stays so
}

TEST_F(QuarantineItemsTest, ARunThatWasTakenForDeadIsTold) {
  Judge("r1", 3);
  ASSERT_OK(items().Forget("r1"));
  EXPECT_TRUE(IsError(items().SetRecords("r1", 3), ErrorCode::kConflict, "taken for dead"));
}

TEST_F(QuarantineItemsTest, RemovalExpiresOnlyOpenOnes) {
  Judge("r1", 3);
  Publish("r1");
  Judge("r2", 2);
  Publish("r2");
  ASSERT_OK(items().MarkRemoved("r1", 7));
  ASSERT_OK(items().MarkRemoved("r2", 7));
  EXPECT_EQ(StateOf("r1"), "superseded by r2");
  EXPECT_EQ(StateOf("r2"), "expired");
}

// A ledger from before the table: its items come from the runs' counters.
TEST_F(QuarantineItemsTest, EarlierRunsAreTakenOver) {
  ledger_.reset();
  {
    ASSERT_OK_AND_ASSIGN(auto database, SqliteDatabase::Open(path_, 1000));
    ASSERT_OK(database->Execute(
        "ALTER TABLE run DROP COLUMN purpose;"
        "ALTER TABLE landed_file DROP COLUMN held_by;"
        "DROP TABLE outbox_delivery; DROP TABLE outbox;"
        "DROP TABLE intent_part_source; DROP TABLE intent_part_file; DROP TABLE intent_part;"
        "DROP TABLE intent_superseded; DROP TABLE intent_load; DROP TABLE part_source;"
        "DROP TABLE bookmark; DROP INDEX landed_file_run;"
        "DROP TABLE history_copy; DROP INDEX landed_file_stored; DROP TABLE quarantine_item;"
        "PRAGMA user_version = 2;"
        "INSERT INTO run (id, dataset, partition_key, attempt, lease_resource, lease_epoch,"
        " started_us, ended_us, verdict, counters) VALUES"
        "('a', 'events', 'day=1', 1, 'l', 1, 1, 2, 'passed',"
        " '{\"quarantined\":4,\"quarantine\":\"q/a\"}'),"
        "('b', 'events', 'day=1', 2, 'l', 2, 3, 4, 'failed',"
        " '{\"quarantined\":5,\"quarantine\":\"q/b\"}'),"
        "('c', 'events', 'day=1', 3, 'l', 3, 5, 6, 'error', '{}'),"
        "('d', 'events', 'day=2', 1, 'l', 1, 5, 6, 'passed',"
        " '{\"quarantined\":0,\"quarantine\":\"\"}'),"
        "('e', 'events', 'day=3', 1, 'l', 1, 5, NULL, NULL, 'not json')"));
  }
  ASSERT_OK_AND_ASSIGN(ledger_, Ledger::Open(path_, {}));
  ASSERT_OK_AND_ASSIGN(const auto all, items().ListForDataset("events"));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(StateOf("a"), "superseded by b");
  EXPECT_EQ(StateOf("b"), "open");
  EXPECT_EQ(all[0].records, 5);
  EXPECT_EQ(all[0].folder, "q/b");
}

}  // namespace
}  // namespace lakegate
