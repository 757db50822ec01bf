// lakegate run: brings everything that is due to the tables.
#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"

namespace lakegate {
namespace {

constexpr const char* kRunExamples =
    "Examples:\n"
    "  lakegate run                                             everything that is due\n"
    "  lakegate run events --partition ingestion_date=2025-01-02\n"
    "  lakegate run --plan                                      what is due, and why\n"
    "  lakegate run --force --now 2025-01-05T00:00:00Z          again, as if it were then\n"
    "Exit codes: 0 done, 1 a gate closed or a file was held, 3 config or contract, 4 the "
    "operation failed";

struct RunFlags {
  std::vector<std::string> datasets;
  std::vector<std::string> partition;
  std::string compat;
  RunLakeFlags lake;
  bool plan = false;
};

// A column that partitions none of the datasets would select nothing, quietly.
Status CheckColumn(const std::string& column, const std::vector<std::string>& datasets,
                   const Lake& lake) {
  std::string known;
  for (const Dataset& dataset : lake.config.datasets) {
    const bool selected = datasets.empty() || std::find(datasets.begin(), datasets.end(),
                                                        dataset.name) != datasets.end();
    if (!selected) continue;
    const Publish& publish = dataset.publish;
    for (const std::string& by : publish.path_columns) {
      if (by == column) return {};
      known += (known.empty() ? "" : ", ") + by;
    }
    if (std::ranges::find(publish.partition_by, column) == publish.partition_by.end()) continue;
    return Error{ErrorCode::kInvalidConfig,
                 "'" + column + "' is a value of the records of " + dataset.name +
                     ": which files have it is not known before they are read",
                 "run without --partition"};
  }
  return Error{ErrorCode::kInvalidConfig, "no dataset is partitioned by '" + column + "'",
               known.empty() ? "none of them has partitions" : "known are: " + known};
}

Result<RunSelection> MakeSelection(const RunFlags& flags, const Lake& lake) {
  RunSelection selection;
  selection.datasets = flags.datasets;
  for (const std::string& name : flags.datasets) {
    if (lake.config.FindDataset(name)) continue;
    std::string known;
    for (const Dataset& dataset : lake.config.datasets) {
      known += (known.empty() ? "" : ", ") + dataset.name;
    }
    return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + name + "'",
                 "known are: " + known};
  }
  LAKEGATE_ASSIGN(selection.partition, ParsePartitionFlags(flags.partition));
  for (const auto& [column, value] : selection.partition) {
    LAKEGATE_TRY(CheckColumn(column, selection.datasets, lake));
  }
  return selection;
}

// What a run would do, one line a partition.
Result<ExitCode> ShowPlan(const Lake& lake, const RunSelection& selection, const RunFlags& flags,
                          const CommandContext& context) {
  const SystemClock clock;
  LAKEGATE_ASSIGN(const RunSettings settings, MakeRunSettings(flags.lake, context, clock));
  LAKEGATE_ASSIGN(const LakePlan plan, PlanLake(lake, selection, settings));
  std::string text;
  nlohmann::ordered_json partitions = nlohmann::ordered_json::array();
  for (const PlannedPartition& planned : plan.partitions) {
    const std::string decision = planned.due.due ? "run" : Name(planned.due.decision);
    text += planned.dataset + "  " + planned.key + "  " + decision +
            (planned.due.why.empty() ? "" : ": " + planned.due.why) + "\n";
    partitions.push_back({{"dataset", planned.dataset},
                          {"partition", planned.key},
                          {"due", planned.due.due},
                          {"decision", decision},
                          {"why", planned.due.why}});
  }
  ExitCode code = kExitDone;
  for (const Error& problem : plan.problems) code = Worst({code, Fail(problem)});
  if (text.empty()) text = "nothing to do: no landed files match\n";
  const nlohmann::ordered_json json = {{"plan", partitions}};
  const bool printed =
      Print(flags.lake.json
                ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
                : text);
  return printed ? code : Worst({code, kExitNotDelivered});
}

Result<ExitCode> RunDatasets(const RunFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const Lake lake, LoadLake(context));
  LAKEGATE_ASSIGN(const RunSelection selection, MakeSelection(flags, lake));
  if (flags.plan) return ShowPlan(lake, selection, flags, context);
  return RunAndShow(lake, selection, flags.lake, context);
}

}  // namespace

Command AddRunCommand(CLI::App& program) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* app = program.add_subcommand("run", "Bring everything that is due to the tables");
  app->footer(kRunExamples);
  app->add_option("DATASET", flags->datasets, "Datasets to run (default: all)");
  app->add_option("--partition", flags->partition, "Only partitions with COLUMN=VALUE; repeatable")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  app->add_flag("--plan", flags->plan, "Only say what would be run, and why");
  app->add_option("--compat", flags->compat,
                  "Count null, missing, invalid and duplicate values as this tool does (default: "
                  "compat of the dataset)")
      ->check(CLI::IsMember(CompatNames()));
  AddRunLakeFlags(app, &flags->lake);
  return {app, [flags](CommandContext& context) {
            context.lake = flags->lake.folder;
            context.compat = CompatFromName(flags->compat);
            Result<ExitCode> code = RunDatasets(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
