// What a check or a run came to, for every renderer: one model, many outputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "run/check_job.h"

namespace lakegate {

enum class ReportKind : uint8_t { kCheck, kRun };

// Borrows plan and outcome.
struct ReportModel {
  ReportKind kind = ReportKind::kCheck;
  const CheckPlan* plan = nullptr;
  const JobOutcome* outcome = nullptr;
  Verdict verdict = Verdict::kPassed;  // of the whole: gate, files and records set aside
  std::string quarantine_directory;    // empty: none was written
  std::string see_all_command;         // that shows all reasons
  // kRun only.
  std::string dataset;
  std::string partition;
  std::string run_id;
  std::string started_at;
  std::string fingerprint;
  std::string state;  // "published", "gated"
  int64_t published_version = 0;
};

struct ReportStyle {
  bool color = false;
  int64_t max_reasons = 5;  // shown lines of set-aside records
};

// The verdict table and the first reasons, as people read it. Ends with a line end.
std::string RenderTerminal(const ReportModel& model, const ReportStyle& style);
// Everything, for machines. Same inputs give the same bytes: no times of its own.
std::string RenderJson(const ReportModel& model);

// "1,010", "184 kB", "3.1 %".
std::string WithCommas(int64_t number);
std::string ShowBytes(int64_t bytes);
std::string ShowPercent(double percent);
// What a rule with a query came to: "12.5", "3.1 % (31 of 1,000)", "2 h 5 min".
std::string ShowMeasured(const RuleResult& rule);

}  // namespace lakegate
