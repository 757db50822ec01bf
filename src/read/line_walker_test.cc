// The quick walker against the exact one: every short text over the critical bytes, mutated lines,
// and the lines it must not leave to the exact one.
#include "read/line_walker.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/made_plan.h"
#include "tests/support/test_scale.h"
#include "tests/support/walk_pair.h"

namespace lakegate {
namespace {

CheckPlan NestedPlan() {
  MadePlan made;
  made.Add("a");
  FieldPlan& object = made.Add("o", {TypeKind::kObject});
  made.AddChild(object, "a");
  FieldPlan& deep = made.AddChild(object, "deep", {TypeKind::kObject});
  made.AddChild(deep, "n", {TypeKind::kInteger});
  made.AddChild(made.Add("l", {TypeKind::kArray}), "", {TypeKind::kInteger});
  FieldPlan& rows = made.Add("rows", {TypeKind::kArray});
  made.AddChild(made.AddChild(rows, "", {TypeKind::kObject}), "a");
  FieldPlan& lists = made.Add("lists", {TypeKind::kArray});
  made.AddChild(made.AddChild(lists, "", {TypeKind::kArray}), "", {TypeKind::kDouble});
  made.AddMap("m", {TypeKind::kInteger});
  made.Add("a key that is much longer than what is compared in one go");
  made.Add("\"quoted\" \xC3\xA9");
  return made.plan();
}

class LineWalkerJudged : public testing::Test {
 protected:
  LineWalkerJudged() : plan_(NestedPlan()), layout_(MakeJsonLayout(plan_.fields)) {}

  // Every text over `alphabet` of up to `longest` tokens, between `before` and `after`.
  void JudgeAll(const std::vector<std::string>& alphabet, size_t longest, const std::string& before,
                const std::string& after) {
    std::vector<size_t> digits;
    while (digits.size() <= longest && !HasFailure()) {
      std::string line = before;
      for (const size_t digit : digits) line += alphabet[digit];
      pair_.Compare(line + after);
      size_t i = 0;
      while (i < digits.size() && ++digits[i] == alphabet.size()) digits[i++] = 0;
      if (i == digits.size()) digits.push_back(0);
    }
  }

