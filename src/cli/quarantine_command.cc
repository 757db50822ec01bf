// lakegate quarantine ls / show: the records that were set aside.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/terminal.h"
#include "ledger/ledger.h"
#include "report/report_model.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kExamples =
    "Examples:\n"
    "  lakegate quarantine ls events\n"
    "  lakegate quarantine show 01943c5e-3f00-7abc-8123-456789abcdef --limit 20\n"
    "  lakegate quarantine show quarantine/events/ingestion_date=2025-01-01/<run>";

struct QuarantineFlags {
  std::string dataset, what, code, folder = ".";
  int64_t limit = 10;
  bool json = false;
};

std::string FolderOf(const Run& run) {
  const Json counters = Json::parse(run.counters, nullptr, false);
  if (!counters.is_object() || !counters.contains("quarantine")) return "";
  return counters["quarantine"].get<std::string>();
}

Result<ExitCode> List(const QuarantineFlags& flags, CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
  std::string text;
  Json json = Json::array();
  for (const Dataset& dataset : config.datasets) {
    if (!flags.dataset.empty() && dataset.name != flags.dataset) continue;
    LAKEGATE_ASSIGN(const std::vector<Run> runs,
                    ledger->runs().ListForDataset(dataset.name, 10'000));
    for (const Run& run : runs) {
      const std::string folder = FolderOf(run);
      if (folder.empty()) continue;
      const Json counters = Json::parse(run.counters, nullptr, false);
      const int64_t records = counters.value("quarantined", int64_t{0});
      text += run.id + "  " + dataset.name + "  " + run.partition_key + "  " + WithCommas(records) +
              " records  " + folder + "\n";
      json.push_back({{"run_id", run.id},
                      {"dataset", dataset.name},
                      {"partition", run.partition_key},
                      {"records", records},
                      {"folder", folder}});
    }
  }
  if (text.empty()) text = "nothing is set aside\n";
  return Print(flags.json
                   ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                         "\n"
                   : text)
             ? kExitDone
             : kExitNotDelivered;
}

// A folder as it is, or the folder of a run of the lake.
Result<std::string> FindFolder(const QuarantineFlags& flags, CommandContext& context) {
  if (context.storage->Stat(flags.what + "/rejects.ndjson")) return flags.what;
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
  LAKEGATE_ASSIGN(const std::optional<Run> run, ledger->runs().Find(flags.what));
  if (!run || FolderOf(*run).empty()) {
    return Error{
        ErrorCode::kInvalidConfig,
        "no quarantine folder and no run with set-aside records is called '" + flags.what + "'",
        "lakegate quarantine ls shows what there is"};
  }
  return FolderOf(*run);
}

bool HasCode(const Json& record, const std::string& code) {
  if (code.empty()) return true;
  const Json& reasons = record["reasons"];
  return std::any_of(reasons.begin(), reasons.end(),
                     [&](const Json& reason) { return reason["code"] == code; });
}

std::string RecordText(const Json& record) {
  std::string text = record["file"].get<std::string>() + " line " +
                     std::to_string(record["line"].get<int64_t>()) + "\n";
  for (const Json& reason : record["reasons"]) {
    text += "  " + reason["code"].get<std::string>() + "  " + reason["field"].get<std::string>() +
            (reason["value"].is_null() ? "" : " = " + reason["value"].dump()) + "  " +
            reason["message"].get<std::string>() + "\n";
  }
  text += "  " + (record.contains("raw") ? record["raw"].get<std::string>()
                                         : "(base64) " + record["raw_base64"].get<std::string>());
  return text + "\n";
}

Result<ExitCode> ShowRecords(const QuarantineFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const std::string folder, FindFolder(flags, context));
  std::ifstream file(folder + "/rejects.ndjson");
  std::string line;
  int64_t shown = 0, more = 0;
  bool printed = true;
  while (printed && std::getline(file, line)) {
    const Json record = Json::parse(line, nullptr, false);
    if (!record.is_object() || !record.contains("reasons")) {
      return Error{ErrorCode::kCorrupt, folder + "/rejects.ndjson has a line that is not ours",
                   "was the file edited?"};
    }
    if (!HasCode(record, flags.code)) continue;
    if (shown == flags.limit) {
      ++more;
      continue;
    }
    ++shown;
    printed = Print(flags.json ? line + "\n" : RecordText(record));
  }
  if (more > 0 && !flags.json) {
    printed =
        Print("… " + WithCommas(more) + " more: --limit " + std::to_string(shown + more) + "\n");
  }
  return printed ? kExitDone : kExitNotDelivered;
}

void AddShared(CLI::App* app, const std::shared_ptr<QuarantineFlags>& flags) {
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_flag("--json", flags->json, "Print as JSON");
}

}  // namespace

Command AddQuarantineCommand(CLI::App& program) {
  auto flags = std::make_shared<QuarantineFlags>();
  CLI::App* app = program.add_subcommand("quarantine", "The records that were set aside");
  app->footer(kExamples);
  app->require_subcommand(1);
  CLI::App* ls = app->add_subcommand("ls", "Runs with records set aside, newest first");
  ls->add_option("DATASET", flags->dataset, "Only this dataset");
  AddShared(ls, flags);
  CLI::App* show = app->add_subcommand("show", "Records with all their reasons and bytes");
  show->add_option("RUN", flags->what, "A run's id, or a quarantine folder")->required();
  show->add_option("--limit", flags->limit, "Records to show (default 10)")
      ->check(CLI::NonNegativeNumber);
  show->add_option("--code", flags->code, "Only records with this reason code");
  AddShared(show, flags);
  return {app, [flags, ls](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code =
                ls->parsed() ? List(*flags, context) : ShowRecords(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
