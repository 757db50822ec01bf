#include "ledger/bookmarks.h"

#include <gtest/gtest.h>

#include "ledger/ledger.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class BookmarksTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Ledger::Open(lake_.Path("ledger.db"), {});
    ASSERT_OK(opened);
    ledger_ = std::move(opened).value();
  }
  Bookmarks& bookmarks() { return ledger_->bookmarks(); }
  Bookmark Found(const std::string& dataset = "events") {
    return bookmarks().Find(dataset).value();
  }

  int64_t Land(const std::string& path, const std::string& sha256,
               const std::string& dataset = "events") {
    const auto file = ledger_->landed_files().Register({dataset, path, 1, 1, sha256, "-"}, 1);
    EXPECT_OK(file);
    return file->id;
  }
  // A run that takes these files and publishes at `ended_us`.
  void Take(const std::string& run_id, const std::vector<int64_t>& ids, TimestampUs ended_us) {
    EXPECT_OK(ledger_->runs().Start({run_id, "events", "-", "events/-", 1, "s", ended_us - 1}));
    for (const int64_t id : ids) EXPECT_OK(ledger_->landed_files().MarkConsumed(id, run_id));
    EXPECT_OK(ledger_->runs().Finish(run_id, {}, ended_us));
  }

  TempLake lake_{TempPlace::kMemory};
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(BookmarksTest, CountsWhatWasTakenAndWhatWaits) {
  EXPECT_EQ(Found().consumed + Found().waiting + Found().held + Found().ignored, 0);
  EXPECT_FALSE(Found().last_run_id.has_value());
  const int64_t a = Land("a", "1");
  const int64_t b = Land("b", "2");
  const int64_t c = Land("c", "3");
  Land("d", "4");
  Land("a", "5", "others");
  Take("r1", {a}, 100);
  ASSERT_OK(ledger_->landed_files().MarkHeld(b, "no text"));
  ASSERT_OK(ledger_->landed_files().MarkIgnored(c, "the same as a"));
  const Bookmark found = Found();
  EXPECT_EQ(found.consumed, 1);
  EXPECT_EQ(found.held, 1);
  EXPECT_EQ(found.ignored, 1);
  EXPECT_EQ(found.waiting, 1);
  EXPECT_EQ(found.last_run_id, "r1");
  EXPECT_EQ(found.last_taken_us, 100);
  EXPECT_EQ(Found("others").waiting, 1);
}

TEST_F(BookmarksTest, PausesOncePerDatasetUntilItIsResumed) {
  ASSERT_OK(bookmarks().Pause("events", 7));
  ASSERT_OK(bookmarks().Pause("events", 9));
  EXPECT_EQ(bookmarks().FindPause("events").value(), 7);
  EXPECT_EQ(Found().paused_us, 7);
  EXPECT_FALSE(bookmarks().FindPause("others").value().has_value());
  ASSERT_OK(bookmarks().Resume("events"));
  ASSERT_OK(bookmarks().Resume("events"));
  EXPECT_FALSE(Found().paused_us.has_value());
}

TEST_F(BookmarksTest, RewindsToARunAndCountsWhatIsGone) {
  const int64_t a = Land("a", "1");
  const int64_t b = Land("b", "2");
  const int64_t c = Land("c", "3");
  Take("r1", {a}, 100);
  Take("r2", {b, c}, 200);
  ASSERT_OK(ledger_->landed_files().MarkGone(c));
  ASSERT_OK_AND_ASSIGN(const auto published, bookmarks().FindPublication("events", "r2"));
  EXPECT_EQ(published, 200);
  EXPECT_FALSE(bookmarks().FindPublication("others", "r2").value().has_value());
  EXPECT_FALSE(bookmarks().FindPublication("events", "r3").value().has_value());
  ASSERT_OK_AND_ASSIGN(const Rewound rewound, bookmarks().Rewind("events", 200));
  EXPECT_EQ(rewound.files, 1);
  EXPECT_EQ(rewound.gone, 1);
  EXPECT_EQ(Found().consumed, 1);
  EXPECT_EQ(Found().waiting, 1);
  // Its rows are in the table until it is read again: the run stays with it.
  ASSERT_OK_AND_ASSIGN(const auto waiting, ledger_->landed_files().Find(b));
  EXPECT_EQ(waiting->run_id, "r2");
  ASSERT_OK_AND_ASSIGN(const Rewound none, bookmarks().Rewind("events", 201));
  EXPECT_EQ(none.files + none.gone, 0);
}

}  // namespace
}  // namespace lakegate
