#include "cli/terminal.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "contract/diagnostics.h"

namespace lakegate {
namespace {

// 0 if the variable is not set.
Result<int64_t> PositiveNumber(const char* name) {
  const std::optional<std::string> text = Environment(name);
  if (!text || text->empty()) return int64_t{0};
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < 1) {
    return Error{ErrorCode::kInvalidConfig,
                 std::string(name) + " must be a whole number above 0, not '" + *text + "'",
                 std::string("unset ") + name + " or give a number"};
  }
  return value;
}

// The program named on the line, innermost command first.
const CLI::App* InnermostCommand(const CLI::App& program) {
  const CLI::App* innermost = &program;
  while (!innermost->get_subcommands().empty()) innermost = innermost->get_subcommands().front();
  return innermost;
}

std::string FullName(const CLI::App* command) {
  if (!command->get_parent()) return command->get_name();
  return FullName(command->get_parent()) + " " + command->get_name();
}

// Of the command and those around it: "--contract".
std::vector<std::string> LongFlags(const CLI::App* command) {
  std::vector<std::string> flags;
  for (; command; command = command->get_parent()) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

// The first argument that looks like a long flag, but is none of the command's. Empty: none.
std::string UnknownFlag(const std::vector<std::string>& known, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (!argument.starts_with("--")) continue;
    const std::string flag(argument.substr(0, argument.find('=')));
    if (std::find(known.begin(), known.end(), flag) == known.end()) return flag;
  }
  return "";
}

}  // namespace

std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

Status ReadEnvironment(CommandContext* context) {
  LAKEGATE_ASSIGN(const int64_t threads, PositiveNumber("LAKEGATE_THREADS"));
  LAKEGATE_ASSIGN(const int64_t window, PositiveNumber("LAKEGATE_TEST_WINDOW_BYTES"));
  LAKEGATE_ASSIGN(context->unit_bytes, PositiveNumber("LAKEGATE_TEST_UNIT_BYTES"));
  LAKEGATE_ASSIGN(context->part_records, PositiveNumber("LAKEGATE_TEST_PART_RECORDS"));
  LAKEGATE_ASSIGN(context->lease_ms, PositiveNumber("LAKEGATE_TEST_LEASE_MS"));
  context->window_bytes = static_cast<size_t>(window);
  context->units_as_json = Environment("LAKEGATE_TEST_UNITS_AS_JSON").has_value();
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  context->threads =
      threads > 0 ? static_cast<int>(std::min<int64_t>(threads, 256)) : std::max(cores, 1);
  context->color_out = isatty(STDOUT_FILENO) && !Environment("NO_COLOR");
  return {};
}

Status CheckVerb(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  std::vector<std::string> known;
  for (const CLI::App* command : program.get_subcommands({})) {
    if (command->get_name() == argv[1]) return {};
    known.push_back(command->get_name());
  }
  const std::optional<std::string> near = DidYouMean(argv[1], known);
  return Error{ErrorCode::kInvalidConfig,
               "there is no command '" + std::string(argv[1]) + "'" +
                   (near ? " (did you mean '" + *near + "'?)" : ""),
               "see: lakegate --help"};
}

void AllowManyFiles() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);  // the limit as it is may do
}

int ReportUsage(const CLI::App& program, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App* command = InnermostCommand(program);
  if (error.get_exit_code() == 0) return program.exit(error);
  std::string what = error.what();
  const std::vector<std::string> known = LongFlags(command);
  if (const std::string unknown = UnknownFlag(known, argc, argv); !unknown.empty()) {
    const std::optional<std::string> near = DidYouMean(unknown, known);
    what = "there is no flag '" + unknown + "'" + (near ? " (did you mean '" + *near + "'?)" : "");
  }
  std::fprintf(stderr, "lakegate: %s\n  see: %s --help\n", what.c_str(), FullName(command).c_str());
  return kExitWrongUsage;
}

ExitCode Fail(const Error& error) {
  std::fprintf(stderr, "lakegate: %s\n", error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
  return ExitCodeOf(error);
}

bool Print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

}  // namespace lakegate
