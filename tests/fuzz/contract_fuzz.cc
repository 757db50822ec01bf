// Mutates contracts and reads, lints and compiles them; the plans that come out check records.
// Nothing may crash, hang or eat memory, and what a contract means depends on its text alone.
//
//   contract_fuzz --seconds N [--seed S]    N seconds from seed S (default 1) on
//   contract_fuzz --replay S                only the round of seed S, with its text
//   contract_fuzz --canary                  with a planted fault; must end with exit code 1
//
// Each round depends on its seed alone. A round that takes 10 seconds is ended by SIGALRM.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "contract/compile.h"
#include "quality/metrics.h"
#include "read/record_reader.h"
#include "tests/support/seen_records.h"
#include "validate/record_checker.h"

namespace lakegate {
namespace {

struct Options {
  int64_t seconds = 10;
  uint64_t seed = 1;
  bool replay = false;
  bool canary = false;  // a rule is forgotten in every second compilation
};

constexpr unsigned kSecondsPerRound = 10;
constexpr rlim_t kMaxMemoryBytes = rlim_t{2} << 30;

// Every kind of property and quality item, one a line, so that lines can be mixed.
const std::vector<std::string>& Lines() {
  static const std::vector<std::string> lines = {
      "      - {name: a, logicalType: string, required: true, unique: true}\n",
      "      - {name: b, logicalType: integer, primaryKey: true, logicalTypeOptions: {minimum: 0, "
      "multipleOf: 3, format: i8}}\n",
      "      - {name: c, logicalType: number, physicalType: \"decimal(9,2)\", enum: [{value: "
      "1}]}\n",
      "      - {name: d, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: "
      "Europe/Rome, minimum: '2020-01-01'}}\n",
      "      - {name: e, logicalType: date, logicalTypeOptions: {format: 'dd.MM.[uuuu]'}}\n",
      "      - {name: f, logicalType: string, logicalTypeOptions: {pattern: '^(a|b)+[c-f]{2,9}$', "
      "minLength: 1}}\n",
      "      - {name: g, logicalType: array, logicalTypeOptions: {uniqueItems: true}, items: "
      "{logicalType: integer, quality: [{metric: nullValues, mustBe: 0}]}}\n",
      "      - {name: h, logicalType: object, properties: [{name: i, logicalType: string, unique: "
      "true}], logicalTypeOptions: {required: [i]}}\n",
      "      - {name: j, logicalType: map, map: {key: {logicalType: integer}, value: {logicalType: "
      "boolean}}}\n",
      "      - {name: k, logicalType: vector, logicalTypeOptions: {dimensions: 2, normalized: "
      "true}}\n",
      "      - {name: l, quality: [{metric: duplicateValues, unit: percent, mustBeLessThan: 2, "
      "customProperties: [{property: lakegate.nulls, value: equal}]}]}\n",
      "      - {name: m, logicalType: integer, quality: [{metric: rowCount, mustBe: 1, "
      "customProperties: [{property: lakegate.filter, value: \"a LIKE 'x%' AND (b > 2.5 OR h.i IS "
      "NULL) AND d < '2021-01-01'\"}]}]}\n",
      "      - {name: n, quality: [{metric: invalidValues, arguments: {validValues: [a, null], "
      "pattern: x}, mustBeBetween: [1, 2]}]}\n",
      "      - {name: o, quality: [{type: sql, query: 'SELECT 1', mustBe: 1}], relationships: "
      "[{to: t.a}]}\n",
      "      - &x {name: p, customProperties: [{property: lakegate.enum, value: [a, 1]}]}\n",
      "      - {<<: *x, name: q}\n",
  };
  return lines;
}

const std::vector<std::string>& Pieces() {
  static const std::vector<std::string> pieces = {"{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ":",
                                                  "- ",
                                                  "\n",
                                                  "  ",
                                                  "'",
                                                  "\"",
                                                  "null",
                                                  "true",
                                                  "-1",
                                                  "1e9",
                                                  "0x7f",
                                                  ".nan",
                                                  "&y ",
                                                  "*y",
                                                  "|\n",
                                                  ">-\n",
                                                  "#",
                                                  "!!str",
                                                  "(((",
                                                  ")",
                                                  "\\",
                                                  "\t",
                                                  "\xff",
                                                  "~",
                                                  "<<: ",
                                                  "? ",
                                                  "items: ",
                                                  "map: ",
                                                  "99999999999999999999",
                                                  "logicalType: ",
                                                  "properties: "};
  return pieces;
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}
  size_t Pick(size_t count) { return random_() % count; }

