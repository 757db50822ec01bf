#include "contract/sql_template.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(SqlTemplate, AllSpellingsOfThePlaceholders) {
  EXPECT_EQ(FillSqlTemplate("{object} ${object} {table} ${table}", "a b", ""),
            R"("a b" "a b" "a b" "a b")");
  EXPECT_EQ(FillSqlTemplate("{property} ${property} {column} ${column}", "t", "o.x"),
            R"("o"."x" "o"."x" "o"."x" "o"."x")");
  EXPECT_EQ(FillSqlTemplate("SELECT {'a': 1}, '{3}', $1, {other} FROM {object}", "t", "c"),
            R"(SELECT {'a': 1}, '{3}', $1, {other} FROM "t")");
}

TEST(SqlTemplate, QuotesAroundAPlaceholderStay) {
  EXPECT_EQ(FillSqlTemplate(R"("{property}" '{property}')", "t", "it's \"x\""),
            R"("it's ""x""" 'it''s "x"')");
}

TEST(SqlTemplate, NamesCannotEndTheQuery) {
  EXPECT_EQ(FillSqlTemplate("FROM {object}", "t\"; DROP", ""), "FROM \"t\"\"; DROP\"");
}

TEST(SqlTemplate, UnknownPlaceholders) {
  EXPECT_EQ(UnknownPlaceholder("SELECT {colum} FROM {object}", true), "{colum}");
  EXPECT_EQ(UnknownPlaceholder("SELECT ${property} FROM {object}", false), "${property}");
  EXPECT_EQ(UnknownPlaceholder("SELECT '{2,3}' FROM ${table} WHERE {column} = {'a': 1}", true),
            std::nullopt);
}

TEST(SqlTemplate, WhatIsNoSelect) {
  EXPECT_EQ(WhyNoSelect(" -- a comment\n/* b */ (select 1); "), "");
  EXPECT_EQ(WhyNoSelect("WITH x AS (SELECT ';') FROM x;"), "");
  EXPECT_EQ(WhyNoSelect("delete from t"), "it starts with DELETE");
  EXPECT_EQ(WhyNoSelect("SELECT 1; SELECT 2"), "it has several statements");
  EXPECT_EQ(WhyNoSelect(" -- SELECT 1"), "it is empty");
  EXPECT_EQ(WhyNoSelect("{object}"), "it does not start with SELECT");
}

}  // namespace
}  // namespace lakegate
