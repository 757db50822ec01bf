// lakegate lint: contracts and lakegate.yaml without data.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/contract_file.h"
#include "cli/lake_file.h"
#include "cli/sarif_report.h"
#include "cli/terminal.h"
#include "contract/contract.h"
#include "contract/text_edits.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kLintExamples =
    "Examples:\n"
    "  lakegate lint contracts/events.odcs.yaml\n"
    "  lakegate lint                              lakegate.yaml here and all its contracts\n"
    "  lakegate lint --fix events.odcs.yaml       mend quotes, order of bounds and spelling\n"
    "Exit codes: 0 no errors, 2 warnings with --fail-on warning, 3 errors";

struct LintFlags {
  std::vector<std::string> files;
  std::string folder = ".", fail_on, sarif_file;
  bool fix = false;
  bool json = false;
  bool require_full_coverage = false;
};

struct LintedFile {
  std::string file;
  Diagnostics diagnostics;
  std::vector<CheckPlan> plans;  // one per schema object
  int mended = 0;
};

// Mending one thing can uncover another; a file that needs more passes is mended by the next run.
constexpr int kFixPasses = 5;

void LintContract(const std::string& text, Storage& storage, LintedFile* linted) {
  const Result<Contract> contract = LoadContract(text, linted->file, linted->diagnostics);
  if (!contract) return;
  for (const SchemaObject& object : contract->schema) {
    CompileOptions options;
    options.schema_name = object.name;
    options.other_contracts = ReadOtherContracts(&storage);
    Result<CheckPlan> plan = Compile(*contract, options, linted->diagnostics);
    if (plan) linted->plans.push_back(std::move(*plan));
  }
}

Status FixContract(std::string text, Storage& storage, LintedFile* linted) {
  for (int pass = 0; pass < kFixPasses; ++pass) {
    EditedText edited = ApplyEdits(text, linted->diagnostics.all());
    if (edited.mended == 0) break;
    linted->mended += edited.mended;
    text = std::move(edited.text);
    linted->diagnostics = {};
    linted->plans.clear();
    LintContract(text, storage, linted);
  }
  if (linted->mended == 0) return {};
  return WriteWholeFile(storage, linted->file, text, {.when_exists = WhenExists::kReplace});
}

// A lake's config has datasets; anything else is taken for a contract.
bool IsLakeConfig(const std::string& path, const std::string& text) {
  return path.ends_with(kLakeFile) || text.starts_with("datasets:") ||
         text.find("\ndatasets:") != std::string::npos;
}

Result<std::vector<std::unique_ptr<LintedFile>>> LintAll(const LintFlags& flags,
                                                         CommandContext& context) {
  std::vector<std::unique_ptr<LintedFile>> linted;
  std::vector<std::string> files = flags.files;
  if (files.empty()) {
    LAKEGATE_TRY(EnterLake(context));
    files = {kLakeFile};
  }
  for (size_t i = 0; i < files.size(); ++i) {
    Result<std::string> text = ReadWholeFile(*context.storage, files[i], kMaxContractBytes);
    if (!text) {
      Error error = text.error();
      error.code = ErrorCode::kInvalidConfig;
      return error;
    }
    linted.push_back(std::make_unique<LintedFile>());
    LintedFile& file = *linted.back();
    file.file = files[i];
    if (!IsLakeConfig(files[i], *text)) {
      LintContract(*text, *context.storage, &file);
      if (flags.fix) LAKEGATE_TRY(FixContract(*std::move(text), *context.storage, &file));
      continue;
    }
    const Result<LakeConfig> config =
        LoadLakeConfig(*text, files[i], Environment, file.diagnostics);
    if (!config) continue;
    if (Status built = RefuseNotBuilt(*config, file.diagnostics); !built) continue;
    for (const Dataset& dataset : config->datasets) {
      if (flags.files.empty() &&
          std::find(files.begin(), files.end(), dataset.contract) == files.end()) {
        files.push_back(dataset.contract);
      }
    }
  }
  return linted;
}

const char* WhyNotHeading(Enforcement enforcement) {
  return enforcement == Enforcement::kInformational ? "informational" : "not enforceable";
}

