#include "query/upsert_merge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/sql_quote.h"
#include "query/duckdb_session.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

using Rows = std::vector<int64_t>;

class UpsertMergeTest : public testing::Test {
 protected:
  void SetUp() override {
    engine_.temp_directory = lake_.root();
    merge_.key = {"id"};
    merge_.order_by = "version";
    merge_.tombstone = "op";
    merge_.tombstone_value = "delete";
    merge_.sequence = "seq";
    merge_.staged.name = "staged";
    merge_.stored.name = "stored";
    merge_.deleted.name = "deleted";
  }

  // A file of the rows of a VALUES list with these columns.
  std::string File(const std::string& name, const std::string& columns, const std::string& values) {
    const std::string path = lake_.WriteFile(name, "");
    const auto library = DuckdbLibrary::Load("");
    EXPECT_OK(library);
    const auto session = DuckdbSession::Open(**library, {{"threads", "1"}});
    EXPECT_OK(session);
    EXPECT_OK((*session)->Execute("COPY (SELECT * FROM (VALUES " + values + ") AS t(" + columns +
                                  ")) TO " + QuoteSqlText(path) + " (FORMAT parquet)"));
    return path;
  }
  void Stage(const std::string& values) {
    merge_.staged.files = {File("staged.parquet", "id, version, op, seq", values)};
  }
  void Store(const std::string& values) {
    merge_.stored.files = {File("stored.parquet", "id, version, op", values)};
  }
  void Delete(const std::string& values) {
    merge_.deleted.files = {File("deleted.parquet", "id, version, op", values)};
  }
  MergedRows Merged() {
    auto merged = MergeUpsert(merge_, engine_, nullptr);
    EXPECT_OK(merged);
    return merged ? *merged : MergedRows{};
  }
  static Rows NumbersOf(const std::vector<RowPlace>& places) {
    Rows rows;
    for (const RowPlace& place : places) rows.push_back(place.row);
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  TempLake lake_;
  SqlEngineOptions engine_;
  UpsertMerge merge_;
};

TEST_F(UpsertMergeTest, TheLargerOrderWinsAndTiesGoToTheLaterRow) {
  Stage("(1, 5, 'put', 0), (1, 7, 'put', 1), (1, 6, 'put', 2), (2, 3, 'put', 3), (2, 3, 'put', 4)");
  const MergedRows merged = Merged();
  EXPECT_EQ(NumbersOf(merged.kept), (Rows{1, 4}));
  EXPECT_TRUE(merged.lost.empty());
  EXPECT_TRUE(merged.deleted.empty());
}

TEST_F(UpsertMergeTest, LateOlderRowsNeverWinAgainstStoredOnesAndTiesDo) {
  Store("(1, 5, 'put'), (2, 5, 'put'), (3, 5, 'put')");
  Stage("(1, 4, 'put', 0), (2, 5, 'put', 1), (3, 6, 'put', 2)");
  const MergedRows merged = Merged();
  EXPECT_EQ(NumbersOf(merged.kept), (Rows{1, 2}));
  EXPECT_EQ(NumbersOf(merged.lost), (Rows{1, 2}));
  for (const RowPlace& place : merged.lost) EXPECT_EQ(place.file, merge_.stored.files[0]);
}

TEST_F(UpsertMergeTest, NullIsOlderThanAllElse) {
  Store("(1, NULL, 'put'), (2, 0, 'put')");
  Stage("(1, 0, 'put', 0), (2, NULL, 'put', 1)");
  const MergedRows merged = Merged();
  EXPECT_EQ(NumbersOf(merged.kept), (Rows{0}));
  EXPECT_EQ(NumbersOf(merged.lost), (Rows{0}));
}

TEST_F(UpsertMergeTest, ADeletedKeyStaysOutUntilSomethingNewerComes) {
  Store("(1, 5, 'put')");
  Delete("(2, 9, 'delete'), (3, 9, 'delete')");
  Stage("(1, 6, 'delete', 0), (2, 8, 'put', 1), (3, 10, 'put', 2)");
  const MergedRows merged = Merged();
  EXPECT_EQ(NumbersOf(merged.kept), (Rows{2}));
  EXPECT_EQ(NumbersOf(merged.deleted), (Rows{0}));
  ASSERT_EQ(merged.lost.size(), 2u);  // the stored row of 1, and that 3 was deleted
  for (const RowPlace& place : merged.lost) {
    const bool is_stored = place.file == merge_.stored.files[0];
    EXPECT_EQ(place.row, is_stored ? 0 : 1);
  }
}

TEST_F(UpsertMergeTest, TypesThatCannotBeComparedAreRefused) {
  Store("(1, 5, 'put')");
  Stage("(1, [5], 'put', 0)");
  EXPECT_TRUE(IsError(MergeUpsert(merge_, engine_, nullptr), ErrorCode::kInvalidConfig, ""));
}

}  // namespace
}  // namespace lakegate