  const CheckPlan plan_;
  const JsonLayout layout_;
  WalkPair pair_{&layout_, {}};
};

const size_t kMore = TestScale() > 1 ? 2 : 0;

TEST_F(LineWalkerJudged, EveryShortLine) {
  JudgeAll({"{", "}", "[", "]", ":", ",", "\"", "\\", "1", "-", "\n", "\r", " "}, 4 + kMore, "",
           "");
  EXPECT_GT(pair_.taken, 0);
}

TEST_F(LineWalkerJudged, EveryShortSequenceOfTokens) {
  JudgeAll({"{", "}", "[", "]", ":", ",", "\"a\"", "1", "true", "\"l\":"}, 5 + kMore, "", "");
  JudgeAll({"{", "}", "[", "]", ",", "\"a\":", "\"o\":", "null", " "}, 5 + kMore, "{", "}");
  EXPECT_GT(pair_.taken, 100);
}

// Damage behind members that were walked: it is explained from there on.
TEST_F(LineWalkerJudged, EveryShortSequenceBehindMembers) {
  for (const std::string before : {R"({"a":"x","o":)", R"({"o":{"deep":{"n":1}},"zz":2,"a":)",
                                   R"({"l":[1],"a":"\n\"","o":)"}) {
    JudgeAll({"{", "}", "[", "]", ":", ",", "\"", "\\", "1", "\"a\"", "\xff"}, 4 + kMore / 2,
             before, "}");
  }
  EXPECT_GT(pair_.explained, 10'000);
}

TEST_F(LineWalkerJudged, EveryShortValue) {
  JudgeAll({"0", "1", "-", "+", ".", "e", "\"", "n", "\\", " ", "\xff", "\n"}, 5 + kMore,
           "{\"a\":", "}");
  EXPECT_GT(pair_.taken, 100);
}

TEST_F(LineWalkerJudged, EveryShortString) {
  JudgeAll({"\\", "\"", "u", "0", "d", "\xc3", "\xa9", "\x80", "\x1f", "n"}, 4 + kMore, "{\"a\":\"",
           "\"}");
  JudgeAll({"\\u", "d83", "4", "\\udd1", "e", "00", "\"", "\\"}, 5 + kMore, "{\"a\":\"", "\"}");
  EXPECT_GT(pair_.taken, 1000);
}

TEST_F(LineWalkerJudged, NumbersOfEveryLength) {
  for (size_t whole = 0; whole <= 20; ++whole) {
    for (size_t fraction = 0; fraction <= 20; ++fraction) {
      for (const char* sign : {"", "-"}) {
        for (const char digit : {'0', '1', '9'}) {
          std::string number = sign + std::string(whole, digit);
          if (fraction > 0) number += '.' + std::string(fraction - 1, digit);
          pair_.Compare("{\"a\":" + number + "}");
          pair_.Compare("{\"a\":" + number + "e5}");
          pair_.Compare("{\"l\":[" + number + ", " + number + "]}");
        }
      }
    }
  }
  EXPECT_GT(pair_.taken, 1000);
}

// Strings whose quote stands at every place of a block of 32 bytes, with every byte before it.
TEST_F(LineWalkerJudged, EveryByteAtEveryPlace) {
  for (size_t size = 0; size < 70; ++size) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(size, 'x');
      text.push_back(static_cast<char>(byte));
      pair_.Compare("{\"a\":\"" + text + "\"}");
      if (size % 7 == 0) pair_.Compare("{\"a\":\"" + text + "\xA9 tail\",\"" + text + "\":1}");
    }
  }
  EXPECT_GT(pair_.taken, 50'000);
}

const char* const kPlainLines[] = {
    R"({"a":"x","o":{"a":"y","deep":{"n":12}},"l":[1,2,3],"rows":[{"a":"1"},{}],"lists":[[0.5],[]]})",
    R"({ "l" : [ 1 , -2 ] , "a" : "q\"\\\/\b\f\n\r\t\u00e9\ud834\udd1e" , "o" : { } , "u" : "é" })",
    R"({"zz":{"q":[[],{}],"r":true},"o":{"x":1,"a":null},"yy":-0,"l":{"not":"a list"}})",
    R"({"a key that is much longer than what is compared in one go":1,"\"quoted\" é":2,"a":3})",
    R"({"l":[123456789012345678,1234567,12345678,0.125,1e-7],"lists":[[1,[2]],3],"rows":[4,[5]]})",
    "{}",
    "  {\"a\":false}\t\r"};

TEST_F(LineWalkerJudged, PlainLinesAreTaken) {
  for (const std::string line : kPlainLines) {
    EXPECT_TRUE(pair_.Compare(line)) << line;
    EXPECT_TRUE(pair_.Compare(line)) << line << ": with the order of keys learned";
  }
}

