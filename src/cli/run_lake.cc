#include "cli/run_lake.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/contract_file.h"
#include "cli/query_flags.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "core/clock.h"
#include "core/temporal_pattern.h"
#include "report/alert_delivery.h"
#include "report/html_report.h"
#include "report/profile_report.h"
#include "report/report_model.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

std::vector<RenderedReport> RenderRunReport(const RunReportInput& input) {
  ReportModel model;
  model.kind = ReportKind::kRun;
  model.plan = input.plan;
  model.outcome = input.outcome;
  model.verdict = input.verdict;
  model.quarantine_directory = input.quarantine_directory;
  model.dataset = input.dataset;
  model.partition = input.partition;
  model.run_id = input.run_id;
  model.started_at = FormatTimestamp(input.started_us);
  model.fingerprint = input.fingerprint;
  std::string json = RenderJson(model);
  std::string html = RenderHtml(json);
  return {{".json", std::move(json)}, {".html", std::move(html)}};
}

std::string Summary(const PartitionRunResult& result) {
  std::string text = result.dataset + "  " + result.key + "  " + Name(result.decision);
  if (result.outcome && result.decision == RunDecision::kPublished) {
    text += "  " + WithCommas(result.outcome->totals.accepted) + " rows";
  }
  if (result.outcome && result.outcome->totals.quarantined() > 0) {
    text += ", " + WithCommas(result.outcome->totals.quarantined()) + " set aside";
  }
  if (result.waiting > 0) {
    text +=
        ", " + WithCommas(result.waiting) + (result.waiting == 1 ? " file" : " files") + " to go";
  }
  if (result.decision == RunDecision::kUnchanged) text += ": already published from these files";
  if (result.decision == RunDecision::kGatedSame) text += " (as before, nothing new)";
  if (!result.why.empty()) text += ": " + result.why;
  text += "\n";
  if (!result.quarantine_directory.empty() && result.outcome) {
    text += "    set aside: " + result.quarantine_directory + "/rejects.ndjson\n";
  }
  const bool wants_report = result.decision == RunDecision::kGated ||
                            result.decision == RunDecision::kGatedSame ||
                            result.decision == RunDecision::kHeld;
  if (wants_report && !result.report_path.empty()) {
    text += "    report:    " + result.report_path + "\n";
  }
  if (!result.note.empty()) text += "    note:      " + result.note + "\n";
  return text;
}

// The failed rules of a closed gate, one a line.
std::string FailedRules(const PartitionRunResult& result) {
  std::string text;
  if (!result.outcome) return text;
  for (const RuleResult& rule : result.outcome->gate.results) {
    if (rule.verdict != Verdict::kFailed && rule.verdict != Verdict::kError) continue;
    text += (rule.verdict == Verdict::kError ? "    ERROR   " : "    FAILED  ") + rule.id + "  ";
    if (rule.query) {
      text += ShowMeasured(rule);
    } else if (rule.metric && rule.metric->unit == MetricUnit::kPercent) {
      text += ShowPercent(rule.value) + " (" + WithCommas(rule.violations) + " of " +
              WithCommas(rule.base) + ")";
    } else {
      text += WithCommas(rule.violations);
    }
    text += (rule.threshold.empty() ? "" : "  allowed " + rule.threshold) + "\n";
    if (!rule.measured.detail.empty()) text += "            " + rule.measured.detail + "\n";
  }
  return text;
}

Json ResultJson(const PartitionRunResult& result) {
  Json json = {{"dataset", result.dataset},
               {"partition", result.key},
               {"decision", Name(result.decision)},
               {"why", result.why},
               {"run_id", result.run_id},
               {"report", result.report_path},
               {"quarantine", result.quarantine_directory}};
  if (result.outcome) {
    json["records"] = result.outcome->totals.records;
    json["accepted"] = result.outcome->totals.accepted;
    json["quarantined"] = result.outcome->totals.quarantined();
  }
  if (result.waiting > 0) json["waiting"] = result.waiting;
  json["changed"] = result.decision == RunDecision::kPublished;
  if (!result.note.empty()) json["note"] = result.note;
  return json;
}

ExitCode CodeOf(const PartitionRunResult& result) {
  switch (result.decision) {
    case RunDecision::kUnchanged:
    case RunDecision::kPublished:  // `why` names files that are held
      return result.why.empty() ? kExitDone : kExitDataFailed;
    case RunDecision::kPaused:
    case RunDecision::kWaiting:
      return kExitDone;
    case RunDecision::kError:
      return kExitOperationFailed;
    default:
      return kExitDataFailed;
  }
}

// Alerts that wait, of this run and of earlier ones.
ExitCode Deliver(const LakeConfig& config, const Clock& clock, const std::atomic<bool>* cancelled) {
  const auto ledger = Ledger::Open(config.ledger, {});
  if (!ledger) return Fail(ledger.error());
  const auto failures = DeliverAlerts(config, clock, cancelled, ledger->get());
  if (!failures) return Fail(failures.error());
  for (const Error& failure : *failures) Fail(failure);
  return failures->empty() ? kExitDone : kExitNotDelivered;
}

}  // namespace

