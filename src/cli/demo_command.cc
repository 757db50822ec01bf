#include "cli/command.h"
namespace lakegate {
Command AddDemoCommand(CLI::App& program) {
  CLI::App* app = program.add_subcommand("demo", "Write a sample lake, run it, show the results");
  return {app, [](CommandContext&) { return Fail({ErrorCode::kUnsupported, "not built yet", ""}); }};
}
}  // namespace lakegate
