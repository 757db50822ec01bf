// What the parser takes and refuses; what a predicate means is compared with DuckDB by
// tests/readers/filter_oracle_test.py.
#include "contract/record_filter.h"

#include <gtest/gtest.h>

#include "contract/check_plan.h"
#include "contract/filter_literal.h"
#include "core/random.h"
#include "tests/support/made_plan.h"

namespace lakegate {
namespace {

class RecordFilterTest : public testing::Test {
 protected:
  RecordFilterTest() {
    made_.Add("n", {TypeKind::kInteger});
    made_.Add("name");
    made_.Add("date", {TypeKind::kDate});
    made_.Add("and", {TypeKind::kBoolean});
    FieldPlan& place = made_.Add("place", {TypeKind::kObject});
    made_.AddChild(place, "city");
  }
  // "fine", or the offset and the message.
  std::string Parse(const std::string& text) {
    const auto parsed = ParseFilter(text, made_.plan().fields);
    if (const auto* error = std::get_if<FilterError>(&parsed)) {
      return std::to_string(error->offset) + " " + error->message;
    }
    return "fine";
  }
  MadePlan made_;
};

TEST_F(RecordFilterTest, TakesTheGrammar) {
  for (const char* text :
       {"n = 1", "1 < n", "n<>-1 and not(name like 'a%' escape '!')", "n NOT IN (1, 2, NULL)",
        "n BETWEEN +1 AND 2.5e3 OR date = DATE '2025-01-01'", "date >= '2025-01-01'",
        "\"and\" AND NOT \"and\"", "place.city IS NOT NULL", "\"place\".\"city\" = 'it''s'",
        "n = n", "((((n = 1))))", "place IS NULL", "n = NULL"}) {
    EXPECT_EQ(Parse(text), "fine") << text;
  }
}

TEST_F(RecordFilterTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(Parse(""), "0 expected a column or a constant, found the end");
  EXPECT_EQ(Parse("n = 1 name"), "6 expected AND, OR or the end, found 'name'");
  EXPECT_EQ(Parse("n = 1 AND"), "9 expected a column or a constant, found the end");
  EXPECT_EQ(Parse("n NOT = 1"), "6 expected IN, BETWEEN or LIKE, found '='");
  EXPECT_EQ(Parse("n IN ()"), "6 expected a column or a constant, found ')'");
  EXPECT_EQ(Parse("n IN (name)"), "6 the list of IN holds constants only");
  EXPECT_EQ(Parse("n BETWEEN 1 OR 2"), "12 expected AND, found 'OR'");
  EXPECT_EQ(Parse("name LIKE 'a!' ESCAPE '!'"), "10 the pattern ends in the escape character");
  EXPECT_EQ(Parse("date = '2025-02-30'"), "7 '2025-02-30' is no date");
  EXPECT_EQ(Parse("n = 12x"), "4 '12x' is no number");
  EXPECT_EQ(Parse("place.town = 'x'"), "6 there is no column 'town' in place");
  EXPECT_EQ(Parse("place = 1"), "8 'place' is of type object and cannot be compared with a number");
  EXPECT_EQ(Parse("TRUE"), "0 a constant alone says nothing about a record");
}

TEST_F(RecordFilterTest, IsBounded) {
  std::string deep(100'000, '(');
  EXPECT_EQ(Parse(deep), "0 the filter is longer than 10000 bytes");
  deep.resize(9'000);
  EXPECT_EQ(Parse(deep), "51 the filter is nested deeper than 50 levels");
  std::string many_nots;
  for (int i = 0; i < 2'000; ++i) many_nots += "NOT ";
  EXPECT_EQ(Parse(many_nots + "n = 1"), "fine");
}

TEST_F(RecordFilterTest, AnythingIsReadOrRefused) {
  const std::vector<std::string> words = {"n",  "name", "AND", "OR", "NOT", "(",  ")",
                                          "IN", ",",    "=",   "'x", "'",   "\"", "LIKE",
                                          "IS", "NULL", "1e",  "-",  ".",   "<",  "\xff"};
  SeededRandom random(5);
  int fine = 0;
  for (int i = 0; i < 20'000; ++i) {
    uint8_t bytes[12];
    random.Fill(bytes);
    std::string text = i % 4 == 0 ? "n = 1 " : "";
    for (size_t k = 0; k < bytes[0] % 11u; ++k) text += words[bytes[k + 1] % words.size()] + " ";
    fine += Parse(text) == "fine" ? 1 : 0;
  }
  EXPECT_GT(fine, 0);
}

TEST(CompileLike, MergesRunsAndKeepsEscapedCharacters) {
  const auto tokens = CompileLike("%%a!%_", '!');
  ASSERT_TRUE(tokens.has_value());
  ASSERT_EQ(tokens->size(), 3u);
  EXPECT_EQ((*tokens)[1].bytes, "a%");
  EXPECT_EQ((*tokens)[2].kind, LikeToken::Kind::kAnyOne);
}

}  // namespace
}  // namespace lakegate
