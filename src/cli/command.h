// What every command gets, and how a command joins the command line.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/exit_code.h"
#include "contract/compat.h"
#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

// The world outside, as the commands see it. One per process.
struct CommandContext {
  std::unique_ptr<Storage> storage;
  const std::atomic<bool>* cancelled = nullptr;  // set by Ctrl-C
  std::string lake = ".";                        // -C
  bool json = false;                             // --json
  bool color_out = false;                        // stdout is a terminal that wants colour
  std::optional<Compat> compat;                  // run --compat: instead of lakegate.yaml's
  int threads = 1;                               // --threads or LAKEGATE_THREADS
  size_t window_bytes = 0;                       // tests only; 0 = default
  int64_t unit_bytes = 0;                        // tests only; 0 = default
  int64_t part_records = 0;                      // tests only; 0 = default
  int64_t lease_ms = 0;                          // tests only; 0 = default
  bool units_as_json = false;                    // tests only
};

using CommandBody = std::function<ExitCode(CommandContext&)>;

// Adds the command to the program; the returned body runs once the line was parsed.
struct Command {
  CLI::App* app = nullptr;
  CommandBody body;
};

Command AddAlertsCommand(CLI::App& program);
Command AddBackfillCommand(CLI::App& program);
Command AddBookmarkCommand(CLI::App& program);
Command AddCheckCommand(CLI::App& program);
Command AddCompactCommand(CLI::App& program);
Command AddDemoCommand(CLI::App& program);
Command AddDoctorCommand(CLI::App& program);
Command AddExplainCommand(CLI::App& program);
Command AddGcCommand(CLI::App& program);
Command AddInitCommand(CLI::App& program);
Command AddLintCommand(CLI::App& program);
Command AddQuarantineCommand(CLI::App& program);
Command AddRunCommand(CLI::App& program);
Command AddStatusCommand(CLI::App& program);

// Prints "lakegate: <message>" and the hint to stderr; returns the exit code.
ExitCode Fail(const Error& error);
std::optional<std::string> Environment(const std::string& name);

}  // namespace lakegate
