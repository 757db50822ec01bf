#include "run/partition_plan.h"

#include <algorithm>

#include "core/sha256.h"
#include "run/due.h"
#include "validate/number_text.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

void AddMode(const Publish& publish, std::string* text) {
  *text += std::string("mode=") + Name(publish.mode) + "\n";
  for (const DatePartition& date : publish.date_columns) *text += "date=" + date.column + "\n";
  for (const std::string& column : publish.key) *text += "key=" + column + "\n";
  *text += "order_by=" + publish.order_by + "\ntombstone=" + publish.tombstone.column + "=" +
           publish.tombstone.value + "\n";
}

// The path's value as the column stores it; nothing if it is no such value, or text.
std::optional<Scalar> PathScalar(const FieldPlan& field, const std::string& text) {
  Scalar scalar;
  bool fine = false;
  switch (field.type.kind) {
    case TypeKind::kInteger:
      fine = ParseInteger(text, field.type, NumberSyntax::kText, &scalar.integer) ==
             NumberOutcome::kFine;
      break;
    case TypeKind::kDate:
      fine = ParseIsoDate(text, &scalar.integer) == TemporalOutcome::kFine;
      break;
    default:
      break;
  }
  return fine ? std::optional<Scalar>(scalar) : std::nullopt;
}

// A record without its key could not be found again. That keys occur once is what the upsert is
// for: records of one key are versions of a row, no copies.
void FitToUpsert(const Publish& publish, CheckPlan* plan) {
  for (FieldPlan& field : plan->fields) {
    const bool is_key = std::ranges::find(publish.key, field.name) != publish.key.end();
    if (is_key && field.required_rule < 0) field.required_rule = field.type_rule;
  }
  std::erase_if(plan->unique_keys, [&](const UniqueKey& unique) {
    if (unique.fields.size() != publish.key.size()) return false;
    return std::ranges::all_of(unique.fields, [&](const FieldPath& path) {
      const std::string& name = FieldAt(plan->fields, path).path;
      return std::ranges::find(publish.key, name) != publish.key.end();
    });
  });
}

}  // namespace

Status CheckPathValues(const CheckPlan& plan, const DiscoveredPartition& partition) {
  for (const FieldPlan& field : plan.fields) {
    const auto value = partition.values.find(field.name);
    if (value == partition.values.end() || field.type.kind == TypeKind::kString) continue;
    if (PathScalar(field, value->second)) continue;
    return Error{
        ErrorCode::kInvalidData,
        "the path says " + field.name + "=" + value->second + ", which is no " + Name(field.type),
        "land the files under a right value, or change the type in the contract "
        "(partition columns are strings, integers or ISO dates)"};
  }
  return {};
}

std::string OptionsText(const Dataset& dataset) {
  const Landing& landing = dataset.landing;
  const CsvDialect& csv = landing.input.csv;
  const ReadLimits& limits = landing.input.limits;
  std::string text;
  const auto add = [&](const std::string& name, const auto& value) {
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) {
      text += name + "=" + std::to_string(value) + "\n";
    } else {
      text += name + "=" + std::string(value) + "\n";
    }
  };
  add("format", landing.format ? static_cast<int>(*landing.format) : -1);
  add("delimiter", static_cast<int>(csv.delimiter));
  add("quote", csv.quote ? static_cast<int>(*csv.quote) : -1);
  add("escape", csv.escape ? static_cast<int>(*csv.escape) : -1);
  add("comment", csv.comment ? static_cast<int>(*csv.comment) : -1);
  add("header", static_cast<int>(csv.header));
  add("encoding", static_cast<int>(csv.encoding));
  for (const std::string& null : csv.null_values) add("null", null);
  add("skip_lines", csv.skip_lines);
  add("multiline", static_cast<int>(csv.multiline));
  add("order", static_cast<int>(csv.order));
  add("max_depth", limits.max_depth);
  add("max_record_bytes", limits.max_record_bytes);
  add("duplicate_keys", static_cast<int>(limits.duplicate_keys));
  add("on_violation", static_cast<int>(dataset.on_violation));
  add("budget_rows", dataset.quarantine_budget.rows.value_or(-1));
  add("budget_percent", dataset.quarantine_budget.percent.value_or(-1));
  add("min_files", landing.expect.min_files);
  add("min_records", landing.expect.min_records);
  add("min_bytes", landing.expect.min_bytes);
  add("max_bytes", landing.expect.max_bytes.value_or(-1));
  if (landing.all_must_pass) add("all_must_pass", 1);
  if (landing.batch_files) add("batch_files", *landing.batch_files);
  add("codec", static_cast<int>(dataset.publish.codec));
  for (const std::string& column : dataset.publish.partition_by) add("partition_by", column);
  if (dataset.publish.mode != PublishMode::kReplacePartition) AddMode(dataset.publish, &text);
  for (const auto& [name, kind] : dataset.publish.add_columns) add(name, static_cast<int>(kind));
  return text;
}

