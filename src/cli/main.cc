// lakegate: a gate for a data lake.
#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/command.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "core/clock.h"
#include "storage/local_storage.h"

namespace {

std::atomic<bool> interrupted{false};

std::atomic<double> interrupted_at{0};  // by MonotonicSeconds; 0: not yet
constexpr double kOneRequestSeconds = 1;

// The first Ctrl-C asks to stop cleanly, one that comes later kills. Some say it twice at once:
// timeout(1) signals the process and its group, a closed terminal its shell and the kernel do.
void OnSignal(int signal) {
  const double now = lakegate::MonotonicSeconds();
  double first = 0;
  if (interrupted_at.compare_exchange_strong(first, now)) {
    interrupted = true;
  } else if (signal != SIGHUP && now - first > kOneRequestSeconds) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

int RunProgram(int argc, char** argv) {
  using namespace lakegate;
  CLI::App program(
      "A gate for a data lake: every record is checked against a contract, bad ones "
      "are set aside with all reasons, good ones are published in one step.",
      "lakegate");
  program.footer("First steps: lakegate demo          Help for one command: lakegate check --help");
  program.set_version_flag("--version", VersionText());
  program.require_subcommand(1);
  const Command commands[] = {
      AddDemoCommand(program),    AddInitCommand(program),       AddCheckCommand(program),
      AddLintCommand(program),    AddRunCommand(program),        AddBackfillCommand(program),
      AddStatusCommand(program),  AddQuarantineCommand(program), AddGcCommand(program),
      AddCompactCommand(program), AddBookmarkCommand(program),   AddAlertsCommand(program),
      AddExplainCommand(program), AddDoctorCommand(program)};
  if (Status known = CheckVerb(program, argc, argv); !known) return Fail(known.error());
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(program, error, argc, argv);
  }
  CommandContext context;
  context.storage = MakeLocalStorage();
  context.cancelled = &interrupted;
  if (Status status = ReadEnvironment(&context); !status) return Fail(status.error());
  AllowManyFiles();
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (std::signal(SIGHUP, OnSignal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // nohup
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.body(context);
  }
  return kExitWrongUsage;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return RunProgram(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lakegate: unexpected: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "lakegate: unexpected failure\n");
  }
  return lakegate::kExitOperationFailed;
}
