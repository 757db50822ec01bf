// lakegate demo: a sample lake with good, bad and late data, run before your eyes. The same
// generator makes files of any size.
#include <unistd.h>

#include <cstdio>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"
#include "run/demo_events.h"
#include "run/demo_generator.h"
#include "run/demo_wide_csv.h"

namespace lakegate {
namespace {

constexpr const char* kDemoExamples =
    "Examples:\n"
    "  lakegate demo                                       a lake in ./demo-lake\n"
    "  lakegate demo big --events 1000000                  the same with a million events a day\n"
    "  lakegate demo --events 535813 --wide --output events.json     only a file, about 300 MB\n"
    "Exit code: 0, although a gate closes in it: that is part of the show";

struct DemoFlags {
  std::string folder = "demo-lake";
  std::string output, contract;
  int64_t events = 1000;
  uint64_t seed = 1;
  bool wide = false;
  int bad_percent = 5;
  bool csv = false;
  int threads = 0;
};

Result<ExitCode> WriteFile(const DemoFlags& flags, CommandContext& context) {
  EventsOptions options;
  options.events = flags.events;
  options.seed = flags.seed;
  options.bad_percent = flags.bad_percent;
  options.shape = flags.csv    ? EventShape::kWideCsv
                  : flags.wide ? EventShape::kWide
                               : EventShape::kShop;
  const CreateOptions create{WhenExists::kReplace, Durability::kNone};
  if (!flags.contract.empty()) {
    const std::string contract = flags.csv    ? WideCsvContract()
                                 : flags.wide ? std::string(WideEventsContract())
                                              : std::string(ShopEventsContract());
    LAKEGATE_TRY(WriteWholeFile(*context.storage, flags.contract, contract, create));
  }
  if (flags.output == "-") {
    LAKEGATE_TRY(WriteEvents(options, [](std::string_view bytes) -> Status {
      if (Print(std::string(bytes))) return {};
      return Error{ErrorCode::kUnavailable, "cannot write to standard output", ""};
    }));
    return kExitDone;
  }
  LAKEGATE_ASSIGN(const auto file, context.storage->Create(flags.output, create));
  LAKEGATE_TRY(WriteEvents(options, [&](std::string_view bytes) -> Status {
    if (*context.cancelled) return Error{ErrorCode::kCancelled, "interrupted", ""};
    return file->Write(bytes);
  }));
  LAKEGATE_TRY(file->Commit());
  return kExitDone;
}

std::string NextSteps(const std::string& folder) {
  return "\nWhere to look:\n"
         "  " +
         folder +
         "/tables/       the published tables (Parquet)\n"
         "  " +
         folder +
         "/quarantine/   records set aside, with their bytes and all reasons\n"
         "  " +
         folder +
         "/reports/      one JSON report a run\n"
         "  " +
         folder +
         "/land/         what the producers sent\n"
         "\nWhat to type next:\n"
         "  cd " +
         folder +
         "\n"
         "  lakegate status                          the partitions and held files\n"
         "  lakegate quarantine ls                   then: lakegate quarantine show RUN\n"
         "  lakegate explain few-duplicates          why the gate of 2025-01-03 is closed\n"
         "  lakegate run                             the same again: a no-op\n"
         "  duckdb -c \"from read_parquet('tables/events/**/*.parquet', "
         "hive_partitioning=true)\"\n";
}

// Runs the lake once; a closed gate is expected, a failed operation is not.
Result<ExitCode> RunOnce(const std::string& heading, const DemoFlags& flags,
                         CommandContext& context) {
  if (!Print(heading + "\n")) return kExitNotDelivered;
  context.lake = ".";
  LAKEGATE_ASSIGN(const Lake lake, LoadLake(context));
  RunLakeFlags run;
  run.threads = flags.threads;
  LAKEGATE_ASSIGN(const ExitCode code, RunAndShow(lake, {}, run, context));
  return code == kExitDataFailed ? kExitDone : code;
}

Result<ExitCode> Demo(const DemoFlags& flags, CommandContext& context) {
  if (!flags.output.empty()) return WriteFile(flags, context);
  DemoOptions options;
  options.events_per_date = flags.events;
  options.seed = flags.seed;
  options.root = flags.folder;
  options.late_file = LateFile::kHoldBack;
  const bool is_there = context.storage->Stat(flags.folder + "/" + kLakeFile).has_value();
  if (!is_there) {
    if (!Print("Writing the sample lake \"shop\" to " + flags.folder + "\n")) {
      return kExitNotDelivered;
    }
    LAKEGATE_TRY(WriteDemoLake(*context.storage, options));
  }
  context.lake = flags.folder;
  LAKEGATE_TRY(EnterLake(context));
  LAKEGATE_ASSIGN(ExitCode code, RunOnce(is_there ? "\nThe lake is there already. lakegate run:"
                                                  : "\nThree days have landed. lakegate run:",
                                         flags, context));
  if (code == kExitDone && !is_there) {
    options.root = ".";
    LAKEGATE_TRY(WriteDemoLateFile(*context.storage, options));
    LAKEGATE_ASSIGN(code,
                    RunOnce("\nA late file for 2025-01-02 landed. lakegate run:", flags, context));
  }
  if (code != kExitDone) return code;
  return Print(NextSteps(flags.folder)) ? kExitDone : kExitNotDelivered;
}

}  // namespace

Command AddDemoCommand(CLI::App& program) {
  auto flags = std::make_shared<DemoFlags>();
  CLI::App* app = program.add_subcommand("demo", "Write a sample lake, run it, show the results");
  app->footer(kDemoExamples);
  app->add_option("DIR", flags->folder, "The folder of the sample lake (default demo-lake)");
  app->add_option("--events", flags->events, "Events a day, or in the file (default 1000)")
      ->check(CLI::Range(int64_t{1}, int64_t{4'000'000'000}));
  app->add_option("--seed", flags->seed, "The same seed gives the same bytes (default 1)");
  app->add_option("--output", flags->output,
                  "Only write events to this file (- for standard "
                  "output)");
  app->add_flag("--wide", flags->wide, "With --output: 14 keys and nested objects a record");
  app->add_option("--bad", flags->bad_percent, "With --wide: per cent of bad lines (default 5)")
      ->check(CLI::Range(0, 100));
  app->add_flag("--csv", flags->csv, "With --wide: as CSV, without the nested objects")
      ->needs("--wide");
  app->add_option("--write-contract", flags->contract, "With --output: write the contract, too");
  app->add_option("--threads", flags->threads, "Threads (default: all cores)")
      ->check(CLI::Range(1, 256));
  return {app, [flags](CommandContext& context) {
            Result<ExitCode> code = Demo(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
