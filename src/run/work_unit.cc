#include "run/work_unit.h"

#include <limits>

#include "run/strict_json.h"

namespace lakegate {
namespace {

using Json = nlohmann::json;

constexpr const char* kUnit = "work unit";
constexpr const char* kResult = "work result";

Json OrNull(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(); }

// An object, even when its only member would make it look like a list.
Json OrderJson(const WorkOrder& order) {
  Json json = Json::object();
  json["run_id"] = BytesAsJson(order.run_id);
  json["lease_epoch"] = order.lease_epoch;
  json["dataset"] = BytesAsJson(order.dataset);
  json["partition"] = BytesAsJson(order.partition);
  json["contract_hash"] = BytesAsJson(order.contract_hash);
  json["code_version"] = BytesAsJson(order.code_version);
  json["options"] = BytesAsJson(order.options);
  return json;
}

Json InputJson(const WorkUnit& unit) {
  Json json = Json::object();
  json["path"] = BytesAsJson(unit.input.path);
  json["size"] = OrNull(unit.input.size);
  json["mtime_ns"] = OrNull(unit.input.mtime_ns);
  json["sha256"] = BytesAsJson(unit.input.sha256);
  json["format"] = Name(unit.format);
  json["compression"] = Name(unit.compression);
  return json;
}

Result<WorkOrder> ReadOrder(const Json& json) {
  StrictObject object(json, std::string(kUnit) + ", order");
  WorkOrder order;
  order.run_id = object.Bytes("run_id");
  order.lease_epoch = object.Count("lease_epoch");
  order.dataset = object.Bytes("dataset");
  order.partition = object.Bytes("partition");
  order.contract_hash = object.Bytes("contract_hash");
  order.code_version = object.Bytes("code_version");
  order.options = object.Bytes("options");
  LAKEGATE_TRY(object.Finish());
  return order;
}

// The one of `values` with this name.
template <typename Value>
Value Named(StrictObject* object, const char* member, std::initializer_list<Value> values) {
  const std::string name = object->Bytes(member);
  for (const Value value : values) {
    if (name == Name(value)) return value;
  }
  object->Fail("'" + std::string(member) + "' is '" + name + "', which is not known");
  return *values.begin();
}

Status ReadInput(const Json& json, WorkUnit* unit) {
  StrictObject object(json, std::string(kUnit) + ", input");
  unit->input.path = object.Bytes("path");
  unit->input.size = object.OptionalInteger("size");
  if (unit->input.size.value_or(0) < 0) object.Fail("'size' is negative");
  unit->input.mtime_ns = object.OptionalInteger("mtime_ns");
  unit->input.sha256 = object.Bytes("sha256");
  unit->format = Named(&object, "format", {FileFormat::kNdjson, FileFormat::kCsv});
  unit->compression =
      Named(&object, "compression", {Compression::kNone, Compression::kGzip, Compression::kZstd});
  return object.Finish();
}

Status ReadRange(const Json& json, WorkUnit* unit) {
  StrictObject object(json, std::string(kUnit) + ", range");
  unit->range = ByteRange{object.Count("begin"), object.Count("end")};
  if (unit->range->begin > unit->range->end) object.Fail("it ends before it begins");
  if (unit->range->end > unit->input.size.value_or(0)) object.Fail("it goes beyond the input");
  return object.Finish();
}

void CheckFormat(StrictObject* object, const char* expected) {
  const std::string format = object->Bytes("format");
  if (format != expected) object->Fail("its format is '" + format + "', not " + expected);
}

uint32_t ReadFileIndex(StrictObject* object) {
  const int64_t file = object->Count("file");
  if (file > std::numeric_limits<uint32_t>::max()) object->Fail("'file' is too large");
  return static_cast<uint32_t>(file);
}

Json CountsJson(const UnitCounts& counts) {
  return {{"first_offset", counts.first_offset},
          {"end_offset", counts.end_offset},
          {"lines", counts.lines},
          {"blank_lines", counts.blank_lines},
          {"skipped_bytes", counts.skipped_bytes},
          {"line_end_bytes", counts.line_end_bytes}};
}

Result<UnitCounts> ReadCounts(const Json& json) {
  StrictObject object(json, std::string(kResult) + ", counts");
  UnitCounts counts;
  counts.first_offset = object.Count("first_offset");
  counts.end_offset = object.Count("end_offset");
  counts.lines = object.Count("lines");
  counts.blank_lines = object.Count("blank_lines");
  counts.skipped_bytes = object.Count("skipped_bytes");
  counts.line_end_bytes = object.Count("line_end_bytes");
  LAKEGATE_TRY(object.Finish());
  return counts;
}

Json MetricsJson(const std::vector<MetricCounts>& metrics) {
  Json json = Json::array();
  for (const MetricCounts& metric : metrics) {
    json.push_back({{"nulls", metric.nulls},
                    {"missing", metric.missing},
                    {"invalid", metric.invalid},
                    {"rows", metric.rows}});
  }
  return json;
}

Result<MetricCounts> ReadMetric(const Json& json) {
  StrictObject object(json, std::string(kResult) + ", metrics");
  MetricCounts metric;
  metric.nulls = object.Count("nulls");
  metric.missing = object.Count("missing");
  metric.invalid = object.Count("invalid");
  metric.rows = object.Count("rows");
  LAKEGATE_TRY(object.Finish());
  return metric;
}

// A list of pairs: a name may be bytes that no member of an object can be called.
Json UnknownKeysJson(const UnknownKeys& keys) {
  Json json = Json::array();
  for (const auto& [key, count] : keys) json.push_back(Json::array({BytesAsJson(key), count}));
  return json;
}

void ReadUnknownKeys(StrictObject* object, UnknownKeys* keys) {
  const std::string name = "unknown_keys";
  for (const Json& pair : object->Array(name.c_str())) {
    if (!pair.is_array() || pair.size() != 2) return object->Fail("'unknown_keys' has no pairs");
    const std::string key = object->BytesOf(pair[0], name);
    if (!keys->emplace(key, object->CountOf(pair[1], name)).second) {
      return object->Fail("'unknown_keys' has a name twice");
    }
  }
}

Json DamageJson(const FileReason& reason) {
  return {{"code", Name(reason.code)},
          {"label", BytesAsJson(reason.label)},
          {"message", BytesAsJson(reason.message)}};
}

Result<FileReason> ReadDamage(const Json& json) {
  StrictObject object(json, std::string(kResult) + ", damage");
  const std::string name = object.Bytes("code");
  const std::optional<ReasonCode> code = ReasonCodeFromName(name);
  if (!code) object.Fail("'code' is '" + name + "', which is not known");
  const std::string label = object.Bytes("label");
  const std::string message = object.Bytes("message");
  LAKEGATE_TRY(object.Finish());
  return FileReason{*code, label, message};
}

}  // namespace

std::string ToJson(const WorkUnit& unit) {
  Json json = {{"format", kWorkUnitFormat}, {"order", OrderJson(unit.order)},
               {"input", InputJson(unit)},  {"file", unit.file},
               {"index", unit.index},       {"range", Json()}};
  if (unit.range) json["range"] = {{"begin", unit.range->begin}, {"end", unit.range->end}};
  return json.dump();
}

std::string ToJson(const WorkResult& result) {
  Json json = {{"format", kWorkResultFormat},
               {"run_id", BytesAsJson(result.run_id)},
               {"lease_epoch", result.lease_epoch},
               {"file", result.file},
               {"index", result.index},
               {"part", result.part},
               {"ends_unit", result.ends_unit},
               {"is_last", result.is_last},
               {"counts", CountsJson(result.counts)},
               {"records", result.records},
               {"accepted", result.accepted},
               {"accepted_bytes", result.accepted_bytes},
               {"quarantined_bytes", result.quarantined_bytes},
               {"rule_violations", result.rule_violations},
               {"structure_violations", result.structure_violations},
               {"metrics", MetricsJson(result.metrics)},
               {"unknown_keys", UnknownKeysJson(result.unknown_keys)},
               {"more_unknown_keys", result.more_unknown_keys},
               {"reject_file", result.reject_file},
               {"damage", result.damage ? DamageJson(*result.damage) : Json()}};
  return json.dump();
}

Result<WorkUnit> ReadWorkUnit(std::string_view text) {
  LAKEGATE_ASSIGN(const Json json, ParseStrictJson(text, kUnit));
  StrictObject object(json, kUnit);
  WorkUnit unit;
  CheckFormat(&object, kWorkUnitFormat);
  const Json& order = object.Object("order");
  const Json& input = object.Object("input");
  const Json* range = object.OptionalObject("range");
  unit.file = ReadFileIndex(&object);
  unit.index = object.Count("index");
  LAKEGATE_TRY(object.Finish());
  LAKEGATE_ASSIGN(unit.order, ReadOrder(order));
  LAKEGATE_TRY(ReadInput(input, &unit));
  if (range) LAKEGATE_TRY(ReadRange(*range, &unit));
  return unit;
}

Result<WorkResult> ReadWorkResult(std::string_view text) {
  LAKEGATE_ASSIGN(const Json json, ParseStrictJson(text, kResult));
  StrictObject object(json, kResult);
  WorkResult result;
  CheckFormat(&object, kWorkResultFormat);
  result.run_id = object.Bytes("run_id");
  result.lease_epoch = object.Count("lease_epoch");
  result.file = ReadFileIndex(&object);
  result.index = object.Count("index");
  result.part = object.Count("part");
  result.ends_unit = object.Flag("ends_unit");
  result.is_last = object.Flag("is_last");
  const Json& counts = object.Object("counts");
  result.records = object.Count("records");
  result.accepted = object.Count("accepted");
  result.accepted_bytes = object.Count("accepted_bytes");
  result.quarantined_bytes = object.Count("quarantined_bytes");
  result.rule_violations = object.Counts("rule_violations");
  result.structure_violations = object.Counts("structure_violations");
  const Json& metrics = object.Array("metrics");
  ReadUnknownKeys(&object, &result.unknown_keys);
  result.more_unknown_keys = object.Count("more_unknown_keys");
  result.reject_file = object.Flag("reject_file");
  const Json* damage = object.OptionalObject("damage");
  LAKEGATE_TRY(object.Finish());
  LAKEGATE_ASSIGN(result.counts, ReadCounts(counts));
  for (const Json& metric : metrics) {
    LAKEGATE_ASSIGN(const MetricCounts read, ReadMetric(metric));
    result.metrics.push_back(read);
  }
  if (damage) {
    LAKEGATE_ASSIGN(result.damage, ReadDamage(*damage));
  }
  return result;
}

}  // namespace lakegate
