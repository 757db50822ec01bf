// Mutates NDJSON and CSV texts and compares: the walkers with each other, with simdjson's DOM and
// with the obvious scanner, CSV with the slow reader, units and small windows with one go, and
// counts every byte.
//
//   reader_fuzz --seconds N [--seed S]    N seconds from seed S (default 1) on
//   reader_fuzz --replay S                only the round of seed S, with its text
//   reader_fuzz --canary                  with a planted fault; must end with exit code 1
//
// Each round depends on its seed alone. Exit code 1: a difference was found.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "read/json_explain.h"
#include "tests/support/made_plan.h"
#include "tests/support/read_in_units.h"
#include "tests/support/slow_csv.h"
#include "tests/support/walk_pair.h"

namespace lakegate {
namespace {

struct Options {
  int64_t seconds = 10;
  uint64_t seed = 1;
  bool replay = false;
  bool canary = false;  // forget the last unit's records
};

struct Statistics {
  int64_t rounds = 0;
  int64_t bytes = 0;
  int64_t records = 0;
  int64_t damaged = 0;
  int64_t units = 0;
  int64_t reread = 0;
  int64_t quick = 0;  // lines that the quick walkers took
};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}
  size_t Pick(size_t count) { return random_() % count; }

  std::string Text(const std::vector<std::string>& seeds, const std::vector<std::string>& pieces) {
    std::string text;
    for (size_t i = 1 + Pick(12); i > 0; --i) text += seeds[Pick(seeds.size())];
    for (size_t changes = Pick(10); changes > 0 && !text.empty(); --changes) {
      const size_t at = Pick(text.size());
      switch (Pick(6)) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, 1 + Pick(8));
          break;
        case 2:
          text.insert(at, text.substr(Pick(text.size()), Pick(40)));
          break;
        case 3:
          text.resize(at);
          break;
        default:
          text.insert(at, pieces[Pick(pieces.size())]);
      }
    }
    return text;
  }

  std::vector<int64_t> Cuts(size_t size) {
    std::vector<int64_t> cuts;
    const size_t step = 1 + Pick(100);
    for (size_t at = 1 + Pick(step); at < size; at += 1 + Pick(step)) {
      cuts.push_back(static_cast<int64_t>(at));
    }
    return cuts;
  }

 private:
  std::mt19937_64 random_;
};

const std::vector<std::string> kJsonSeeds = {
    "{\"a\":\"caf\xC3\xA9 \\u00e9\\ud834\\udd1e\",\"o\":{\"a\":null},\"l\":[1,-2.5e3]}\n",
    "{\"a\":\"plain\"}\r\n",
    "{}\n",
    "\n",
    " \t\r\n",
    "{\"l\":[[[[]]],{\"x\":true}],\"o\":{}}\n",
    "{\"zz\":\"" + std::string(80, 'z') + "\",\"a\":\"\\\\\\\"\"}\n"};
const std::vector<std::string> kJsonPieces = {
    "{",       "}",   "[", "]", ":",  ",",    "\"",   "\\",           "\n",  "\r\n",
    "\\ud800", "1e9", "-", "0", "\t", "\x01", "\xff", "\xED\xA0\x80", "null"};
const std::vector<std::string> kCsvSeeds = {"1,two,3\n",
                                            "\"q\",\"a \"\"b\"\"\",\n",
                                            "\n",
                                            "a,b,c\r\n",
                                            "\"multi\nline\",x,\"\"\n",
                                            "caf\xC3\xA9,\\\",#\n",
                                            std::string(70, 'x') + ",y,z\n",
                                            "#c\n"};
const std::vector<std::string> kCsvPieces = {",",    "\"", "\n",    "\r\n", "\\", ";",
                                             "\xff", "#",  "\",\"", "\r",   " ",  "\"\""};

CheckPlan Plan() {
  MadePlan made;
  made.Add("a");
  FieldPlan& object = made.Add("o", {TypeKind::kObject});
  made.AddChild(object, "a");
  made.AddChild(made.Add("l", {TypeKind::kArray}), "", {TypeKind::kInteger});
  return made.plan();
}

// In units and small windows the same as in one go, and no byte lost.
SeenFile CompareUnits(RecordReader* reader, const std::string& text, const Options& options,
                      Mutator* mutator, Statistics* statistics) {
  const SeenFile whole = ReadInUnits(reader, text, {}, kDefaultWindowBytes);
  const auto cuts = mutator->Cuts(text.size());
  SeenFile in_units = ReadInUnits(reader, text, cuts, 1 + mutator->Pick(200));
  if (options.canary && !in_units.records.empty()) in_units.records.pop_back();
  ExpectSame(in_units, whole, "in units");
  EXPECT_EQ(whole.data_bytes(), static_cast<int64_t>(text.size())) << "conservation";
  statistics->units += static_cast<int64_t>(cuts.size()) + 1;
  statistics->reread += in_units.reread;
  statistics->records += static_cast<int64_t>(whole.records.size());
  for (const SeenRecord& record : whole.records) statistics->damaged += !record.damage.empty();
  return whole;
}

// simdjson 3.0.1 refuses huge numbers and accepts lone low surrogates; both are left out.
bool DomIsNoJudge(std::string_view line) {
  size_t digits = 0;
  for (const char c : line) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 2) return true;
  }
  return line.find("\\ud") != std::string_view::npos || line.find("\\uD") != std::string_view::npos;
}