  std::string Contract() {
    static const char* kVersions[] = {"v3.2.0", "v3.2.0", "v3.1.0", "v3.0.2"};
    std::string text = std::string("apiVersion: ") + kVersions[Pick(4)] +
                       "\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\nschema:\n"
                       "  - name: t\n    logicalType: object\n    properties:\n";
    for (const std::string& line : Lines()) text += Pick(3) == 0 ? line : "";
    for (size_t changes = Pick(4) ? Pick(3) : Pick(30); changes > 0; --changes) Change(&text);
    if (Pick(50) == 0) text += "x: " + std::string(1 + Pick(100'000), "[{("[Pick(3)]);
    return text;
  }

 private:
  void Change(std::string* text) {
    if (text->empty()) return;
    const size_t at = Pick(text->size());
    switch (Pick(6)) {
      case 0:
        (*text)[at] = static_cast<char>(random_());
        break;
      case 1:
        text->erase(at, 1 + Pick(8));
        break;
      case 2:
        text->insert(at, text->substr(Pick(text->size()), Pick(80)));
        break;
      case 3:
        text->resize(at);
        break;
      default:
        text->insert(at, Pieces()[Pick(Pieces().size())]);
    }
  }
  std::mt19937_64 random_;
};

struct Statistics {
  int64_t rounds = 0;
  int64_t plans = 0;
  int64_t records = 0;
};

// The records of a plan may be anything but must add up.
std::string CheckRecords(const CheckPlan& plan, Statistics* statistics) {
  static const std::string lines =
      "{\"a\":\"x1\",\"b\":3,\"c\":1,\"d\":\"2020-06-01T00:00:00\",\"e\":\"01.02.2020\",\"f\":"
      "\"acd\",\"g\":[1,null],\"h\":{\"i\":\"z\"},\"j\":{\"1\":true,\"01\":false},\"k\":[0.6,0.8],"
      "\"m\":5}\n{\"a\":\"x1\",\"b\":\"3\",\"g\":{},\"h\":[],\"j\":{\"k\":1},\"k\":[1]}\n{}\n"
      "broken\n{\"h\":{\"i\":null},\"l\":{\"deep\":[[[1]]]},\"n\":1.50,\"p\":\"a\"}\n";
  const MetricLayout layout(plan);
  MetricObserver observer(plan, layout);
  UnitMetrics metrics;
  observer.Start(&metrics);
  RecordCheckerOptions options;
  options.store_columns = true;
  RecordChecker checker(plan, options, &observer);
  UnitResult result;
  checker.Start(&result);
  WindowBuffer window(64);
  TextSource source(lines);
  window.Start(&source, 0);
  const auto counts =
      MakeNdjsonReader(plan, {})->ReadUnit(&window, static_cast<int64_t>(lines.size()), &checker);
  if (!counts) return "the records could not be read: " + counts.error().message;
  statistics->records += result.records;
  if (result.records != 5) return "records were lost";
  for (const ColumnBuffer& column : result.columns) {
    if (column.length() != result.accepted) return "a column has another length than the table";
  }
  return "";
}

// Everything that a user could see of a compilation.
std::string Compiled(const std::string& text, CheckPlan* plan, bool* has_plan) {
  Diagnostics diagnostics;
  const auto contract = LoadContract(text, "c.yaml", diagnostics);
  std::string seen;
  if (contract && !contract->schema.empty()) {
    CompileOptions options;
    options.schema_name = contract->schema[0].name;
    auto compiled = Compile(*contract, options, diagnostics);
    *has_plan = compiled.has_value();
    if (*has_plan) *plan = *std::move(compiled);
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) seen += ToString(diagnostic) + "\n";
  if (!*has_plan) return seen;
  for (const RuleInfo& rule : plan->rules) seen += rule.id + " " + rule.promise + "\n";
  return seen + plan->contract_hash;
}

std::string Round(const Options& options, const std::string& text, Statistics* statistics) {
  CheckPlan plan, again;
  bool has_plan = false, has_plan_again = false;
  const std::string first = Compiled(text, &plan, &has_plan);
  std::string second = Compiled(text, &again, &has_plan_again);
  if (options.canary && has_plan) second.pop_back();
  if (first != second) return "the same text was understood in two ways";
  if (!has_plan && first.empty() && text.find("schema") != std::string::npos) {
    Diagnostics diagnostics;
    const auto contract = LoadContract(text, "c.yaml", diagnostics);
    if (contract && !contract->schema.empty()) return "refused without a reason";
  }
  if (!has_plan) return "";
  ++statistics->plans;
  const Coverage coverage = CoverageOf(plan);
  if (coverage.promises != coverage.enforced + coverage.informational + coverage.not_enforceable) {
    return "a promise is in no list";
  }
  return CheckRecords(plan, statistics);
}

int Run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(options.seconds);
  Statistics statistics;
  for (uint64_t seed = options.seed; Clock::now() < end; ++seed) {
    const std::string text = Mutator(seed).Contract();
    alarm(kSecondsPerRound);
    const std::string trouble = Round(options, text, &statistics);
    alarm(0);
    ++statistics.rounds;
    const auto number = static_cast<unsigned long long>(seed);
    if (!trouble.empty() || options.replay) {
      std::printf("text of seed %llu:\n%s\n", number, text.c_str());
    }
    if (!trouble.empty()) {
      std::printf("FAILED: %s; replay with --replay %llu\n", trouble.c_str(), number);
      return 1;
    }
    if (options.replay) break;
  }
  std::printf("%lld rounds, %lld plans, %lld records: no trouble\n",
              static_cast<long long>(statistics.rounds), static_cast<long long>(statistics.plans),
              static_cast<long long>(statistics.records));
  return statistics.plans > 0 || options.replay ? 0 : 1;
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

// The sanitizers map more than that for themselves.
void LimitMemory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit limit{kMaxMemoryBytes, kMaxMemoryBytes};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

}  // namespace
}  // namespace lakegate

int main(int argc, char** argv) {
  lakegate::LimitMemory();
  return lakegate::Run(lakegate::Parse(argc, argv));
}
