// The walker against two judges that share no code with its grammar: simdjson's DOM parser and
// the obvious scanner of json_explain.
#include "read/json_walker.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>
#include <vector>

#include "read/json_explain.h"
#include "read/window_buffer.h"
#include "tests/support/made_plan.h"
#include "tests/support/test_scale.h"

namespace lakegate {
namespace {

CheckPlan SmallPlan() {
  MadePlan made;
  made.Add("a");
  FieldPlan& object = made.Add("o", {TypeKind::kObject});
  made.AddChild(object, "a");
  FieldPlan& list = made.Add("l", {TypeKind::kArray});
  made.AddChild(list, "", {TypeKind::kInteger});
  return made.plan();
}

// Walker, DOM and explanation of one line each.
class Judges {
 public:
  explicit Judges(const ReadLimits& limits = {})
      : plan_(SmallPlan()),
        layout_(MakeJsonLayout(plan_.fields)),
        walker_(&layout_, limits),
        wordless_(&layout_, limits) {}

  // Compares the verdicts; counts what was compared. Returns the walker's.
  std::optional<Damage> Judge(std::string_view line) {
    padded_.assign(line);
    padded_.resize(line.size() + kWindowPadding, '"');  // must not be looked at
    const std::string_view text(padded_.data(), line.size());
    std::optional<Damage> damage = walker_.Walk(text);
    // That one never takes the words first.
    const std::optional<Damage> wordless = wordless_.Walk(text, false);
    EXPECT_EQ(wordless.has_value(), damage.has_value()) << line;
    if (damage && wordless) {
      EXPECT_EQ(wordless->code, damage->code) << line;
    }
    ++compared;
    accepted += damage ? 0 : 1;
    const bool is_json = !damage || damage->code == ReasonCode::kNotAnObject ||
                         damage->code == ReasonCode::kDuplicateKey;
    const auto trouble = ExplainJson(text);
    const bool is_beyond =
        damage && (damage->code == ReasonCode::kTooDeep || damage->code == ReasonCode::kTooLong);
    beyond += is_beyond ? 1 : 0;
    if (!is_beyond) {
      EXPECT_EQ(is_json, !trouble.has_value()) << line;
    }
    if (!is_beyond && !DiffersKnowingly(text)) {
      EXPECT_EQ(is_json,
                dom_.parse(padded_.data(), line.size(), false).error() == simdjson::SUCCESS)
          << line;
    }
    if (damage) {
      EXPECT_GE(damage->column, 0) << line;
      EXPECT_LE(damage->column, static_cast<int64_t>(line.size())) << line;
      EXPECT_FALSE(damage->message.empty()) << line;
      EXPECT_TRUE(simdjson::validate_utf8(damage->message)) << line;
    }
    return damage;
  }
  const RawRecord& record() const { return walker_.record(); }

  int64_t compared = 0;
  int64_t accepted = 0;
  int64_t beyond = 0;  // a limit

 private:
  // simdjson 3.0.1 refuses numbers beyond its types and accepts lone low surrogates.
  static bool DiffersKnowingly(std::string_view line) {
    if (line.find("\\u") != std::string_view::npos) return true;
    size_t digits = 0;
    for (const char c : line) {
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      if (digits > 17) return true;
    }
    const size_t e = line.find_first_of("eE");
    return e != std::string_view::npos && line.size() > e + 4 &&
           line.find_first_not_of("+-0123456789", e + 1) > e + 3;
  }