void NdjsonRound(const Options& options, Mutator* mutator, Statistics* statistics,
                 simdjson::dom::parser* dom, std::string* text) {
  static const CheckPlan plan = Plan();
  ReadLimits limits;
  if (mutator->Pick(4) == 0) limits.max_record_bytes = static_cast<int64_t>(1 + mutator->Pick(90));
  if (mutator->Pick(4) == 0) limits.max_depth = 3;
  const auto reader = MakeNdjsonReader(plan, limits);
  *text = mutator->Text(kJsonSeeds, kJsonPieces);
  const SeenFile whole = CompareUnits(reader.get(), *text, options, mutator, statistics);
  static const JsonLayout layout = MakeJsonLayout(plan.fields);
  WalkPair pair(&layout, limits);
  for (const SeenRecord& record : whole.records) {
    statistics->quick += pair.Compare(record.bytes) ? 1 : 0;
    const bool is_json = record.damage.empty() || record.damage.starts_with("not-an-object") ||
                         record.damage.starts_with("duplicate-key");
    if (!is_json && !record.damage.starts_with("json-syntax")) continue;
    EXPECT_EQ(is_json, !ExplainJson(record.bytes).has_value()) << record.bytes;
    if (DomIsNoJudge(record.bytes)) continue;
    EXPECT_EQ(is_json, dom->parse(record.bytes).error() == simdjson::SUCCESS) << record.bytes;
  }
}

void CsvRound(const Options& options, Mutator* mutator, Statistics* statistics, std::string* text) {
  static const CheckPlan plan = Plan();
  CsvDialect dialect;
  dialect.encoding = TextEncoding::kLatin1;  // the slow reader knows nothing of UTF-8
  if (mutator->Pick(3) == 0) dialect.escape = '\\';
  if (mutator->Pick(4) == 0) dialect.multiline = false;
  if (mutator->Pick(4) == 0) dialect.comment = '#';
  if (mutator->Pick(6) == 0) dialect.quote.reset();
  if (mutator->Pick(6) == 0) dialect.delimiter = ';';
  ReadLimits limits;
  const bool limited = mutator->Pick(4) == 0;
  if (limited) limits.max_record_bytes = static_cast<int64_t>(1 + mutator->Pick(90));
  auto columns = std::make_shared<CsvColumns>();
  for (int i = static_cast<int>(mutator->Pick(4)) - 1; i < 3; ++i) {
    columns->field_of_cell.push_back(i);  // -1: not in the contract
  }
  const auto reader = MakeCsvReader(plan, dialect, limits, columns);
  *text = mutator->Text(kCsvSeeds, kCsvPieces);
  const SeenFile whole = CompareUnits(reader.get(), *text, options, mutator, statistics);
  if (limited) return;
  const std::vector<SlowRow> slow = ReadSlowly(*text, dialect, columns->field_of_cell.size());
  ASSERT_EQ(whole.records.size(), slow.size());
  for (size_t i = 0; i < slow.size(); ++i) {
    const SeenRecord& record = whole.records[i];
    EXPECT_EQ(record.offset, slow[i].offset);
    EXPECT_EQ(record.length, slow[i].length);
    EXPECT_EQ(record.line, slow[i].line);
    EXPECT_EQ(record.damage.substr(0, record.damage.find('@')), slow[i].damage);
  }
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    const uint64_t value = i + 1 < argc ? std::strtoull(argv[i + 1], nullptr, 10) : 0;
    if (flag == "--seconds") options.seconds = static_cast<int64_t>(value), ++i;
    if (flag == "--seed" || flag == "--replay") options.seed = value, ++i;
    options.replay = options.replay || flag == "--replay";
    options.canary = options.canary || flag == "--canary";
  }
  return options;
}

int Run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(options.seconds);
  Statistics statistics;
  simdjson::dom::parser dom;
  for (uint64_t seed = options.seed; Clock::now() < end; ++seed) {
    Mutator mutator(seed);
    std::string text;
    if (mutator.Pick(2)) {
      NdjsonRound(options, &mutator, &statistics, &dom, &text);
    } else {
      CsvRound(options, &mutator, &statistics, &text);
    }
    ++statistics.rounds;
    statistics.bytes += static_cast<int64_t>(text.size());
    const bool failed = testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed();
    if (failed || options.replay)
      std::printf("text of seed %llu: %s\n", static_cast<unsigned long long>(seed),
                  testing::PrintToString(text).c_str());
    if (failed) {
      std::printf("FAILED: replay with --replay %llu\n", static_cast<unsigned long long>(seed));
      return 1;
    }
    if (options.replay) break;
  }
  std::printf(
      "%lld rounds, %lld bytes, %lld records (%lld damaged), %lld by the quick walker, %lld units "
      "(%lld read again): "
      "no difference\n",
      static_cast<long long>(statistics.rounds), static_cast<long long>(statistics.bytes),
      static_cast<long long>(statistics.records), static_cast<long long>(statistics.damaged),
      static_cast<long long>(statistics.quick), static_cast<long long>(statistics.units),
      static_cast<long long>(statistics.reread));
  return 0;
}

}  // namespace
}  // namespace lakegate

int main(int argc, char** argv) {
  testing::InitGoogleTest();
  return lakegate::Run(lakegate::Parse(argc, argv));
}
