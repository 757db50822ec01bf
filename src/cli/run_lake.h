// Running a lake and showing what happened; shared by run and demo.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "run/lake_run.h"

namespace lakegate {

struct RunLakeFlags {
  std::string folder = ".";
  std::string now;  // ISO timestamp; empty: the machine's clock
  int threads = 0;
  int64_t memory_mb = 64;
  int64_t max_reasons = 3;
  bool force = false;
  bool require_full_coverage = false;
  bool json = false;
  bool profile = false;
};

void AddRunLakeFlags(CLI::App* app, RunLakeFlags* flags);

// COLUMN=VALUE each. kInvalidConfig for anything else.
Result<std::vector<std::pair<std::string, std::string>>> ParsePartitionFlags(
    const std::vector<std::string>& texts);

// Work on a lake whose results are shown one by one as they end.
using OnPartition = std::function<void(const PartitionRunResult&)>;
struct ShownWork {
  const LakeConfig* config = nullptr;  // whose alerts are delivered afterwards
  std::function<Result<LakeRunResult>(const RunSettings&, const OnPartition&)> run;
  // What else is to be said when it is over: text, and members for the JSON. Both may be empty.
  std::function<std::string()> closing_text;
  std::function<nlohmann::ordered_json()> closing_json;
};

// The working folder is the lake's. Prints a line per partition and details of what failed.
Result<ExitCode> ShowWork(const ShownWork& work, const RunLakeFlags& flags,
                          CommandContext& context);

// The settings that the flags ask for, without clock and randomness.
Result<RunSettings> MakeRunSettings(const RunLakeFlags& flags, const CommandContext& context,
                                    const Clock& clock);

// The working folder is the lake's. Prints a line per partition and details of what failed.
Result<ExitCode> RunAndShow(const Lake& lake, const RunSelection& selection,
                            const RunLakeFlags& flags, CommandContext& context);

}  // namespace lakegate
