// lakegate quarantine ls / show / replay / discard: the records that were set aside.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/run_lake.h"
#include "cli/terminal.h"
#include "core/temporal_pattern.h"
#include "ledger/ledger.h"
#include "report/report_model.h"
#include "run/replay.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kQuarantineExamples =
    "Examples:\n"
    "  lakegate quarantine ls events\n"
    "  lakegate quarantine show 01943c5e-3f00-7abc-8123-456789abcdef --limit 20\n"
    "  lakegate quarantine show quarantine/events/ingestion_date=2025-01-01/<run>\n"
    "  lakegate quarantine replay events        the contract was mended: judge them again\n"
    "  lakegate quarantine discard 01943c5e-3f00-7abc-8123-456789abcdef --reason 'test data'";

struct QuarantineFlags {
  std::string dataset, what, code, state, reason, folder = ".";
  std::vector<std::string> partition;
  RunLakeFlags lake;  // of replay
  int64_t limit = 10;
  bool json = false;
};

// The ledger of the lake that the flags name; its config, too, if wanted.
Result<std::unique_ptr<Ledger>> OpenLedger(CommandContext& context, LakeConfig* config) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(*config, LoadConfig(context, &diagnostics));
  return Ledger::Open(config->ledger, {});
}

ExitCode PrintJson(const Json& json) {
  return Print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n") ? kExitDone
                                                                                : kExitNotDelivered;
}

Json JsonOf(const QuarantineItem& item) {
  return {{"run_id", item.run_id},
          {"dataset", item.dataset},
          {"partition", item.partition_key},
          {"state", Name(item.state)},
          {"records", item.records},
          {"folder", item.folder},
          {"removed", item.removed_us.has_value()},
          {"reason", item.reason ? Json(*item.reason) : Json()},
          {"closed_by", item.closed_by ? Json(*item.closed_by) : Json()},
          {"recorded_at", FormatTimestamp(item.recorded_us)}};
}

std::string LineOf(const QuarantineItem& item) {
  std::string text = item.run_id + "  " + item.dataset + "  " + item.partition_key + "  " +
                     Name(item.state) + "  " + WithCommas(item.records) +
                     (item.records == 1 ? " record  " : " records  ");
  text += item.removed_us ? "(bytes removed)" : item.folder;
  if (item.closed_by) text += "  by run " + *item.closed_by;
  if (item.reason) text += "  " + *item.reason;
  return text + "\n";
}

Result<ExitCode> List(const QuarantineFlags& flags, CommandContext& context) {
  LakeConfig config;
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenLedger(context, &config));
  if (!flags.dataset.empty() && !config.FindDataset(flags.dataset)) {
    return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + flags.dataset + "'",
                 "lakegate quarantine ls without a name shows all"};
  }
  std::string text;
  Json json = Json::array();
  for (const Dataset& dataset : config.datasets) {
    if (!flags.dataset.empty() && dataset.name != flags.dataset) continue;
    LAKEGATE_ASSIGN(const std::vector<QuarantineItem> items,
                    ledger->quarantine_items().ListForDataset(dataset.name));
    for (const QuarantineItem& item : items) {
      if (!flags.state.empty() && flags.state != Name(item.state)) continue;
      text += LineOf(item);
      json.push_back(JsonOf(item));
    }
  }
  if (flags.json) return PrintJson(json);
  if (text.empty()) text = "nothing is set aside\n";
  return Print(text) ? kExitDone : kExitNotDelivered;
}

// A folder as it is, or the folder of a run of the lake.
Result<std::string> FindFolder(const QuarantineFlags& flags, CommandContext& context) {
  if (context.storage->Stat(flags.what + "/rejects.ndjson")) return flags.what;
  LakeConfig config;
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenLedger(context, &config));
  LAKEGATE_ASSIGN(const std::optional<QuarantineItem> item,
                  ledger->quarantine_items().Find(flags.what));
  if (!item || item->removed_us) {
    return Error{ErrorCode::kInvalidConfig,
                 item ? "the bytes that run " + flags.what + " set aside were removed by retention"
                      : "no quarantine folder and no run with set-aside records is called '" +
                            flags.what + "'",
                 "lakegate quarantine ls shows what there is"};
  }
  return item->folder;
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