std::string FingerprintOf(const DatasetSetup& setup, const DiscoveredPartition& partition) {
  std::string text =
      "lakegate fingerprint 1\n" + setup.plan->contract_hash + "\n" + OptionsText(*setup.dataset);
  for (const LandedFile& file : partition.files) {
    text += file.path + "\n" + file.sha256 + "\n";
  }
  return Sha256Hex(text);
}

CheckPlan PlanForPartition(const CheckPlan& plan, const DiscoveredPartition& partition,
                           const Publish& publish) {
  CheckPlan fitted = plan;
  if (publish.mode == PublishMode::kUpsert) FitToUpsert(publish, &fitted);
  for (FieldPlan& field : fitted.fields) {
    const auto value = partition.values.find(field.name);
    field.from_path = value != partition.values.end();
    if (!field.from_path) continue;
    Constraint same;
    same.kind = ConstraintKind::kEnum;
    same.rule = field.type_rule;
    same.values = {value->second};
    if (const std::optional<Scalar> scalar = PathScalar(field, value->second)) {
      same.scalars = {*scalar};
    }
    field.constraints.push_back(std::move(same));
  }
  return fitted;
}

JobOptions JobOptionsFor(const Dataset& dataset, const RunSettings& settings) {
  JobOptions options = settings.job;
  const Landing& landing = dataset.landing;
  options.read.format = landing.input;
  options.read.forced_format = landing.format;
  options.read.expect = {landing.expect.min_bytes, landing.expect.max_bytes};
  options.min_records = landing.expect.min_records;
  options.threads = settings.threads;
  options.store_columns = true;
  return options;
}

std::vector<int> PathColumns(const CheckPlan& plan, const DiscoveredPartition& partition) {
  std::vector<int> columns;
  for (size_t i = 0; i < plan.fields.size(); ++i) {
    if (partition.values.contains(plan.fields[i].name)) columns.push_back(static_cast<int>(i));
  }
  return columns;
}

std::vector<ConstantColumn> ConstantsFor(const Dataset& dataset, const RunSettings& settings,
                                         const std::string& run_id) {
  std::vector<ConstantColumn> constants;
  for (const auto& [name, kind] : dataset.publish.add_columns) {
    const bool per_row = kind == AddedColumn::kSourceFile || kind == AddedColumn::kSourceLine ||
                         kind == AddedColumn::kLandedAt;
    if (per_row) continue;  // see run/row_columns.h
    ConstantColumn constant;
    constant.name = name;
    if (kind == AddedColumn::kRunStartedAt) {
      constant.type.kind = TypeKind::kTimestamp;
      constant.value.integer = settings.now_us;
    } else if (kind == AddedColumn::kRunId) {
      constant.text = run_id;
    } else if (kind == AddedColumn::kCodeVersion) {
      constant.text = settings.code_version;
    }
    constants.push_back(std::move(constant));
  }
  return constants;
}

}  // namespace lakegate
