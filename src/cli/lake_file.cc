#include "cli/lake_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/contract_file.h"
#include "cli/terminal.h"
#include "config/path_pattern.h"
#include "run/publish_columns.h"

namespace lakegate {
namespace {

// A column whose value stands in the path must be a partition column: it would be null otherwise.
Status RefuseUnusedCaptures(const Dataset& dataset, const CheckPlan& plan) {
  LAKEGATE_ASSIGN(const PathPattern pattern, PathPattern::Compile(dataset.landing.path));
  const auto& by = dataset.publish.partition_by;
  for (const std::string& capture : pattern.capture_names()) {
    const bool is_column =
        std::any_of(plan.fields.begin(), plan.fields.end(),
                    [&](const FieldPlan& field) { return field.name == capture; });
    if (!is_column || std::find(by.begin(), by.end(), capture) != by.end()) continue;
    return Error{ErrorCode::kUnsupported,
                 "landing.path of " + dataset.name + " captures the column '" + capture +
                     "', which is not in publish.partition_by: not built yet in this version",
                 "add it to partition_by, or write * instead of {" + capture + "}"};
  }
  return {};
}

}  // namespace

Status EnterLake(const CommandContext& context) {
  if (context.lake != "." && ::chdir(context.lake.c_str()) != 0) {
    return Error{ErrorCode::kInvalidConfig,
                 "cannot enter the lake's folder '" + context.lake + "': " + std::strerror(errno),
                 "give the folder that holds lakegate.yaml: -C DIR"};
  }
  if (!context.storage->Stat(kLakeFile)) {
    return Error{ErrorCode::kInvalidConfig, "there is no lakegate.yaml here",
                 "go to the lake's folder or name it with -C DIR; lakegate init makes a new lake, "
                 "lakegate demo a sample one"};
  }
  return {};
}

Result<LakeConfig> LoadConfig(const CommandContext& context, Diagnostics* diagnostics) {
  LAKEGATE_ASSIGN(const std::string text,
                  ReadWholeFile(*context.storage, kLakeFile, kMaxContractBytes));
  return LoadLakeConfig(text, kLakeFile, Environment, *diagnostics);
}

Result<Lake> LoadLake(const CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  Result<LakeConfig> config = LoadConfig(context, &diagnostics);
  Status built = config ? RefuseNotBuilt(*config, diagnostics) : Status(config.error());
  diagnostics.SortByPosition();
  PrintDiagnostics(diagnostics, Severity::kWarning);
  if (!built) {
    return Error{built.error().code,
                 diagnostics.has_errors()
                     ? "lakegate.yaml has " + std::to_string(diagnostics.error_count()) +
                           (diagnostics.error_count() == 1 ? " error" : " errors")
                     : built.error().message,
                 "mend it (see above) and try again"};
  }
  Lake lake;
  lake.config = std::move(*config);
  for (const Dataset& dataset : lake.config.datasets) {
    CompileOptions options;
    options.default_action = dataset.on_violation;
    options.default_budget = dataset.quarantine_budget;
    options.compat = context.compat.value_or(dataset.compat);
    Result<LoadedContract> loaded =
        LoadContractFile(context.storage.get(), dataset.contract, dataset.name, options);
    if (!loaded) return loaded.error().While("preparing the dataset " + dataset.name);
    LAKEGATE_TRY(RefuseUnusedCaptures(dataset, *loaded->plan));
    LAKEGATE_TRY(CheckPublishColumns(dataset, *loaded->plan));
    lake.datasets.push_back({nullptr, std::move(loaded->plan)});
  }
  // The datasets do not move any more.
  for (size_t i = 0; i < lake.datasets.size(); ++i) {
    lake.datasets[i].dataset = &lake.config.datasets[i];
  }
  return lake;
}

}  // namespace lakegate
