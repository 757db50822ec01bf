#include "publish/part_name.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(PartNameTest, HasANumberAndTheBeginningOfTheHash) {
  EXPECT_EQ(PartName(12, "5f1c09abffff", "parquet"), "part-00012-5f1c09ab.parquet");
  EXPECT_EQ(NumberOfPart("part-00012-5f1c09ab.parquet"), 12);
  EXPECT_TRUE(IsPartName(PartName(1234567, "5f1c09ab", "parquet")));
  for (const char* other : {"part-12-5f1c09ab.parquet", "part-00012-5f1c09a.parquet",
                            "part-00012-5F1C09AB.parquet", "part-00012.parquet", "_SUCCESS"}) {
    EXPECT_FALSE(IsPartName(other)) << other;
  }
}

TEST(PartNameTest, ATurnedNameIsAnotherInTheSamePlace) {
  EXPECT_EQ(TurnedPartName("part-00012-5f1c09ab.parquet"), "part-00012-f1c09ab5.parquet");
  EXPECT_EQ(TurnedPartName("_SUCCESS"), "_SUCCESS");
  std::string name = "part-00012-5f1c09ab.parquet";
  for (int turn = 0; turn < 8; ++turn) {
    const std::string next = TurnedPartName(name);
    EXPECT_NE(next, name);
    EXPECT_TRUE(IsPartName(next));
    EXPECT_EQ(NumberOfPart(next), 12);
    name = next;
  }
  EXPECT_EQ(name, "part-00012-5f1c09ab.parquet");
}

}  // namespace
}  // namespace lakegate
