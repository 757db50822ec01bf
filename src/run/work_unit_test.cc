#include "run/work_unit.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "core/reason.h"
#include "run/strict_json.h"
#include "run/work_exchange.h"
#include "tests/support/result_matchers.h"

namespace lakegate {
namespace {

using Json = nlohmann::json;

constexpr int kRandomValues = 2000;
constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();

// Random values that prefer the ends of what is possible.
class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  int64_t Count() {
    constexpr int64_t kEdges[] = {0, 1, (int64_t{1} << 53) + 1, kLargest - 1, kLargest};
    const uint64_t value = random_();
    return value % 3 == 0 ? kEdges[value / 3 % 5] : static_cast<int64_t>(value >> (value % 60 + 1));
  }
  bool Flag() { return random_() % 2 == 0; }
  std::string Bytes() {
    std::string bytes(random_() % 12, ' ');
    const bool any = Flag();
    for (char& byte : bytes) byte = static_cast<char>(any ? random_() : random_() % 128);
    return bytes;
  }
  std::vector<int64_t> Counts() {
    std::vector<int64_t> counts(random_() % 5);
    for (int64_t& count : counts) count = Count();
    return counts;
  }

  WorkUnit Unit() {
    WorkUnit unit;
    unit.order = {Bytes(), Count(), Bytes(), Bytes(), Bytes(), Bytes(), Bytes()};
    unit.input.path = Bytes();
    if (Flag()) unit.input.size = Count();
    if (Flag()) unit.input.mtime_ns = Flag() ? Count() : -Count() - 1;
    unit.input.sha256 = Bytes();
    unit.format = Flag() ? FileFormat::kNdjson : FileFormat::kCsv;
    unit.compression = Flag()   ? Compression::kNone
                       : Flag() ? Compression::kGzip
                                : Compression::kZstd;
    unit.file = static_cast<uint32_t>(random_());
    unit.index = Count();
    if (unit.input.size && Flag()) {
      const int64_t end = *unit.input.size;
      unit.range = ByteRange{end - end % 7, end};
    }
    return unit;
  }

  WorkResult Answer() {
    WorkResult result;
    result.run_id = Bytes();
    result.lease_epoch = Count();
    result.file = static_cast<uint32_t>(random_());
    result.index = Count();
    result.part = Count();
    result.ends_unit = Flag();
    result.is_last = Flag();
    result.counts = {Count(), Count(), Count(), Count(), Count(), Count()};
    result.records = Count();
    result.accepted = Count();
    result.accepted_bytes = Count();
    result.quarantined_bytes = Count();
    result.rule_violations = Counts();
    result.structure_violations = Counts();
    for (const int64_t nulls : Counts())
      result.metrics.push_back({nulls, Count(), Count(), Count()});
    for (const int64_t count : Counts()) result.unknown_keys[Bytes()] = count;
    result.more_unknown_keys = Count();
    result.reject_file = Flag();
    const auto reasons = AllReasons();
    if (Flag()) {
      result.damage = FileReason{reasons[random_() % reasons.size()].code, Bytes(), Bytes()};
    }
    return result;
  }

 private:
  std::mt19937_64 random_;
};

void ExpectSameMetrics(const std::vector<MetricCounts>& got,
                       const std::vector<MetricCounts>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].nulls, want[i].nulls);
    EXPECT_EQ(got[i].missing, want[i].missing);
    EXPECT_EQ(got[i].invalid, want[i].invalid);
    EXPECT_EQ(got[i].rows, want[i].rows);
  }
}