  CheckPlan plan_;
  JsonLayout layout_;
  JsonWalker walker_;
  JsonWalker wordless_;
  simdjson::dom::parser dom_;
  std::string padded_;
};

// Every string over `alphabet` of up to `longest` tokens, between `before` and `after`.
void JudgeAll(const std::vector<std::string>& alphabet, size_t longest, const std::string& before,
              const std::string& after, Judges* judges) {
  std::vector<size_t> digits;
  while (digits.size() <= longest && !testing::Test::HasFailure()) {
    std::string line = before;
    for (const size_t digit : digits) line += alphabet[digit];
    judges->Judge(line + after);
    size_t i = 0;
    while (i < digits.size() && ++digits[i] == alphabet.size()) digits[i++] = 0;
    if (i == digits.size()) digits.push_back(0);
  }
}

const std::vector<std::string> kAlphabet = {"{", "}", "[", "]", ":", ",",    "\"",   "\\",
                                            "1", "-", ".", "e", "n", "\x01", "\xff", " "};

TEST(JsonWalkerJudged, EveryShortLine) {
  Judges judges;
  JudgeAll(kAlphabet, TestScale() > 1 ? 6 : 5, "", "", &judges);
  EXPECT_GT(judges.compared, 1'000'000);
}

TEST(JsonWalkerJudged, EveryShortValue) {
  Judges judges;
  JudgeAll(kAlphabet, TestScale() > 1 ? 6 : 5, "{\"a\":", "}", &judges);
  EXPECT_GT(judges.compared, 1'000'000);
  EXPECT_GT(judges.accepted, 20);
}

TEST(JsonWalkerJudged, EveryShortString) {
  Judges judges;
  JudgeAll({"\\", "\"", "u", "0", "d", "\xc3", "\xa9", "\x80", "\x1f", "n"}, 5, "{\"a\":\"", "\"}",
           &judges);
  EXPECT_GT(judges.compared, 100'000);
  EXPECT_GT(judges.accepted, 1000);
}

TEST(JsonWalkerJudged, EveryShortSequenceOfTokens) {
  Judges judges;
  JudgeAll({"{", "}", "[", "]", ":", ",", "\"a\"", "1", "true"}, 6, "", "", &judges);
  EXPECT_GT(judges.compared, 500'000);
  EXPECT_EQ(judges.accepted, 7);  // {} and six of {"a": ...}
}

TEST(JsonWalkerJudged, LimitsBeforeAndBehindDamage) {
  ReadLimits limits;
  limits.max_depth = 3;
  Judges shallow(limits);
  JudgeAll({"{", "}", "[", "]", ",", "\"a\":", "1", "\xff"}, 6, "{\"a\":[", "", &shallow);
  EXPECT_GT(shallow.beyond, 1000);
  for (const size_t max_values : {4, 20, 100}) {
    limits = {};
    limits.max_values = max_values;
    Judges short_lists(limits);
    JudgeAll({"1", "{", "}", ",", "\"", "]", "[1,2,3,4]"}, 6, "{\"l\":[1,2", "]}", &short_lists);
    EXPECT_GT(short_lists.compared, 100'000);
    EXPECT_EQ(short_lists.beyond > 0, max_values < 20);
  }
}

TEST(JsonWalkerJudged, EveryShortNumber) {
  Judges judges;
  JudgeAll({"0", "1", "9", "-", "+", ".", "e", "E", " "}, 5, "{\"a\":", "}", &judges);
  EXPECT_GT(judges.accepted, 1000);
}

TEST(JsonWalkerJudged, MutatedLines) {
  const std::string lines[] = {
      R"({"a":"caf\u00e9 é","o":{"a":1,"b":[true,false,null]},"l":[1,2,-3.5e+2],"x":{"y":{}}})",
      R"({ "l" : [ ] , "a" : "q\"\\\/\b\f\n\r\t" , "o" : { } , "u" : "𝄞" })",
      R"({"order_id":"0b9f2c1e-1","amount":12.50,"tags":["a","b"],"note":null,"ok":true})",
      "{\"a\":\"" + std::string(150, 'x') + "\",\"l\":[" + std::string(100, '[') +
          std::string(100, ']') + "]}"};
  Judges judges;
  std::mt19937 random(7);
  const auto pick = [&](size_t count) { return random() % count; };
  for (int64_t i = 0; i < 200'000 * TestScale() && !HasFailure(); ++i) {
    std::string line = lines[pick(std::size(lines))];
    for (size_t change = 0; change <= pick(3); ++change) {
      const size_t at = pick(line.size());
      switch (pick(4)) {
        case 0:
          line[at] = static_cast<char>(random());
          break;
        case 1:
          line.erase(at, 1 + pick(4));
          break;
        case 2:
          line.insert(at, line.substr(pick(line.size()), 1 + pick(9)));
          break;
        default:
          line.insert(at, kAlphabet[pick(kAlphabet.size())]);
      }
      if (line.empty()) line = " ";
    }
    judges.Judge(line);
  }
  EXPECT_GT(judges.accepted, 1000);
  EXPECT_LT(judges.accepted, judges.compared / 2);
}

struct Sentence {
  const char* line;
  const char* verdict;  // the reason's name and column; empty: accepted
};

TEST(JsonWalker, RulesOfTheTable) {
  const Sentence sentences[] = {
      {"{}", ""},
      {"  {\t}\r", ""},
      {"\xEF\xBB\xBF{}", "json-syntax@0"},
      {"{\"a\":\"\xC0\xAF\"}", "json-syntax@6"},          // overlong
      {"{\"a\":\"\xED\xA0\x80\"}", "json-syntax@6"},      // surrogate, CESU-8
      {"{\"a\":\"\xF4\x90\x80\x80\"}", "json-syntax@6"},  // beyond U+10FFFF
      {"{\"a\":\"x\x1f\"}", "json-syntax@7"},             // raw control byte
      {"{\"a\":\"x\ty\"}", "json-syntax@7"},
      {"{\"a\":\"\x7f\"}", ""},
      {R"({"a":"\ud800"})", "json-syntax@6"},
      {R"({"a":"\udc00"})", "json-syntax@6"},
      {R"({"a":"\ud800\u0041"})", "json-syntax@6"},
      {R"({"a":"\ud834\udd1e"})", ""},
      {R"({"a":"\u0000"})", ""},
      {R"({"a":"\u12g4"})", "json-syntax@6"},
      {R"({"a":"\x"})", "json-syntax@6"},
      {R"({"a":NaN})", "json-syntax@5"},
      {R"({"a":Infinity})", "json-syntax@5"},
      {R"({"a":-Infinity})", "json-syntax@5"},
      {R"({"a":01})", "json-syntax@5"},
      {R"({"a":+1})", "json-syntax@5"},
      {R"({"a":.5})", "json-syntax@5"},
      {R"({"a":1.})", "json-syntax@5"},
      {R"({"a":-})", "json-syntax@5"},
      {R"({"a":1e400})", ""},  // its size is the type check's business
      {R"({"a":nulll})", "json-syntax@5"},
      {R"({"a":1,})", "json-syntax@7"},
      {R"({"l":[1,]})", "json-syntax@8"},
      {R"({"a":1} x)", "json-syntax@8"},
      {R"({"a":1}{"a":2})", "json-syntax@7"},
      {R"({"a":1 "b":2})", "json-syntax@7"},
      {R"({"a" 1})", "json-syntax@5"},
      {R"({a:1})", "json-syntax@1"},
      {R"({"a":1)", "json-syntax@6"},
      {R"({"a":"x)", "json-syntax@5"},
      {R"([1])", "not-an-object@0"},
      {R"( "x")", "not-an-object@1"},
      {R"(17)", "not-an-object@0"},
      {R"([1)", "json-syntax@2"},
      {R"({"a":1,"a":2})", "duplicate-key@7"},
      {R"({"a":1,"\u0061":2})", "duplicate-key@7"},
      {R"({"x":1,"x":2})", "duplicate-key@7"},
      {R"({"x":{"y":1,"y":2}})", "duplicate-key@12"},
      {R"({"o":{"a":1,"a":2}})", "duplicate-key@12"},
      {R"({"l":[{"y":1,"\u0079":2}]})", "duplicate-key@13"},
      {R"({"x":{"y":1},"o":{"y":1},"y":1})", ""},
      {R"({"a":1,"a":})", "json-syntax@11"},  // broken goes first
  };
  Judges judges;
  for (const Sentence& sentence : sentences) {
    const auto damage = judges.Judge(sentence.line);
    const std::string verdict =
        damage ? std::string(Name(damage->code)) + "@" + std::to_string(damage->column) : "";
    EXPECT_EQ(verdict, sentence.verdict) << sentence.line;
  }
}

}  // namespace
}  // namespace lakegate
