// Running a lake and showing what happened; shared by run and demo.
#pragma once

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
  bool json = false;
  bool quiet_unchanged = false;
};

void AddRunLakeFlags(CLI::App* app, RunLakeFlags* flags);

// The working folder is the lake's. Prints a line per partition and details of what failed.
Result<ExitCode> RunAndShow(const Lake& lake, const RunSelection& selection,
                            const RunLakeFlags& flags, CommandContext& context);

}  // namespace lakegate
