// Patterns matched by hand against RE2, which is asked about the same texts.
#include "validate/span_pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>

#include "tests/support/test_scale.h"
#include "validate/pattern_matcher.h"

namespace lakegate {
namespace {

struct Known {
  const char* pattern;
  const char* good;      // a text that matches
  const char* alphabet;  // what changed characters become
};

const Known kKnown[] = {{"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}$", "0123abcd-12ef-00aa", "0af-gF"},
                        {"^\\d+$", "123456", "09a \n"},
                        {"^\\d{4}-\\d{2}-\\d{2}$", "2025-01-31", "09-a"},
                        {"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$",
                         "ann.b+c@mail.example.org", "a.@-Z9 \xc3"},
                        {"^[\\w.-]+@[\\w-]+(?:\\.)[\\w.-]+$", "a.b@c-d.org.uk", "a.@-_ "},
                        {"^(red|green|blue)$", "green", "redgnblu"},
                        {"^(?:a\\.b|a\\|b|)$", "a.b", "ab.|"},
                        {"^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$", "DE12ABCDEFGH12345", "A0a"},
                        {"^\\+?[0-9 ]{3,15}$", "+49 171 555", "+0 a"},
                        {"^-?\\d+(\\.)\\d+$", "-12.50", "-.0"},
                        {"^SKU-[0-9]{3}", "SKU-123 and more", "SKU-0"},
                        {"^a?b?c*d", "abccd!", "abcd"},
                        {"^[a-c]{2,4}[d-f]*[a-c]$", "abdea", "abcdef"},
                        {"^[\\]a-c-]+$", "a]-c", "a]-d\\"}};

TEST(SpanPattern, AgreesWithRe2OnNearMisses) {
  std::mt19937 random(5);
  const auto pick = [&](size_t count) { return random() % count; };
  int64_t good = 0, all = 0;
  for (const Known& known : kKnown) {
    const auto span = SpanPattern::Recognise(known.pattern);
    ASSERT_TRUE(span) << known.pattern;
    const RE2 re(known.pattern);
    EXPECT_TRUE(span->Matches(known.good)) << known.pattern;
    const std::string alphabet(known.alphabet);
    for (int64_t i = 0; i < 20'000 * TestScale(); ++i) {
      std::string text = known.good;
      for (size_t changes = pick(4); changes > 0; --changes) {
        const size_t at = pick(text.size() + 1);
        const char c = alphabet[pick(alphabet.size())];
        if (pick(3) == 0)
          text.insert(at, 1, c);
        else if (pick(2) && at < text.size())
          text.erase(at, 1);
        else if (at < text.size())
          text[at] = c;
      }
      const bool expected = RE2::PartialMatch(text, re);
      ASSERT_EQ(span->Matches(text), expected) << known.pattern << " on " << text;
      good += expected ? 1 : 0;
      ++all;
    }
  }
  EXPECT_GT(good, all / 10);
  EXPECT_LT(good, all * 9 / 10);
}

// Made-up patterns from pieces, ambiguous ones included; texts from the same letters.
TEST(SpanPattern, AgreesWithRe2OnRandomPatterns) {
  std::mt19937 random(6);
  const auto pick = [&](size_t count) { return random() % count; };
  const char* const classes[] = {"a",   "b", "[ab]", "[b-d]", "\\d",
                                 "\\w", "-", "[a-]", "\\.",   "[0-1b]"};
  const char* const counts[] = {"", "", "", "?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}"};
  const std::string letters = "abcd01-._";
  int64_t recognised = 0, good = 0;
  const int64_t rounds = 4'000 * TestScale();
  for (int64_t round = 0; round < rounds; ++round) {
    std::string pattern = "^";
    for (size_t items = 1 + pick(5); items > 0; --items) {
      const std::string item =
          std::string(classes[pick(std::size(classes))]) + counts[pick(std::size(counts))];
      pattern += pick(5) ? item : "(" + item + ")";
    }
    if (pick(4)) pattern += "$";
    const auto span = SpanPattern::Recognise(pattern);
    if (!span) continue;
    ++recognised;
    const RE2 re(pattern);
    ASSERT_TRUE(re.ok()) << pattern;
    for (int i = 0; i < 200; ++i) {
      std::string text;
      for (size_t length = pick(9); length > 0; --length) text += letters[pick(letters.size())];
      const bool expected = RE2::PartialMatch(text, re);
      ASSERT_EQ(span->Matches(text), expected) << pattern << " on '" << text << "'";
      good += expected ? 1 : 0;
    }
  }
  EXPECT_GT(recognised, rounds / 3);
  EXPECT_GT(good, recognised);
}

TEST(SpanPattern, LeavesTheRestToRe2) {
  for (const char* pattern : {"",
                              "abc",
                              "^",
                              "^a|b$",
                              "^(a|b)c$",
                              "^(ab)+$",
                              "^(ab)?$",
                              "^[^a]$",
                              "^.$",
                              "^\\bword$",
                              "^a+?$",
                              "^\\D$",
                              "^[[:alpha:]]$",
                              "^\\x41$",
                              "^ä$",
                              "^[ä]$",
                              "^a*a*b*b*$",
                              "^a*a",
                              "^(?i)a$",
                              "^(?P<name>a)$",
                              "^a{2,3}{2}$",
                              "^[z-a]$",
                              "^$a",
                              "^(a$)",
                              "^\\p{L}$",
                              "^(a|\\d)$",
                              "(a|b)",
                              "^[ab]*[bc]{1,3}d?$",
                              "^\\S$"}) {
    EXPECT_FALSE(SpanPattern::Recognise(pattern)) << pattern;
  }
}

// Texts that come again, texts that do not, and too long ones.
TEST(PatternMatcher, RemembersNothingWrong) {
  const std::string pattern = "([a-c]|[d-f ])+x";
  const PatternMatcher matcher(pattern);
  const RE2 re(pattern);
  std::mt19937 random(7);
  for (int i = 0; i < 60'000; ++i) {
    const bool again = i < 20'000 || i > 50'000;
    std::string text;
    const size_t kinds = again ? 3 : 9;
    for (size_t length = random() % (again ? 5 : 50); length > 0; --length) {
      text += "axf gd\0bc"[random() % kinds];
    }
    ASSERT_EQ(matcher.Search(text), RE2::PartialMatch(text, re)) << text;
  }
}

}  // namespace
}  // namespace lakegate
