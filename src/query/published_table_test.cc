#include "query/published_table.h"

#include <gtest/gtest.h>

#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

TEST(PublishedTable, AllLivePartitionsWithTheTypesOfTheirColumns) {
  const TempLake lake;
  auto ledger = Ledger::Open(lake.Path("ledger.db"), {});
  ASSERT_OK(ledger);
  Dataset dataset;
  dataset.name = "events";
  dataset.publish.partition_by = {"day", "site"};
  MadePlan made;
  made.Add("day", {.kind = TypeKind::kDate});
  ASSERT_OK_AND_ASSIGN(const auto none,
                       FindPublishedTable(ledger->get(), dataset, made.plan(), "events"));
  EXPECT_FALSE(none.has_value());
  int run = 0;
  for (const char* key :
       {"day=2025-01-01/site=a", "day=2025-01-01/site=a", "day=2025-01-02/site=b"}) {
    Publication publication;
    publication.dataset = "events";
    publication.partition_key = key;
    publication.run_id = "r" + std::to_string(++run);
    publication.live_path = std::string("tables/events/") + key;
    publication.files = {{publication.run_id + ".parquet", 1, 2}};
    ASSERT_OK((*ledger)->runs().Start({publication.run_id, "events", key, key, run, "s", 1}));
    ASSERT_OK((*ledger)->publications().Record(publication));
  }
  ASSERT_OK_AND_ASSIGN(const auto found,
                       FindPublishedTable(ledger->get(), dataset, made.plan(), "seen"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->name, "seen");
  EXPECT_EQ(found->files,
            (std::vector<std::string>{"tables/events/day=2025-01-01/site=a/r2.parquet",
                                      "tables/events/day=2025-01-02/site=b/r3.parquet"}));
  EXPECT_EQ(found->path_columns, (std::vector<std::pair<std::string, std::string>>{
                                     {"day", "DATE"}, {"site", "VARCHAR"}}));
}

}  // namespace
}  // namespace lakegate
