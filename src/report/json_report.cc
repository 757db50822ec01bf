// The report as JSON. Format: docs/formats/report.md.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/report_model.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

// Bytes of records may be anything: what is not UTF-8 becomes U+FFFD here (never in quarantine).
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json FileJson(const FileOutcome& file) {
  Json reasons = Json::array();
  for (const FileReason& reason : file.reasons) {
    reasons.push_back(
        {{"code", Name(reason.code)}, {"label", reason.label}, {"message", reason.message}});
  }
  return {{"path", file.path},
          {"format", Name(file.format)},
          {"compression", Name(file.compression)},
          {"size", file.size},
          {"rejected", file.rejected},
          {"reasons", reasons},
          {"records", file.records},
          {"accepted", file.accepted},
          {"quarantined", file.records - file.accepted},
          {"blank", file.blank_lines},
          {"bytes",
           {{"read", file.bytes_read},
            {"accepted", file.accepted_bytes},
            {"quarantined", file.quarantined_bytes},
            {"skipped", file.skipped_bytes},
            {"line_ends", file.line_end_bytes}}}};
}

Json ThresholdValue(const Threshold& threshold) {
  if (!threshold.any_of.empty()) return threshold.any_of;
  const bool between =
      threshold.op == Operator::kMustBeBetween || threshold.op == Operator::kMustNotBeBetween;
  if (between) return Json::array({threshold.low, threshold.high});
  return threshold.low;
}

void AddThresholds(const std::vector<Threshold>& thresholds, Json* json) {
  if (thresholds.empty()) return;
  (*json)["operator"] = Name(thresholds[0].op);
  (*json)["threshold"] = ThresholdValue(thresholds[0]);
  for (size_t i = 1; i < thresholds.size(); ++i) {
    (*json)["more_thresholds"].push_back(
        {{"operator", Name(thresholds[i].op)}, {"threshold", ThresholdValue(thresholds[i])}});
  }
}

void AddMetric(const MetricRule& metric, const CheckPlan& plan, Json* json) {
  (*json)["metric"] = Name(metric.kind);
  Json columns = Json::array();
  for (const FieldPath& field : metric.fields) {
    columns.push_back(FieldAt(plan.fields, field).path);
  }
  if (metric.filter) (*json)["filter"] = metric.filter->text;
  if (!metric.definition.empty()) (*json)["definition"] = metric.definition;
  (*json)["column"] = columns.empty() ? Json() : columns.size() == 1 ? columns[0] : columns;
  (*json)["unit"] = metric.unit == MetricUnit::kPercent ? "percent" : "rows";
  AddThresholds(metric.thresholds, json);
}

// Of a rule with a query: the value as a number, and exact as text.
void AddQuery(const RuleResult& result, Json* json) {
  const QueryRule& query = *result.query;
  const bool measured = result.measured.state == MeasurementState::kMeasured;
  const bool percent = query.unit == MetricUnit::kPercent;
  (*json)["metric"] = Name(query.kind);
  (*json)["unit"] = percent ? "percent" : query.kind == QueryKind::kFreshness ? "seconds" : "value";
  (*json)["value"] = measured ? Json(result.value) : Json();
  (*json)["exact"] = measured && !percent ? Json(result.measured.value) : Json();
  (*json)["detail"] = result.measured.detail;
  AddThresholds(query.thresholds, json);
}

// The seven numbers (decision S15): every definition of "duplicates" is made of them.
Json DuplicatesJson(const RuleResult& result) {
  const KeyCounts& keys = *result.keys;
  return {{"rows", result.rows},
          {"non_null", result.non_null_keys},
          {"distinct", keys.distinct},
          {"once", keys.once},
          {"repeated", keys.repeated},
          {"rows_in_groups", keys.rows_in_groups},
          {"extra_copies", keys.extra_copies()}};
}

void AddBudget(const Budget& budget, Json* json) {
  (*json)["operator"] = "mustBeLessOrEqualTo";
  (*json)["threshold"] = 0;
  if (budget.rows) (*json)["threshold"] = *budget.rows;
  if (budget.percent) {
    (*json)["threshold"] = *budget.percent;
    (*json)["unit"] = "percent";
    const double base = (*json)["base"].get<double>();
    const double violations = (*json)["violations"].get<double>();
    (*json)["value"] = base == 0 ? 0.0 : 100.0 * violations / base;
  }
}

