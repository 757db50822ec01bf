#include "run/run_texts.h"

#include <nlohmann/json.hpp>

#include "run/partition_queries.h"

namespace lakegate {

std::string CountersJson(const RunCounters& counters) {
  nlohmann::ordered_json json = {{"fingerprint", counters.inputs.fingerprint}};
  if (!counters.inputs.dependencies.empty()) json["dependencies"] = counters.inputs.dependencies;
  if (!counters.left.empty()) json["left"] = counters.left;
  if (const JobOutcome* const outcome = counters.outcome) {
    json["records"] = outcome->totals.records;
    json["accepted"] = outcome->totals.accepted;
    json["quarantined"] = outcome->totals.quarantined();
    json["files"] = outcome->files.size();
    json["units"] = outcome->units;
    json["quarantine"] = counters.quarantine;
  }
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string WhyClosed(const JobOutcome& outcome, size_t good_files, size_t min_files,
                      bool require_full_coverage) {
  std::string why;
  for (const RuleResult& rule : outcome.gate.results) {
    const bool uncovered = require_full_coverage && !rule.why_skipped.empty();
    const bool failed = rule.verdict == Verdict::kFailed || rule.verdict == Verdict::kError;
    if (!failed && !uncovered) continue;
    why += (why.empty() ? "" : ", ") + rule.id;
    if (uncovered) why += " (skipped: " + rule.why_skipped + ")";
    if (rule.verdict == Verdict::kError) why += " (" + rule.measured.detail + ")";
  }
  if (outcome.too_few_records) {
    why += (why.empty() ? "" : ", ") + std::string("too-few-records: ") +
           std::to_string(outcome.totals.accepted) + " accepted";
  }
  if (good_files < min_files) {
    why += (why.empty() ? "" : ", ") + std::string("too few files: ") + std::to_string(good_files) +
           " of " + std::to_string(min_files);
  }
  return why;
}

std::vector<MetricValue> MetricsOf(const JobOutcome& outcome, Verdict published) {
  const auto rows = static_cast<double>(outcome.totals.accepted);
  std::vector<MetricValue> values = {{kRowsMetric, rows, published}};
  for (const RuleResult& rule : outcome.gate.results) {
    if (rule.verdict == Verdict::kSkipped) continue;
    const bool measured = rule.measured.state == MeasurementState::kMeasured;
    values.push_back({rule.id, measured ? std::optional(rule.value) : std::nullopt, rule.verdict});
  }
  return values;
}

std::string WhyRejected(const FileOutcome& file) {
  return std::string(Name(file.reasons[0].code)) + ": " + file.reasons[0].message +
         (file.reasons.size() > 1 ? " (and " + std::to_string(file.reasons.size() - 1) + " more)"
                                  : "");
}

}  // namespace lakegate