Result<RunSettings> MakeRunSettings(const RunLakeFlags& flags, const CommandContext& context,
                                    const Clock& clock) {
  RunSettings settings;
  settings.storage = context.storage.get();
  settings.clock = &clock;
  LAKEGATE_ASSIGN(settings.now_us, ParseNow(flags.now, clock));
  settings.code_version = CodeVersion();
  settings.threads = flags.threads > 0 ? flags.threads : context.threads;
  settings.force = flags.force;
  settings.render_report = RenderRunReport;
  settings.job.require_full_coverage = flags.require_full_coverage;
  settings.job.spill.memory_bytes = flags.memory_mb << 20;
  settings.job.spill.directory = Environment("TMPDIR").value_or("/tmp");
  settings.job.cancelled = context.cancelled;
  settings.sql = SqlOptions();
  if (context.window_bytes > 0) settings.job.read.window_bytes = context.window_bytes;
  if (context.unit_bytes > 0) {
    settings.job.read.min_unit_bytes = settings.job.read.max_unit_bytes = context.unit_bytes;
  }
  if (context.part_records > 0) settings.job.read.max_part_records = context.part_records;
  if (context.lease_ms > 0) settings.lease_us = context.lease_ms * 1000;
  settings.job.profile = flags.profile;
  settings.job.units_as_json = context.units_as_json;
  return settings;
}

Result<std::vector<std::pair<std::string, std::string>>> ParsePartitionFlags(
    const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> partition;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::kInvalidConfig,
                   "--partition must be COLUMN=VALUE, not '" + text + "'",
                   "e.g. --partition ingestion_date=2025-01-01"};
    }
    partition.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return partition;
}

void AddRunLakeFlags(CLI::App* app, RunLakeFlags* flags) {
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_flag("--force", flags->force, "Also what is published already from the same files");
  app->add_flag("--require-full-coverage", flags->require_full_coverage,
                "Refuse contracts with promises that cannot be enforced; a rule that is skipped "
                "closes the gate");
  app->add_option("--now", flags->now, "Run as if it were this time (ISO 8601)");
  app->add_option("--threads", flags->threads, "Threads (default: all cores, or LAKEGATE_THREADS)")
      ->check(CLI::Range(1, 256));
  app->add_option("--memory", flags->memory_mb,
                  "MB for the keys of each unique or duplicates rule before they go to disk "
                  "(default 64)")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20));
  app->add_flag("--json", flags->json, "Print the results as JSON");
  app->add_flag("--profile", flags->profile, "Say on stderr where the time went");
}

Result<ExitCode> ShowWork(const ShownWork& work, const RunLakeFlags& flags,
                          CommandContext& context) {
  const SystemClock clock;
  SystemRandom random;
  LAKEGATE_ASSIGN(RunSettings settings, MakeRunSettings(flags, context, clock));
  settings.random = &random;
  Json results = Json::array();
  ProfileReport profile;
  const double start = MonotonicSeconds();
  ExitCode code = kExitDone;
  bool printed = true;
  const auto on_result = [&](const PartitionRunResult& result) {
    code = Worst({code, CodeOf(result)});
    results.push_back(ResultJson(result));
    if (!flags.json) printed = Print(Summary(result) + FailedRules(result)) && printed;
    if (result.outcome) {
      profile.Add(*result.outcome);
      profile.AddAround(result.seconds - result.outcome->seconds);
    }
    if (result.error) {
      Fail(result.error->While("running " + result.dataset + " " + result.key));
    }
  };
  LAKEGATE_ASSIGN(const LakeRunResult run, work.run(settings, on_result));
  for (const Error& problem : run.problems) code = Worst({code, Fail(problem)});
  if (work.config) code = Worst({code, Deliver(*work.config, clock, context.cancelled)});
  if (flags.profile) {
    std::fputs(profile.Render(MonotonicSeconds() - start, settings.threads).c_str(), stderr);
  }
  if (context.cancelled && *context.cancelled) {
    std::fprintf(stderr,
                 "lakegate: interrupted; nothing half-done is visible, run it again to go on\n");
    return kExitOperationFailed;
  }
  if (flags.json) {
    Json json = {{"results", results}};
    if (work.closing_json) json.update(work.closing_json());
    json["exit_code"] = static_cast<int>(code);
    printed = Print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  } else if (work.closing_text) {
    printed = Print(work.closing_text()) && printed;
  }
  return printed ? code : Worst({code, kExitNotDelivered});
}

namespace {

// How much of what the contracts promise is enforced: of the datasets that were judged.
std::string CoverageLines(const Lake& lake, const std::set<std::string>& judged) {
  std::string text;
  for (const DatasetSetup& setup : lake.datasets) {
    if (!judged.contains(setup.dataset->name)) continue;
    const Coverage coverage = CoverageOf(*setup.plan);
    text += setup.dataset->name + ": " + std::to_string(coverage.promises) +
            " promises: " + std::to_string(coverage.enforced) + " enforced, " +
            std::to_string(coverage.informational) + " informational, " +
            std::to_string(coverage.not_enforceable) + " not enforceable\n";
  }
  return text;
}

}  // namespace

Result<ExitCode> RunAndShow(const Lake& lake, const RunSelection& selection,
                            const RunLakeFlags& flags, CommandContext& context) {
  for (const DatasetSetup& setup : lake.datasets) {
    if (!flags.require_full_coverage) break;
    const auto& wanted = selection.datasets;
    const bool selected = wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                      setup.dataset->name) != wanted.end();
    if (!selected) continue;
    if (Status complete = RefuseGaps(*setup.plan); !complete) {
      return complete.error().While("preparing the dataset " + setup.dataset->name);
    }
  }
  bool nothing = false;
  std::set<std::string> judged;
  ShownWork work;
  work.config = &lake.config;
  work.run = [&](const RunSettings& settings,
                 const OnPartition& on_result) -> Result<LakeRunResult> {
    LAKEGATE_ASSIGN(LakeRunResult run, RunLake(lake, selection, settings, on_result));
    nothing = run.partitions.empty();
    for (const PartitionRunResult& result : run.partitions) {
      if (result.outcome) judged.insert(result.dataset);
    }
    return run;
  };
  work.closing_text = [&]() -> std::string {
    return nothing ? "nothing to do: no landed files match\n" : CoverageLines(lake, judged);
  };
  return ShowWork(work, flags, context);
}

}  // namespace lakegate
