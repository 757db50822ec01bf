#include "cli/contract_file.h"

#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "contract/contract.h"

namespace lakegate {

void PrintDiagnostics(const Diagnostics& diagnostics, Severity least_severe) {
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity <= least_severe) {
      std::fprintf(stderr, "%s\n", ToString(diagnostic).c_str());
    }
  }
}

namespace {

// Contracts that relationships lead to: each is read once, without its messages.
class OtherContractFiles {
 public:
  explicit OtherContractFiles(Storage* storage) : storage_(storage) {}
  const Contract* Find(const std::string& file) {
    const auto [at, is_new] = contracts_.try_emplace(file);
    if (is_new) at->second = Load(file);
    return at->second ? &*at->second : nullptr;
  }

 private:
  std::optional<Contract> Load(const std::string& file) {
    const Result<std::string> text = ReadWholeFile(*storage_, file, kMaxContractBytes);
    if (!text) return std::nullopt;
    Diagnostics unheard;  // they are heard where that contract is used or linted
    Result<Contract> contract = LoadContract(*text, file, unheard);
    return contract ? std::optional<Contract>(std::move(*contract)) : std::nullopt;
  }
  Storage* const storage_;
  std::map<std::string, std::optional<Contract>> contracts_;
};

}  // namespace

Status RefuseGaps(const CheckPlan& plan) {
  const int gaps = CoverageOf(plan).not_enforceable;
  if (gaps == 0) return {};
  return Error{ErrorCode::kInvalidConfig,
               std::to_string(gaps) + (gaps == 1 ? " promise" : " promises") +
                   " of the contract cannot be enforced",
               "lakegate lint " + plan.contract_file + " lists them"};
}

OtherContracts ReadOtherContracts(Storage* storage) {
  auto files = std::make_shared<OtherContractFiles>(storage);
  return [files](const std::string& file) { return files->Find(file); };
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
  options.other_contracts = ReadOtherContracts(storage);
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
