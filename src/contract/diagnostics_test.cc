#include "contract/diagnostics.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(DidYouMean, FindsTheNearestWord) {
  const std::vector<std::string> known = {"required", "unique", "name", "properties", "id"};
  EXPECT_EQ(DidYouMean("requird", known), "required");
  EXPECT_EQ(DidYouMean("naem", known), "name");
  EXPECT_EQ(DidYouMean("Name", known), "name");
  EXPECT_EQ(DidYouMean("property", known), std::nullopt);
  EXPECT_EQ(DidYouMean("zzz", known), std::nullopt);
  EXPECT_EQ(DidYouMean("x", known), std::nullopt);
}

TEST(Diagnostics, GivesTheFirstErrorAndCountsTheRest) {
  Diagnostics diagnostics;
  diagnostics.Warning({"f", 1, 1}, "w", "warned");
  EXPECT_FALSE(diagnostics.ErrorSince(0));
  diagnostics.Error({"f", 3, 2}, "a", "first", "mend it");
  diagnostics.Error({"f", 2, 2}, "b", "second");
  EXPECT_EQ(diagnostics.ErrorSince(0)->message, "f:3:2: first (and 1 more)");
  EXPECT_EQ(diagnostics.ErrorSince(0)->hint, "mend it");
  EXPECT_EQ(diagnostics.ErrorSince(1)->message, "f:2:2: second");
  EXPECT_FALSE(diagnostics.ErrorSince(2));
  diagnostics.SortByPosition();
  EXPECT_EQ(ToString(diagnostics.all()[1]), "f:2:2: error: second");
  EXPECT_EQ(ToString(diagnostics.all()[2]), "f:3:2: error: first (mend it)");
}

}  // namespace
}  // namespace lakegate
