#include "core/uuid7.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(Uuid7Test, HasVersionAndVariant) {
  SeededRandom random(1);
  const std::string id = MakeUuid7(1'735'689'600'123'456, random);
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(id.substr(0, 13), "01941f29-7c7b");  // 1735689600123 ms in hex
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
}

TEST(Uuid7Test, GivesItsTimeBackToTheMicrosecond) {
  SeededRandom random(1);
  for (TimestampUs us = 1'735'689'600'000'000; us < 1'735'689'600'002'000; ++us) {
    EXPECT_EQ(Uuid7Time(MakeUuid7(us, random)), us);
  }
}

TEST(Uuid7Test, SortsByTime) {
  SeededRandom random(1);
  std::string previous;
  for (TimestampUs us = 1'735'689'600'000'000; us < 1'735'689'600'003'000; ++us) {
    std::string next = MakeUuid7(us, random);
    EXPECT_LT(previous, next);
    previous = std::move(next);
  }
}

TEST(Uuid7Test, RefusesOtherTexts) {
  EXPECT_EQ(Uuid7Time(""), std::nullopt);
  EXPECT_EQ(Uuid7Time("01941f29-7c7b-4c44-8cf1-1e1b6e3d5a10"), std::nullopt);  // version 4
  EXPECT_EQ(Uuid7Time("01941f29-7c7b-7c44-0cf1-1e1b6e3d5a10"), std::nullopt);  // variant 0
  EXPECT_EQ(Uuid7Time("01941f29_7c7b-7c44-8cf1-1e1b6e3d5a10"), std::nullopt);
  EXPECT_EQ(Uuid7Time("01941f29-7c7b-7c44-8cf1-1e1b6e3d5a1g"), std::nullopt);
  EXPECT_NE(Uuid7Time("01941f29-7c7b-7c44-8cf1-1e1b6e3d5a10"), std::nullopt);
}

}  // namespace
}  // namespace lakegate
