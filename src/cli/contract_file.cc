#include "cli/contract_file.h"

#include <cstdio>

#include "contract/contract.h"

namespace lakegate {

void PrintDiagnostics(const Diagnostics& diagnostics, Severity least_severe) {
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity <= least_severe) {
      std::fprintf(stderr, "%s\n", ToString(diagnostic).c_str());
    }
  }
}

Result<LoadedContract> LoadContractFile(Storage* storage, const std::string& path,
                                        const std::string& dataset, CompileOptions options) {
  Result<std::string> text = ReadWholeFile(*storage, path, kMaxContractBytes);
  if (!text) {
    Error error = text.error();
    error.code = ErrorCode::kInvalidConfig;
    return error.While("reading the contract");
  }
  Diagnostics diagnostics;
  Result<Contract> contract = LoadContract(*text, path, diagnostics);
  if (contract && options.schema_name.empty() && contract->schema.size() > 1) {
    options.schema_name = dataset;
  }
  Result<CheckPlan> plan =
      contract ? Compile(*contract, options, diagnostics) : Result<CheckPlan>(contract.error());
  diagnostics.SortByPosition();
  PrintDiagnostics(diagnostics, Severity::kWarning);
  if (!plan) {
    if (!diagnostics.has_errors()) {
      return Error{ErrorCode::kInvalidConfig, plan.error().message, plan.error().hint};
    }
    return Error{ErrorCode::kInvalidConfig,
                 "the contract " + path + " has " + std::to_string(diagnostics.error_count()) +
                     (diagnostics.error_count() == 1 ? " error" : " errors"),
                 "mend it (see above); lakegate lint " + path + " shows hints, too"};
  }
  LoadedContract loaded;
  loaded.plan = std::make_unique<CheckPlan>(std::move(*plan));
  if (const CsvDialect* csv = CsvDialectOf(*contract, options.schema_name)) loaded.csv = *csv;
  return loaded;
}

}  // namespace lakegate
