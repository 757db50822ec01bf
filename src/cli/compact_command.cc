// lakegate compact: merges the small files of tables that take files one after the other.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"
#include "config/quantity.h"
#include "report/report_model.h"
#include "run/lake_compaction.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCompactExamples =
    "Examples:\n"
    "  lakegate compact --dry-run                        what would be merged\n"
    "  lakegate compact events --target 512MB\n"
    "  lakegate compact events --partition event_date=2025-01-02\n"
    "Files of a partition that are less than three quarters of the target become one, in their\n"
    "order; rows and columns stay as they are. publish.compact has every run do it.\n"
    "Exit codes: 0 done, 3 config, 4 the operation failed";

struct CompactFlags {
  std::vector<std::string> datasets;
  std::vector<std::string> partition;
  std::string target;
  RunLakeFlags lake;
  bool dry_run = false;
};

Status CheckDataset(const LakeConfig& config, const std::string& name) {
  const Dataset* const dataset = config.FindDataset(name);
  if (dataset == nullptr) {
    std::string known;
    for (const Dataset& other : config.datasets) known += (known.empty() ? "" : ", ") + other.name;
    return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + name + "'",
                 "known are: " + known};
  }
  if (TakesFilesOnce(dataset->publish.mode)) return {};
  return Error{ErrorCode::kInvalidConfig,
               "'" + name + "' has mode: " + Name(dataset->publish.mode) +
                   ", whose runs write all files of a partition anew: there is nothing to merge",
               "compact datasets with mode append or upsert"};
}

// A column that partitions none of the datasets would select nothing, quietly.
Status CheckColumn(const LakeConfig& config, const std::vector<std::string>& datasets,
                   const std::string& column) {
  for (const Dataset& dataset : config.datasets) {
    const bool selected =
        datasets.empty() || std::ranges::find(datasets, dataset.name) != datasets.end();
    const auto& columns = dataset.publish.partition_by;
    if (selected && std::ranges::find(columns, column) != columns.end()) return {};
  }
  return Error{ErrorCode::kInvalidConfig, "no dataset is partitioned by '" + column + "'",
               "see partition_by in lakegate.yaml"};
}

Result<CompactionSelection> MakeSelection(const CompactFlags& flags, const LakeConfig& config) {
  CompactionSelection selection;
  selection.datasets = flags.datasets;
  selection.dry_run = flags.dry_run;
  for (const std::string& name : flags.datasets) LAKEGATE_TRY(CheckDataset(config, name));
  LAKEGATE_ASSIGN(selection.partition, ParsePartitionFlags(flags.partition));
  for (const auto& [column, value] : selection.partition) {
    LAKEGATE_TRY(CheckColumn(config, flags.datasets, column));
  }
  if (flags.target.empty()) return selection;
  selection.target_bytes = ParseSize(flags.target);
  if (selection.target_bytes && *selection.target_bytes > 0) return selection;
  return Error{ErrorCode::kInvalidConfig, "--target is no size: '" + flags.target + "'",
               "write 256MB, 1 GiB or a number of bytes"};
}

std::string Files(int64_t files, int64_t bytes) {
  return WithCommas(files) + (files == 1 ? " file, " : " files, ") + ShowBytes(bytes);
}

std::string Line(const PartitionCompaction& compaction, bool dry_run) {
  const std::string text = compaction.dataset + "  " + compaction.key + "  " +
                           Files(compaction.files_before, compaction.bytes_before);
  if (compaction.end == CompactionEnd::kBusy) {
    return text + ": skipped, a run is at work on it\n";
  }
  if (!dry_run) {
    return text + " -> " + Files(compaction.files_after, compaction.bytes_after) + "\n";
  }
  return text + " -> about " + WithCommas(compaction.files_after) +
         (compaction.files_after == 1 ? " file\n" : " files\n");
}

const char* Name(CompactionEnd end, bool dry_run) {
  switch (end) {
    case CompactionEnd::kNothing:
      return "nothing to merge";
    case CompactionEnd::kMerged:
      return dry_run ? "would be merged" : "merged";
    case CompactionEnd::kBusy:
      return "busy";
  }
  return "?";
}

Json AsJson(const CompactedPartition& result, bool dry_run) {
  const PartitionCompaction& compaction = result.compaction;
  Json json = {{"dataset", compaction.dataset}, {"partition", compaction.key}};
  if (result.error) {
    json["decision"] = "failed";
    json["why"] = result.error->message;
    return json;
  }
  json["decision"] = Name(compaction.end, dry_run);
  json["rows"] = compaction.rows;
  json["files_before"] = compaction.files_before;
  json["bytes_before"] = compaction.bytes_before;
  json["files_after"] = compaction.files_after;
  if (!dry_run) json["bytes_after"] = compaction.bytes_after;
  if (!compaction.run_id.empty()) json["run_id"] = compaction.run_id;
  return json;
}

Result<ExitCode> MergeFiles(const CompactFlags& flags, CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  LAKEGATE_TRY(RefuseNotBuilt(config, diagnostics));
  LAKEGATE_ASSIGN(const CompactionSelection selection, MakeSelection(flags, config));
  const SystemClock clock;
  SystemRandom random;
  LAKEGATE_ASSIGN(RunSettings settings, MakeRunSettings(flags.lake, context, clock));
  settings.random = &random;
  ExitCode code = kExitDone;
  Json partitions = Json::array();
  bool printed = true;
  int64_t merged = 0, left = 0;
  const auto on_result = [&](const CompactedPartition& result) {
    partitions.push_back(AsJson(result, flags.dry_run));
    if (result.error) {
      code = Worst({code, Fail(result.error->While("compacting " + result.compaction.dataset + " " +
                                                   result.compaction.key))});
      return;
    }
    const bool is_merged = result.compaction.end == CompactionEnd::kMerged;
    ++(is_merged ? merged : left);
    if (flags.lake.json || result.compaction.end == CompactionEnd::kNothing) return;
    printed = Print(Line(result.compaction, flags.dry_run)) && printed;
  };
  LAKEGATE_ASSIGN(const std::vector<Error> problems,
                  CompactLake(config, selection, settings, on_result));
  for (const Error& problem : problems) code = Worst({code, Fail(problem)});
  const std::string verb = flags.dry_run ? "would be merged: " : "merged: ";
  const Json json = {{"dry_run", flags.dry_run}, {"partitions", partitions}};
  printed = Print(flags.lake.json ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                                  : verb + WithCommas(merged) +
                                        (merged == 1 ? " partition, " : " partitions, ") +
                                        WithCommas(left) + " left as they are\n") &&
            printed;
  return printed ? code : Worst({code, kExitNotDelivered});
}

}  // namespace

Command AddCompactCommand(CLI::App& program) {
  auto flags = std::make_shared<CompactFlags>();
  CLI::App* app = program.add_subcommand("compact", "Merge the small files of tables");
  app->footer(kCompactExamples);
  app->add_option("DATASET", flags->datasets,
                  "Datasets with mode append or upsert (default: all of them)");
  app->add_option("--partition", flags->partition, "Only partitions with COLUMN=VALUE; repeatable")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  app->add_option("--target", flags->target,
                  "Size of the files that are made (default: publish.compact.target, 256MB)");
  app->add_flag("--dry-run", flags->dry_run, "Only say what would be merged");
  app->add_option("-C", flags->lake.folder, "The lake's folder (default: here)");
  app->add_flag("--json", flags->lake.json, "Print as JSON");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->lake.folder;
            Result<ExitCode> code = MergeFiles(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
