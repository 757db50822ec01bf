// lakegate backfill: a range of partitions by a durable plan.
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"
#include "run/backfill.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kBackfillExamples =
    "Examples:\n"
    "  lakegate backfill events --from 2025-01-01 --to 2025-01-31 --plan   what it would run\n"
    "  lakegate backfill events --from 2025-01-01 --to 2025-01-31\n"
    "  lakegate backfill events --from 2025-01-01 --to 2025-01-31 --only all --parallel 4\n"
    "It stops at the first partition that fails (--on-failure continue goes on); the same command "
    "again\ngoes on where it stopped. Exit codes are those of lakegate run.";

struct BackfillFlags {
  BackfillRequest request;
  std::string only = "due", order = "asc", on_failure = "stop";
  RunLakeFlags lake;
  bool plan = false;
  bool cancel = false;
};

BackfillRequest RequestOf(const BackfillFlags& flags) {
  BackfillRequest request = flags.request;
  if (flags.only == "missing") request.only = BackfillOnly::kMissing;
  if (flags.only == "failed") request.only = BackfillOnly::kFailed;
  if (flags.only == "stale") request.only = BackfillOnly::kStale;
  if (flags.only == "all") request.only = BackfillOnly::kAll;
  request.descending = flags.order == "desc";
  request.stop_on_failure = flags.on_failure == "stop";
  return request;
}

Json PlanJson(const BackfillPlan& plan) {
  Json items = Json::array();
  for (const BackfillItem& item : plan.items) {
    items.push_back({{"partition", item.partition_key},
                     {"state", Name(item.state)},
                     {"attempts", item.attempts},
                     {"run_id", item.run_id ? Json(*item.run_id) : Json()},
                     {"why", item.why}});
  }
  return {{"id", plan.id > 0 ? Json(plan.id) : Json()},
          {"items", items},
          {"without_files", plan.without_files}};
}

std::string PlanText(const BackfillPlan& plan) {
  std::string text;
  for (const BackfillItem& item : plan.items) {
    text += "  " + item.partition_key + "  " + Name(item.state);
    if (item.attempts > 0) {
      text += " after " + std::to_string(item.attempts) +
              (item.attempts == 1 ? " attempt" : " attempts");
    }
    text += (item.why.empty() ? "" : "  " + item.why) + "\n";
  }
  if (plan.items.empty()) text = "  nothing to run\n";
  if (!plan.without_files.empty()) {
    text += "  no files landed for " + std::to_string(plan.without_files.size()) +
            (plan.without_files.size() == 1 ? " day: " : " days: ") + plan.without_files.front();
    if (plan.without_files.size() > 1) text += " … " + plan.without_files.back();
    text += "\n";
  }
  return text;
}

Result<ExitCode> ShowPlan(const Lake& lake, const BackfillFlags& flags,
                          const CommandContext& context) {
  const SystemClock clock;
  LAKEGATE_ASSIGN(const RunSettings settings, MakeRunSettings(flags.lake, context, clock));
  LAKEGATE_ASSIGN(const BackfillPlan plan, PlanBackfill(lake, RequestOf(flags), settings));
  const std::string heading = plan.id > 0 ? "open backfill " + std::to_string(plan.id) + " of "
                                          : "a backfill would run of ";
  const bool printed = Print(
      flags.lake.json ? PlanJson(plan).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                      : heading + flags.request.dataset + ":\n" + PlanText(plan));
  return printed ? kExitDone : kExitNotDelivered;
}

Result<ExitCode> Cancel(const Lake& lake, const BackfillFlags& flags,
                        const CommandContext& context) {
  const SystemClock clock;
  LAKEGATE_ASSIGN(const RunSettings settings, MakeRunSettings(flags.lake, context, clock));
  Status cancelled = CancelBackfill(lake, RequestOf(flags), settings);
  if (!cancelled) return cancelled.error();
  return Print("cancelled; what was published stays\n") ? kExitDone : kExitNotDelivered;
}

std::string Closing(const BackfillOutcome& outcome) {
  int64_t done = 0;
  for (const BackfillItem& item : outcome.plan.items) {
    done += item.state == BackfillItemState::kDone ? 1 : 0;
  }
  if (outcome.plan.items.empty()) return PlanText(outcome.plan);
  std::string text = "backfill " + std::to_string(outcome.plan.id) + ": " + std::to_string(done) +
                     " of " + std::to_string(outcome.plan.items.size()) + " partitions done";
  return text + (outcome.done ? "\n" : "; the same command goes on with the others\n");
}

Result<ExitCode> RunTheBackfill(const BackfillFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const Lake lake, LoadLake(context));
  if (flags.plan) return ShowPlan(lake, flags, context);
  if (flags.cancel) return Cancel(lake, flags, context);
  BackfillOutcome outcome;
  ShownWork work;
  work.config = &lake.config;
  work.run = [&](const RunSettings& settings,
                 const OnPartition& on_result) -> Result<LakeRunResult> {
    LAKEGATE_ASSIGN(outcome, RunBackfill(lake, RequestOf(flags), settings, on_result));
    return outcome.run;
  };
  work.closing_text = [&] { return Closing(outcome); };
  work.closing_json = [&] {
    return Json{
        {"backfill", PlanJson(outcome.plan)}, {"resumed", outcome.resumed}, {"done", outcome.done}};
  };
  return ShowWork(work, flags.lake, context);
}

}  // namespace

Command AddBackfillCommand(CLI::App& program) {
  auto flags = std::make_shared<BackfillFlags>();
  CLI::App* app =
      program.add_subcommand("backfill", "Run a range of partitions by a plan that survives kills");
  app->footer(kBackfillExamples);
  app->add_option("DATASET", flags->request.dataset, "The dataset")->required();
  app->add_option("--from", flags->request.from, "First value of the partition column")->required();
  app->add_option("--to", flags->request.to, "Last value, included")->required();
  app->add_option("--column", flags->request.column, "The partition column (default: the first)");
  app->add_option("--only", flags->only,
                  "due (default: missing, failed and stale), missing, failed, stale or all")
      ->check(CLI::IsMember({"due", "missing", "failed", "stale", "all"}));
  app->add_option("--order", flags->order, "asc (default) or desc")
      ->check(CLI::IsMember({"asc", "desc"}));
  app->add_option("--parallel", flags->request.parallel, "Partitions at once (default 1)")
      ->check(CLI::Range(1, 256));
  app->add_option("--on-failure", flags->on_failure, "stop (default) or continue")
      ->check(CLI::IsMember({"stop", "continue"}));
  app->add_flag("--plan", flags->plan, "Only show the plan, or how far the open one is");
  app->add_flag("--cancel", flags->cancel, "Give the open plan up; what was published stays");
  AddRunLakeFlags(app, &flags->lake);
  return {app, [flags](CommandContext& context) {
            context.lake = flags->lake.folder;
            Result<ExitCode> code = RunTheBackfill(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