TEST_F(LineWalkerJudged, RareLinesAreLeft) {
  for (const std::string line :
       {R"({"a":1,"a":2})", R"({"zz":1,"zz":2})", R"({"a":{"b":1,"b":2}})", R"({"m":{"k":1}})",
        R"([1])", "1", "", " ", "\r", R"({"a":"\ud800"})", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(pair_.Compare(line)) << line;
  }
  const auto nested = [](int depth) {
    return "{\"a\":" + std::string(static_cast<size_t>(depth - 1), '[') +
           std::string(static_cast<size_t>(depth - 1), ']') + "}";
  };
  EXPECT_TRUE(pair_.Compare(nested(64)));
  EXPECT_FALSE(pair_.Compare(nested(65)));
}

// Objects of up to 100 keys that the contract does not know: more than are learned, too long ones,
// with escapes, in another order each time, some of them twice.
TEST_F(LineWalkerJudged, UnknownKeys) {
  std::mt19937 random(5);
  const auto pick = [&](size_t count) { return random() % count; };
  const auto key = [&] {
    const size_t number = pick(100);
    if (number % 17 == 3) return "k\\u00" + std::to_string(10 + number % 90);
    return std::string(1 + number % 34, 'k') + std::to_string(number);
  };
  const std::function<std::string(int)> object = [&](int depth) {
    std::string text;
    const size_t count = pick(4) == 0 ? pick(100) : pick(4);
    for (size_t i = 0; i < count; ++i) {
      text += (i == 0 ? "" : ",") + ("\"" + key() + "\"") + (pick(9) == 0 ? " : " : ":");
      text += depth < 3 && pick(5) == 0 ? object(depth + 1) : pick(5) == 0 ? "[{}]" : "1";
    }
    return "{" + text + "}";
  };
  for (int64_t i = 0; i < 5'000 * TestScale() && !HasFailure(); ++i) {
    pair_.Compare(object(0));
    pair_.Compare("{\"a\":1,\"u\":" + object(1) + ",\"o\":" + object(1) + "}");
  }
  EXPECT_GT(pair_.taken, 2'000);
}

TEST_F(LineWalkerJudged, MutatedLines) {
  std::mt19937 random(11);
  const auto pick = [&](size_t count) { return random() % count; };
  const std::vector<std::string> pieces = {"{",    "}", "[", "]",  ":",  ",",     "\"", "\\",
                                           "\\u0", "1", "-", ".",  "e",  "null",  " ",  "\n",
                                           "\r",   "0", "]", "{}", "[]", "\"a\":"};
  for (int64_t i = 0; i < 100'000 * TestScale() && !HasFailure(); ++i) {
    std::string line = kPlainLines[pick(std::size(kPlainLines))];
    for (size_t change = pick(4); change > 0 && !line.empty(); --change) {
      const size_t at = pick(line.size());
      switch (pick(4)) {
        case 0:
          line[at] = static_cast<char>(random());
          break;
        case 1:
          line.erase(at, 1 + pick(4));
          break;
        case 2:
          line.insert(at, line.substr(pick(line.size()), 1 + pick(20)));
          break;
        default:
          line.insert(at, pieces[pick(pieces.size())]);
      }
    }
    pair_.Compare(line);
  }
  EXPECT_GT(pair_.taken, 100'000);
  EXPECT_GT(pair_.explained, 100'000);
}

// As many members as no index of 15 or 16 bits can tell apart; beyond those that the quick walker
// takes, the exact one does.
TEST(LineWalkerOfManyMembers, FindsTheLastOnes) {
  for (const size_t members : {size_t{40'000}, kMostKnown, kMostKnown + 1}) {
    MadePlan made;
    std::string line = "{", backwards = "{";
    for (size_t i = 0; i < members; ++i) {
      made.Add("c" + std::to_string(i));
      const char* comma = i + 1 < members ? "," : "}";
      line += "\"c" + std::to_string(i) + "\":\"" + std::to_string(i) + "\"" + comma;
      backwards += "\"c" + std::to_string(members - 1 - i) + "\":\"x\"" + comma;
    }
    const CheckPlan plan = made.plan();
    const JsonLayout layout = MakeJsonLayout(plan.fields);
    EXPECT_EQ(layout.Find("c" + std::to_string(members - 1)), static_cast<int>(members) - 1);
    EXPECT_EQ(layout.Find("c" + std::to_string(members)), -1);
    WalkPair pair(&layout, {});
    for (const std::string& text : {line, backwards}) {
      EXPECT_EQ(pair.Compare(text), members <= kMostKnown) << members;
    }
    EXPECT_FALSE(pair.Compare("{\"c0\":1,\"c" + std::to_string(members - 1) + "\":1,\"c0\":2}"));
  }
}

}  // namespace
}  // namespace lakegate