std::string CoverageText(const CheckPlan& plan) {
  const Coverage coverage = CoverageOf(plan);
  std::string text = plan.contract_file + ": " + plan.dataset + ": " +
                     std::to_string(coverage.promises) +
                     " promises: " + std::to_string(coverage.enforced) + " enforced, " +
                     std::to_string(coverage.informational) + " informational, " +
                     std::to_string(coverage.not_enforceable) + " not enforceable\n";
  for (const RuleInfo& rule : plan.rules) {
    if (rule.enforcement == Enforcement::kEnforced) continue;
    text += "  " + std::string(WhyNotHeading(rule.enforcement)) + ": " + rule.id + " (line " +
            std::to_string(rule.position.line) + "): " + rule.why_not + "\n";
  }
  return text;
}

Json FileJson(const LintedFile& linted) {
  Json problems = Json::array();
  for (const Diagnostic& diagnostic : linted.diagnostics.all()) {
    problems.push_back({{"severity", Name(diagnostic.severity)},
                        {"line", diagnostic.position.line},
                        {"column", diagnostic.position.column},
                        {"id", diagnostic.id},
                        {"message", diagnostic.message},
                        {"mend", diagnostic.mend}});
  }
  Json schemas = Json::array();
  for (const CheckPlan& plan : linted.plans) {
    const Coverage coverage = CoverageOf(plan);
    Json open = Json::array();
    for (const RuleInfo& rule : plan.rules) {
      if (rule.enforcement == Enforcement::kEnforced) continue;
      open.push_back({{"id", rule.id},
                      {"line", rule.position.line},
                      {"enforcement", WhyNotHeading(rule.enforcement)},
                      {"why_not", rule.why_not}});
    }
    schemas.push_back({{"schema", plan.dataset},
                       {"promises", coverage.promises},
                       {"enforced", coverage.enforced},
                       {"informational", coverage.informational},
                       {"not_enforceable", coverage.not_enforceable},
                       {"not_enforced", open}});
  }
  return {{"file", linted.file},
          {"mended", linted.mended},
          {"problems", problems},
          {"schemas", schemas}};
}

Result<ExitCode> Lint(const LintFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const auto linted, LintAll(flags, context));
  std::string text;
  Json json = Json::array();
  size_t errors = 0, warnings = 0;
  int uncovered = 0;
  std::vector<Diagnostic> all;
  for (const auto& file : linted) {
    file->diagnostics.SortByPosition();
    const auto& found = file->diagnostics.all();
    all.insert(all.end(), found.begin(), found.end());
    if (file->mended > 0) {
      text += file->file + ": " + std::to_string(file->mended) + " mended\n";
    }
    for (const Diagnostic& diagnostic : file->diagnostics.all()) {
      text += ToString(diagnostic) + "\n";
      warnings += diagnostic.severity == Severity::kWarning ? 1 : 0;
    }
    errors += file->diagnostics.error_count();
    for (const CheckPlan& plan : file->plans) {
      text += CoverageText(plan);
      uncovered += CoverageOf(plan).not_enforceable;
    }
    json.push_back(FileJson(*file));
  }
  text += std::to_string(linted.size()) + (linted.size() == 1 ? " file: " : " files: ") +
          std::to_string(errors) + " errors, " + std::to_string(warnings) + " warnings\n";
  if (!flags.sarif_file.empty()) {
    LAKEGATE_TRY(WriteWholeFile(*context.storage, flags.sarif_file, SarifReport(all),
                                {.when_exists = WhenExists::kReplace}));
  }
  const bool printed = Print(
      flags.json ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
                 : text);
  if (errors > 0 || (flags.require_full_coverage && uncovered > 0)) return kExitWrongUsage;
  if (!printed) return kExitNotDelivered;
  return warnings > 0 && flags.fail_on == "warning" ? kExitWarnings : kExitDone;
}

}  // namespace

Command AddLintCommand(CLI::App& program) {
  auto flags = std::make_shared<LintFlags>();
  CLI::App* app = program.add_subcommand("lint", "Check contracts and lakegate.yaml without data");
  app->footer(kLintExamples);
  app->add_option("FILE", flags->files, "Contracts or a lakegate.yaml (default: the lake here)");
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_option("--fail-on", flags->fail_on, "warning: exit with 2 if there are only warnings")
      ->check(CLI::IsMember({"warning"}));
  app->add_flag("--require-full-coverage", flags->require_full_coverage,
                "A promise that cannot be enforced is an error");
  app->add_flag("--fix", flags->fix,
                "Mend contracts where it needs no decision: quotes, order of bounds, spelling");
  app->add_option("--sarif", flags->sarif_file, "Write the findings as SARIF 2.1.0 to this file");
  app->add_flag("--json", flags->json, "Print the findings as JSON");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = Lint(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
