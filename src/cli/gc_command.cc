// lakegate gc: removes old quarantine, old versions and what dead runs left.
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"
#include "report/report_model.h"
#include "run/lake_gc.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kGcExamples =
    "Examples:\n"
    "  lakegate gc --dry-run      what would be removed, and why\n"
    "  lakegate gc\n"
    "Only what the ledger says is over is removed: quarantine older than the dataset's\n"
    "quarantine.retention, old versions past their grace time, leftovers of dead runs.";

struct GcFlags {
  RunLakeFlags lake;
  bool dry_run = false;
};

std::string Text(const GarbageReport& report, bool dry_run) {
  std::string text;
  int64_t files = 0, bytes = 0;
  for (const Garbage& garbage : report.removed) {
    text += std::string(Name(garbage.kind)) + "  " + garbage.path + "  " +
            WithCommas(garbage.files) + (garbage.files == 1 ? " file, " : " files, ") +
            WithCommas(garbage.bytes) + " bytes: " + garbage.why + "\n";
    files += garbage.files;
    bytes += garbage.bytes;
  }
  for (const std::string& folder : report.unknown) {
    text += "left alone  " + folder + ": the ledger does not know it\n";
  }
  const std::string verb = dry_run ? "would be removed: " : "removed: ";
  return text + verb + WithCommas(static_cast<int64_t>(report.removed.size())) +
         (report.removed.size() == 1 ? " folder, " : " folders, ") + WithCommas(files) +
         (files == 1 ? " file, " : " files, ") + WithCommas(bytes) + " bytes\n";
}

Json AsJson(const GarbageReport& report, bool dry_run) {
  Json removed = Json::array();
  for (const Garbage& garbage : report.removed) {
    removed.push_back({{"kind", Name(garbage.kind)},
                       {"path", garbage.path},
                       {"dataset", garbage.dataset},
                       {"partition", garbage.partition_key},
                       {"run_id", garbage.run_id},
                       {"why", garbage.why},
                       {"files", garbage.files},
                       {"bytes", garbage.bytes}});
  }
  return {{"dry_run", dry_run}, {"removed", removed}, {"left_alone", report.unknown}};
}

Result<ExitCode> Collect(const GcFlags& flags, CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  const SystemClock clock;
  LAKEGATE_ASSIGN(const RunSettings settings, MakeRunSettings(flags.lake, context, clock));
  LAKEGATE_ASSIGN(const GarbageReport report, CollectGarbage(config, settings, flags.dry_run));
  ExitCode code = kExitDone;
  for (const Error& problem : report.problems) code = Worst({code, Fail(problem)});
  const std::string text =
      flags.lake.json
          ? AsJson(report, flags.dry_run).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
          : Text(report, flags.dry_run);
  return Print(text) ? code : Worst({code, kExitNotDelivered});
}

}  // namespace

Command AddGcCommand(CLI::App& program) {
  auto flags = std::make_shared<GcFlags>();
  CLI::App* app =
      program.add_subcommand("gc", "Remove old quarantine, old versions and what dead runs left");
  app->footer(kGcExamples);
  app->add_flag("--dry-run", flags->dry_run, "Only say what would be removed");
  app->add_option("-C", flags->lake.folder, "The lake's folder (default: here)");
  app->add_option("--now", flags->lake.now,
                  "Retention as if it were this time (ISO 8601); grace times and leases go by the "
                  "machine's clock");
  app->add_flag("--json", flags->lake.json, "Print as JSON");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->lake.folder;
            Result<ExitCode> code = Collect(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
