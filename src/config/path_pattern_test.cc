#include "config/path_pattern.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string Matched(std::string_view pattern, std::string_view path) {
  auto compiled = PathPattern::Compile(pattern);
  if (!compiled) return compiled.error().message;
  auto captures = compiled->Match(path);
  if (!captures) return "no";
  std::string text = "yes";
  for (const auto& [name, value] : *captures) text += " " + name + "=" + value;
  return text;
}

TEST(PathPattern, CapturesValues) {
  const char* pattern = "events/ingestion_date={ingestion_date}/*.json";
  EXPECT_EQ(Matched(pattern, "events/ingestion_date=2025-01-01/a.json"),
            "yes ingestion_date=2025-01-01");
  EXPECT_EQ(Matched(pattern, "events/ingestion_date=a%2Fb/a.json"), "yes ingestion_date=a%2Fb");
  EXPECT_EQ(Matched(pattern, "events/ingestion_date=/a.json"), "no");
  EXPECT_EQ(Matched(pattern, "events/ingestion_date=2025-01-01/a.csv"), "no");
  EXPECT_EQ(Matched(pattern, "events/ingestion_date=2025-01-01/sub/a.json"), "no");
  EXPECT_EQ(Matched(pattern, "xevents/ingestion_date=2025-01-01/a.json"), "no");
  EXPECT_EQ(Matched("{year}-{month}.csv", "2025-01.csv"), "yes month=01 year=2025");
  EXPECT_EQ(Matched("sales_{day}.csv", "sales_.csv"), "no");
}

TEST(PathPattern, MatchesWildcards) {
  EXPECT_EQ(Matched("a/*", "a/b"), "yes");
  EXPECT_EQ(Matched("a/*", "a/b/c"), "no");
  EXPECT_EQ(Matched("a/*.gz", "a/.gz"), "no");
  EXPECT_EQ(Matched("a/*", "a/.hidden"), "no");
  EXPECT_EQ(Matched("a/.h*", "a/.hidden"), "yes");
  EXPECT_EQ(Matched("a/b?.csv", "a/b1.csv"), "yes");
  EXPECT_EQ(Matched("a/b?.csv", "a/b.csv"), "no");
  EXPECT_EQ(Matched("a*b*c", "aXbYc"), "yes");
  EXPECT_EQ(Matched("a*", "a"), "yes");
}

TEST(PathPattern, MatchesAnyDepth) {
  EXPECT_EQ(Matched("a/**/*.csv", "a/x.csv"), "yes");
  EXPECT_EQ(Matched("a/**/*.csv", "a/b/c/x.csv"), "yes");
  EXPECT_EQ(Matched("a/**/*.csv", "a/.staging/x.csv"), "no");
  EXPECT_EQ(Matched("**/d={d}/*", "a/b/d=1/x"), "yes d=1");
}

TEST(PathPattern, TellsWhereToList) {
  EXPECT_EQ(PathPattern::Compile("a/b/{c}/*")->literal_prefix(), "a/b/");
  EXPECT_EQ(PathPattern::Compile("a/b/c.csv")->literal_prefix(), "a/b/");
  EXPECT_EQ(PathPattern::Compile("*.csv")->literal_prefix(), "");
  EXPECT_EQ(PathPattern::Compile("a/x={c}/*")->capture_names(), std::vector<std::string>{"c"});
}

TEST(PathPattern, RefusesWhatCannotBeMeant) {
  for (const char* pattern : {"", "/a/*", "a//b", "a/../b", "./a", "a/{", "a/{}", "a/{1}", "a/}",
                              "a/{x}{y}", "{x}/{x}", "a/**", "a/x**", "a/[ab]"}) {
    EXPECT_FALSE(PathPattern::Compile(pattern)) << pattern;
  }
}

TEST(PathPattern, GivesUpOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_EQ(Matched(pattern + "b", std::string(200, 'a')), "no");
}

}  // namespace
}  // namespace lakegate