void ExpectSame(const WorkResult& got, const WorkResult& want) {
  EXPECT_EQ(got.run_id, want.run_id);
  EXPECT_EQ(got.lease_epoch, want.lease_epoch);
  EXPECT_EQ(got.file, want.file);
  EXPECT_EQ(got.index, want.index);
  EXPECT_EQ(got.part, want.part);
  EXPECT_EQ(got.ends_unit, want.ends_unit);
  EXPECT_EQ(got.is_last, want.is_last);
  EXPECT_EQ(got.counts.first_offset, want.counts.first_offset);
  EXPECT_EQ(got.counts.end_offset, want.counts.end_offset);
  EXPECT_EQ(got.counts.lines, want.counts.lines);
  EXPECT_EQ(got.counts.blank_lines, want.counts.blank_lines);
  EXPECT_EQ(got.counts.skipped_bytes, want.counts.skipped_bytes);
  EXPECT_EQ(got.counts.line_end_bytes, want.counts.line_end_bytes);
  EXPECT_EQ(got.records, want.records);
  EXPECT_EQ(got.accepted, want.accepted);
  EXPECT_EQ(got.accepted_bytes, want.accepted_bytes);
  EXPECT_EQ(got.quarantined_bytes, want.quarantined_bytes);
  EXPECT_EQ(got.rule_violations, want.rule_violations);
  EXPECT_EQ(got.structure_violations, want.structure_violations);
  ExpectSameMetrics(got.metrics, want.metrics);
  EXPECT_EQ(got.unknown_keys, want.unknown_keys);
  EXPECT_EQ(got.more_unknown_keys, want.more_unknown_keys);
  EXPECT_EQ(got.reject_file, want.reject_file);
  ASSERT_EQ(got.damage.has_value(), want.damage.has_value());
  if (!want.damage) return;
  EXPECT_EQ(got.damage->code, want.damage->code);
  EXPECT_EQ(got.damage->label, want.damage->label);
  EXPECT_EQ(got.damage->message, want.damage->message);
}

std::string UnitError(const std::string& text) {
  const Result<WorkUnit> read = ReadWorkUnit(text);
  if (read) return "it was read";
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidData);
  return read.error().message;
}

std::string ResultError(const std::string& text) {
  const Result<WorkResult> read = ReadWorkResult(text);
  if (read) return "it was read";
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidData);
  return read.error().message;
}

// Each pointer to a member or item of `json`, at every depth.
void CollectPlaces(const Json& json, const Json::json_pointer& at,
                   std::vector<Json::json_pointer>* places) {
  for (const auto& [name, value] : json.items()) {
    const Json::json_pointer place = json.is_array() ? at / std::stoul(name) : at / name;
    places->push_back(place);
    if (value.is_structured()) CollectPlaces(value, place, places);
  }
}

