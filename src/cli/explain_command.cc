// lakegate explain: what a reason code or a rule means, and where the contract says so.
#include <algorithm>

#include "cli/command.h"
#include "cli/contract_file.h"
#include "cli/lake_file.h"
#include "cli/terminal.h"
#include "contract/diagnostics.h"
#include "core/reason.h"
#include "report/rule_explanation.h"

namespace lakegate {
namespace {

constexpr const char* kExplainExamples =
    "Examples:\n"
    "  lakegate explain type-error\n"
    "  lakegate explain user-id-nulls --contract contracts/events.odcs.yaml\n"
    "  lakegate explain                          all reason codes";

struct ExplainFlags {
  std::string what, contract, schema, folder = ".";
};

const char* ScopeWords(ReasonScope scope) {
  switch (scope) {
    case ReasonScope::kStructure:
      return "the structure of a record; stands alone, since the values cannot be trusted";
    case ReasonScope::kValue:
      return "one value of a record; a record carries all of them";
    case ReasonScope::kFile:
      return "a whole file; nothing of it is published";
  }
  return "";
}

std::string CodeText(const ReasonDescriptor& reason) {
  return std::string(reason.name) + "\n  " + reason.summary +
         "\n  About: " + ScopeWords(reason.scope) + ".\n  Mend:  " + reason.mend + "\n";
}

// Appends the rule's text if the plan has it; collects the ids it has.
bool FindRule(const CheckPlan& plan, const std::string& id, std::string* text,
              std::vector<std::string>* known) {
  bool found = false;
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    known->push_back(plan.rules[i].id);
    if (plan.rules[i].id != id) continue;
    *text += ExplainRule(plan, i);
    found = true;
  }
  return found;
}

Result<ExitCode> FindAndExplain(const ExplainFlags& flags, CommandContext& context) {
  std::string text;
  std::vector<std::string> known;
  bool found = false;
  if (!flags.contract.empty()) {
    LAKEGATE_ASSIGN(
        const LoadedContract loaded,
        LoadContractFile(context.storage.get(), flags.contract, "", {.schema_name = flags.schema}));
    found = FindRule(*loaded.plan, flags.what, &text, &known);
  } else if (context.lake != "." || context.storage->Stat(kLakeFile)) {
    LAKEGATE_ASSIGN(const Lake lake, LoadLake(context));
    for (const DatasetSetup& setup : lake.datasets) {
      found = FindRule(*setup.plan, flags.what, &text, &known) || found;
    }
  }
  if (found) return Print(text) ? kExitDone : kExitNotDelivered;
  for (const ReasonDescriptor& reason : AllReasons()) known.push_back(reason.name);
  const std::optional<std::string> near = DidYouMean(flags.what, known);
  return Error{ErrorCode::kInvalidConfig,
               "'" + flags.what + "' is no reason code and no rule" +
                   (flags.contract.empty() ? " of a lake here" : " of " + flags.contract),
               near ? "did you mean '" + *near + "'?"
                    : "lakegate explain lists the codes; rules are found with --contract FILE"};
}

Result<ExitCode> Explain(const ExplainFlags& flags, CommandContext& context) {
  if (flags.what.empty()) {
    std::string text;
    for (const ReasonDescriptor& reason : AllReasons()) {
      const std::string name = reason.name;
      text +=
          name + std::string(20 - std::min<size_t>(name.size(), 18), ' ') + reason.summary + "\n";
    }
    return Print(text) ? kExitDone : kExitNotDelivered;
  }
  if (const auto code = ReasonCodeFromName(flags.what)) {
    return Print(CodeText(Describe(*code))) ? kExitDone : kExitNotDelivered;
  }
  return FindAndExplain(flags, context);
}

}  // namespace

Command AddExplainCommand(CLI::App& program) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* app = program.add_subcommand("explain", "What a reason code or a rule means");
  app->footer(kExplainExamples);
  app->add_option("CODE|RULE", flags->what, "A reason code or a rule's id (default: all codes)");
  app->add_option("-c,--contract", flags->contract, "The contract that has the rule");
  app->add_option("--schema", flags->schema, "Which schema object, if the contract has several");
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = Explain(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