Result<ExitCode> Replay(const QuarantineFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const Lake lake, LoadLake(context));
  ReplayRequest request;
  request.what = flags.what;
  LAKEGATE_ASSIGN(request.partition, ParsePartitionFlags(flags.partition));
  ReplayOutcome outcome;
  const auto records = [](const std::vector<QuarantineItem>& items) {
    int64_t sum = 0;
    for (const QuarantineItem& item : items) sum += item.records;
    return sum;
  };
  ShownWork work;
  work.config = &lake.config;
  work.run = [&](const RunSettings& settings,
                 const OnPartition& on_result) -> Result<LakeRunResult> {
    LAKEGATE_ASSIGN(outcome, ReplayQuarantine(lake, request, settings, on_result));
    return outcome.run;
  };
  work.closing_text = [&]() -> std::string {
    if (outcome.items.empty()) return "nothing to replay: no open records are set aside\n";
    return WithCommas(records(outcome.items) - records(outcome.still_open)) + " of " +
           WithCommas(records(outcome.items)) +
           " set-aside records were judged again; what is still wrong is set aside anew\n";
  };
  work.closing_json = [&]() -> Json {
    Json items = Json::array();
    for (const QuarantineItem& item : outcome.items) items.push_back(JsonOf(item));
    return {{"replayed_records", records(outcome.items) - records(outcome.still_open)},
            {"open_records", records(outcome.still_open)},
            {"items", items}};
  };
  return ShowWork(work, flags.lake, context);
}

Result<ExitCode> Discard(const QuarantineFlags& flags, CommandContext& context) {
  LakeConfig config;
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, OpenLedger(context, &config));
  if (flags.reason.find_first_not_of(" \t\n") == std::string::npos) {
    return Error{ErrorCode::kInvalidConfig, "--reason is empty",
                 "say why these records may be forgotten; it is kept in the ledger"};
  }
  Status discarded =
      ledger->quarantine_items().Discard(flags.what, flags.reason, SystemClock().Now());
  if (!discarded) {
    const bool wrong = discarded.error().code == ErrorCode::kNotFound ||
                       discarded.error().code == ErrorCode::kConflict;
    const Error& error = discarded.error();
    return wrong ? Error{ErrorCode::kInvalidConfig, error.message, error.hint} : error;
  }
  LAKEGATE_ASSIGN(const std::optional<QuarantineItem> item,
                  ledger->quarantine_items().Find(flags.what));
  if (flags.json) return PrintJson(JsonOf(*item));
  return Print(LineOf(*item)) ? kExitDone : kExitNotDelivered;
}

void AddShared(CLI::App* app, const std::shared_ptr<QuarantineFlags>& flags) {
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_flag("--json", flags->json, "Print as JSON");
}

}  // namespace

Command AddQuarantineCommand(CLI::App& program) {
  auto flags = std::make_shared<QuarantineFlags>();
  CLI::App* app = program.add_subcommand("quarantine", "The records that were set aside");
  app->footer(kQuarantineExamples);
  app->require_subcommand(1);
  CLI::App* ls = app->add_subcommand("ls", "Runs with records set aside, newest first");
  ls->add_option("DATASET", flags->dataset, "Only this dataset");
  ls->add_option("--state", flags->state, "Only open, replayed, superseded, discarded or expired")
      ->check(CLI::IsMember({"open", "replayed", "superseded", "discarded", "expired"}));
  AddShared(ls, flags);
  CLI::App* show = app->add_subcommand("show", "Records with all their reasons and bytes");
  show->add_option("RUN", flags->what, "A run's id, or a quarantine folder")->required();
  show->add_option("--limit", flags->limit, "Records to show (default 10)")
      ->check(CLI::NonNegativeNumber);
  show->add_option("--code", flags->code, "Only records with this reason code");
  AddShared(show, flags);
  CLI::App* replay = app->add_subcommand(
      "replay", "Judge open records again under today's contract and publish what passes");
  replay->add_option("RUN|DATASET", flags->what, "A run's id, or a dataset")->required();
  replay->add_option("--partition", flags->partition, "Only partitions with COLUMN=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  AddRunLakeFlags(replay, &flags->lake);
  replay->remove_option(replay->get_option("--force"));
  CLI::App* discard =
      app->add_subcommand("discard", "Say that a run's open records are not wanted any more");
  discard->add_option("RUN", flags->what, "A run's id")->required();
  discard->add_option("--reason", flags->reason, "Why; kept in the ledger")->required();
  AddShared(discard, flags);
  return {app, [flags, ls, replay, discard](CommandContext& context) {
            context.lake = replay->parsed() ? flags->lake.folder : flags->folder;
            Result<ExitCode> code = ls->parsed()        ? List(*flags, context)
                                    : replay->parsed()  ? Replay(*flags, context)
                                    : discard->parsed() ? Discard(*flags, context)
                                                        : ShowRecords(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