// Whatever is put in place of a member must be refused. Returns how many were tried.
template <typename Read>
int ExpectEveryChangeRefused(const std::string& text, const Read& read) {
  const Json whole = Json::parse(text);
  std::vector<Json::json_pointer> places;
  CollectPlaces(whole, Json::json_pointer(), &places);
  const Json wrong[] = {1.5,
                        -1,
                        uint64_t{1} << 63,
                        Json::array({Json::object()}),
                        Json{{"no", "such"}},
                        Json{{"hex", "0"}}};
  for (const auto& place : places) {
    for (const Json& value : wrong) {
      if (place.back() == "mtime_ns" && value == -1) continue;  // before 1970
      Json changed = whole;
      changed[place] = value;
      EXPECT_FALSE(read(changed.dump())) << changed;
    }
    Json more = whole;
    if (more[place].is_object()) {
      more[place]["surplus"] = 1;
      EXPECT_FALSE(read(more.dump())) << more;
    }
    if (whole.at(place.parent_pointer()).is_array()) continue;  // lists have any length
    Json less = whole;
    less[place.parent_pointer()].erase(place.back());
    EXPECT_FALSE(read(less.dump())) << less;
  }
  for (size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(read(text.substr(0, size)));
  return static_cast<int>(places.size());
}

WorkUnit SomeUnit() {
  WorkUnit unit;
  unit.order = {"r", 3, "d", "p", "c", "v", "o"};
  unit.input = {"a.json", 100, 5, "ab"};
  unit.range = ByteRange{10, 90};
  return unit;
}

WorkResult SomeResult() {
  WorkResult result;
  result.rule_violations = {1};
  result.structure_violations = {0};
  result.metrics = {{1, 2, 3, 4}};
  result.unknown_keys = {{"k", 1}};
  result.damage = FileReason{ReasonCode::kChecksum, "l", "m"};
  return result;
}

TEST(WorkUnit, ComesBackAsItWasSent) {
  Maker maker(1);
  for (int i = 0; i < kRandomValues; ++i) {
    const WorkUnit unit = maker.Unit();
    ASSERT_OK_AND_ASSIGN(const WorkUnit read, ReadWorkUnit(ToJson(unit)));
    ASSERT_EQ(read, unit) << ToJson(unit);
  }
}

TEST(WorkResult, ComesBackAsItWasSent) {
  Maker maker(2);
  for (int i = 0; i < kRandomValues; ++i) {
    const WorkResult result = maker.Answer();
    ASSERT_OK_AND_ASSIGN(const WorkResult read, ReadWorkResult(ToJson(result)));
    ExpectSame(read, result);
    if (HasFailure()) FAIL() << ToJson(result);
  }
}

TEST(WorkUnit, EveryChangeIsRefused) {
  const auto read = [](const std::string& text) { return ReadWorkUnit(text).has_value(); };
  EXPECT_EQ(ExpectEveryChangeRefused(ToJson(SomeUnit()), read), 21);
}

TEST(WorkResult, EveryChangeIsRefused) {
  const auto read = [](const std::string& text) { return ReadWorkResult(text).has_value(); };
  EXPECT_EQ(ExpectEveryChangeRefused(ToJson(SomeResult()), read), 39);
}

TEST(WorkUnit, SaysWhatIsWrong) {
  EXPECT_EQ(UnitError("[1]"), "work unit: it is no JSON object");
  EXPECT_EQ(UnitError("{"), "work unit: it is no JSON");
  EXPECT_EQ(UnitError("{\"file\": 1, \"file\": 2}"), "work unit: 'file' occurs twice");
  EXPECT_EQ(UnitError("{\"format\": \"lakegate-work-unit/2\"}"),
            "work unit: its format is 'lakegate-work-unit/2', not lakegate-work-unit/1");
  WorkUnit unit = SomeUnit();
  unit.range->end = 101;
  EXPECT_EQ(UnitError(ToJson(unit)), "work unit, range: it goes beyond the input");
  unit.range = ByteRange{20, 10};
  EXPECT_EQ(UnitError(ToJson(unit)), "work unit, range: it ends before it begins");
  std::string large = ToJson(SomeUnit());
  large.replace(large.find("\"index\":0"), 9, "\"index\":9223372036854775808");
  EXPECT_EQ(UnitError(large), "work unit: 'index' is no integer of 64 bits");
}

TEST(WorkResult, SaysWhatIsWrong) {
  EXPECT_EQ(ResultError(ToJson(SomeUnit())),
            "work result: its format is 'lakegate-work-unit/1', not lakegate-work-result/1");
  Json json = Json::parse(ToJson(SomeResult()));
  json["unknown_keys"].push_back(json["unknown_keys"][0]);
  EXPECT_EQ(ResultError(json.dump()), "work result: 'unknown_keys' has a name twice");
}

TEST(WorkUnit, HugeInputIsAnError) {
  EXPECT_EQ(UnitError(std::string(kMaxStrictJsonBytes + 1, ' ')),
            "work unit: it has more than 67108864 bytes");
  EXPECT_EQ(UnitError(std::string(1'000'000, '[')), "work unit: it is no JSON");
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(UnitError("{\"order\":" + deep + "}"), "work unit: 'format' is missing");
}

// What crosses the border as JSON is what the committer sees; the rest stays in the bundle.
TEST(WorkExchange, TheNumbersArriveInTheBundle) {
  UnitBundle bundle;
  bundle.last = true;
  bundle.result.records = 7;
  bundle.result.accepted = 5;
  bundle.result.counts.end_offset = kLargest;
  bundle.result.unknown_keys["\xff"] = 2;
  bundle.result.rejects.resize(2);
  bundle.metrics.metrics = {{1, 2, 3, 4}};
  bundle.file_damage = FileReason{ReasonCode::kChecksum, "", "m"};
  ASSERT_OK(DeliverResult(SomeUnit(), true, &bundle));
  EXPECT_TRUE(bundle.last);
  EXPECT_EQ(bundle.result.records, 7);
  EXPECT_EQ(bundle.result.accepted, 5);
  EXPECT_EQ(bundle.result.counts.end_offset, kLargest);
  EXPECT_EQ(bundle.result.unknown_keys.at("\xff"), 2);
  EXPECT_EQ(bundle.result.rejects.size(), 2u);
  ExpectSameMetrics(bundle.metrics.metrics, {{1, 2, 3, 4}});
  ASSERT_TRUE(bundle.file_damage);
  EXPECT_EQ(bundle.file_damage->code, ReasonCode::kChecksum);
}

}  // namespace
}  // namespace lakegate
