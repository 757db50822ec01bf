// lakegate explain: what a reason code or a rule means, and where the contract says so.
#include <algorithm>

#include "cli/command.h"
#include "cli/contract_file.h"
#include "cli/lake_file.h"
#include "cli/terminal.h"
#include "contract/diagnostics.h"
#include "core/reason.h"

namespace lakegate {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  lakegate explain type-error\n"
    "  lakegate explain user-id-nulls --contract contracts/events.odcs.yaml\n"
    "  lakegate explain                          all reason codes";

struct ExplainFlags {
  std::string what, contract, folder = ".";
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

// Which decision of the semantics applies.
const char* MetricDecision(MetricKind kind) {
  switch (kind) {
    case MetricKind::kRowCount:
      return "all records read count, also those that are set aside";
    case MetricKind::kNullValues:
      return "S14: absent and null count, the empty text does not";
    case MetricKind::kMissingValues:
      return "S14: the listed tokens count; null only if it is listed";
    case MetricKind::kInvalidValues:
      return "S14: a value must satisfy both validValues and pattern; null is never invalid";
    case MetricKind::kDuplicateValues:
      return "S15: extra copies = rows with a key - distinct keys; exact, null is no key "
             "(lakegate.duplicates and lakegate.nulls change that)";
  }
  return "";
}

std::string CodeText(const ReasonDescriptor& reason) {
  return std::string(reason.name) + "\n  " + reason.summary +
         "\n  About: " + ScopeWords(reason.scope) + ".\n  Mend:  " + reason.mend + "\n";
}

std::string RuleText(const CheckPlan& plan, size_t index) {
  const RuleInfo& rule = plan.rules[index];
  std::string text =
      rule.id + "\n  Promise:  " + rule.promise + "\n  Written:  " + ToString(rule.position) + "\n";
  if (rule.enforcement != Enforcement::kEnforced) {
    return text + "  Not enforced: " + rule.why_not + "\n";
  }
  text += "  Violated: " + std::string(Name(rule.action)) + "\n";
  if (rule.scope == RuleScope::kRecord) {
    text +=
        "  Reason:   " + std::string(Name(rule.code)) + ": " + Describe(rule.code).summary + "\n";
  }
  for (const MetricRule& metric : plan.metrics) {
    if (metric.rule == static_cast<int>(index)) {
      text += "  Measure:  " + std::string(Name(metric.kind)) + "; " + MetricDecision(metric.kind) +
              "\n";
      text += "  Percent:  of all records read (S13), unless lakegate.base says otherwise\n";
    }
  }
  return text;
}

// Appends the rule's text if the plan has it; collects the ids it has.
bool FindRule(const CheckPlan& plan, const std::string& id, std::string* text,
              std::vector<std::string>* known) {
  bool found = false;
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    known->push_back(plan.rules[i].id);
    if (plan.rules[i].id != id) continue;
    *text += RuleText(plan, i);
    found = true;
  }
  return found;
}

Result<ExitCode> ExplainRule(const ExplainFlags& flags, CommandContext& context) {
  std::string text;
  std::vector<std::string> known;
  bool found = false;
  if (!flags.contract.empty()) {
    LAKEGATE_ASSIGN(const LoadedContract loaded,
                    LoadContractFile(context.storage.get(), flags.contract, "", {}));
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
  return ExplainRule(flags, context);
}

}  // namespace

Command AddExplainCommand(CLI::App& program) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* app = program.add_subcommand("explain", "What a reason code or a rule means");
  app->footer(kExamples);
  app->add_option("CODE|RULE", flags->what, "A reason code or a rule's id (default: all codes)");
  app->add_option("-c,--contract", flags->contract, "The contract that has the rule");
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = Explain(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