Json RuleJson(const RuleResult& result, const CheckPlan& plan) {
  Json json = {{"id", result.id},
               {"scope", "record"},
               {"metric", result.id},
               {"column", Json()},
               {"unit", "rows"},
               {"value", result.violations},
               {"operator", Json()},
               {"threshold", Json()},
               {"violations", result.violations},
               {"base", result.base},
               {"verdict", Name(result.verdict)}};
  if (result.metric) json["value"] = result.value;
  if (result.metric && result.metric->unit == MetricUnit::kRows) json["value"] = result.violations;
  if (result.rule < 0) {
    json["scope"] = result.id == "quarantine_budget" ? "dataset" : "structure";
    AddBudget(result.id == "quarantine_budget" ? plan.default_budget : Budget{}, &json);
    return json;
  }
  const RuleInfo& info = plan.rules[static_cast<size_t>(result.rule)];
  json["scope"] = info.scope == RuleScope::kRecord ? "record" : "dataset";
  json["metric"] = info.scope == RuleScope::kRecord ? Json(Name(info.code)) : Json();
  json["column"] = info.field.empty() ? Json() : Json(info.field);
  json["promise"] = info.promise;
  json["action"] = Name(info.action);
  json["contract_line"] = info.position.line;
  if (result.metric) {
    AddMetric(*result.metric, plan, &json);
    if (result.keys) json["duplicates"] = DuplicatesJson(result);
  } else if (result.query) {
    AddQuery(result, &json);
  } else if (info.scope == RuleScope::kRecord) {
    AddBudget(info.budget, &json);
  }
  if (!result.why_skipped.empty()) {
    json["value"] = Json();
    json["why_skipped"] = result.why_skipped;
  }
  if (info.enforcement != Enforcement::kEnforced) {
    json["value"] = Json();
    json["enforcement"] =
        info.enforcement == Enforcement::kInformational ? "informational" : "not_enforceable";
    json["why_not"] = info.why_not;
  }
  return json;
}

// A value such as 1e400 is JSON, but no number that this library holds: it is shown as text.
Json ReasonsJson(std::vector<Reason> reasons, const CheckPlan& plan) {
  for (Reason& reason : reasons) {
    const bool is_text = reason.value.starts_with('"');
    if (!is_text && !reason.value.empty() &&
        Json::parse(reason.value, nullptr, false).is_discarded()) {
      reason.value = Json(reason.value).dump();
    }
  }
  ByteBuffer text;
  AppendReasonsJson(reasons, plan, &text);
  return Json::parse(text.view(), nullptr, false);
}

Json SampleJson(const Sample& sample, const ReportModel& model) {
  return {{"file", model.outcome->files[sample.file].path},
          {"line", sample.record.line},
          {"record", sample.record.record},
          {"offset", sample.record.offset},
          {"length", sample.record.length},
          {"set_aside", sample.set_aside},
          {"reasons", ReasonsJson(sample.record.reasons, *model.plan)}};
}

}  // namespace

std::string RenderJson(const ReportModel& model) {
  const JobOutcome& outcome = *model.outcome;
  const CheckPlan& plan = *model.plan;
  const Coverage coverage = CoverageOf(plan);
  int64_t blank = 0;
  Json files = Json::array();
  for (const FileOutcome& file : outcome.files) {
    files.push_back(FileJson(file));
    if (!file.rejected) blank += file.blank_lines;
  }
  Json rules = Json::array();
  for (const RuleResult& result : outcome.gate.results) rules.push_back(RuleJson(result, plan));
  Json samples = Json::array();
  for (const Sample& sample : outcome.samples) samples.push_back(SampleJson(sample, model));
  Json json = {{"format", "lakegate-report/1"},
               {"kind", model.kind == ReportKind::kCheck ? "check" : "run"}};
  if (model.kind == ReportKind::kRun) {
    json["dataset"] = model.dataset;
    json["partition"] = model.partition;
    json["run_id"] = model.run_id;
    json["started_at"] = model.started_at;
    json["state"] = model.state;
    json["fingerprint"] = model.fingerprint;
    json["published_version"] =
        model.published_version > 0 ? Json(model.published_version) : Json();
  }
  json["verdict"] = Name(model.verdict);
  json["gate"] = outcome.gate.open ? "open" : "closed";
  json["contract"] = {{"id", plan.contract_id},
                      {"version", plan.contract_version},
                      {"file", plan.contract_file},
                      {"hash", plan.contract_hash},
                      {"schema", plan.dataset}};
  if (!plan.compat.empty()) json["compat"] = plan.compat;
  json["records"] = outcome.totals.records;
  json["accepted"] = outcome.totals.accepted;
  json["quarantined"] = outcome.totals.quarantined();
  json["blank"] = blank;
  json["coverage"] = {{"promises", coverage.promises},
                      {"enforced", coverage.enforced},
                      {"informational", coverage.informational},
                      {"not_enforceable", coverage.not_enforceable}};
  json["files"] = std::move(files);
  json["rules"] = std::move(rules);
  json["too_few_records"] = outcome.too_few_records;
  json["unknown_fields"] = outcome.unknown_keys;
  json["more_unknown_fields"] = outcome.more_unknown_keys;
  if (model.kind == ReportKind::kRun) {
    Json written = Json::array();
    for (const WrittenFile& file : outcome.table_files) {
      written.push_back({{"name", file.name}, {"size", file.size}, {"rows", file.rows}});
    }
    json["table_files"] = written;
  }
  json["quarantine"] =
      model.quarantine_directory.empty() ? Json() : Json(model.quarantine_directory);
  json["samples"] = std::move(samples);
  int64_t set_aside_samples = 0;
  for (const Sample& sample : outcome.samples) set_aside_samples += sample.set_aside ? 1 : 0;
  json["more_samples"] = std::max<int64_t>(0, outcome.totals.quarantined() - set_aside_samples);
  return Dump(json);
}

}  // namespace lakegate
