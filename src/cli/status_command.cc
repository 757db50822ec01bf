// lakegate status: partitions and their states, from the ledger.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/query_flags.h"
#include "cli/terminal.h"
#include "core/clock.h"
#include "core/temporal_pattern.h"
#include "ledger/ledger.h"
#include "report/report_model.h"
#include "report/status_calendar.h"
#include "run/dataset_status.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kStatusExamples =
    "Examples:\n"
    "  lakegate status\n"
    "  lakegate status --calendar\n"
    "  lakegate status events --days 60 --json";

struct StatusFlags {
  std::string dataset, folder = ".", now;
  int64_t days = 30;
  bool json = false;
  bool calendar = false;
};

std::string Ago(TimestampUs then_us, TimestampUs now_us) {
  const int64_t seconds = std::max<int64_t>(0, (now_us - then_us) / 1'000'000);
  if (seconds < 60) return std::to_string(seconds) + " s ago";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min ago";
  if (seconds < 2 * 86'400) return std::to_string(seconds / 3600) + " h ago";
  return std::to_string(seconds / 86'400) + " days ago";
}

// How many items, and records of them, are in each state.
Json QuarantineJson(const DatasetStatus& status) {
  Json json = Json::object();
  for (const QuarantineState state :
       {QuarantineState::kOpen, QuarantineState::kReplayed, QuarantineState::kSuperseded,
        QuarantineState::kDiscarded, QuarantineState::kExpired}) {
    int64_t runs = 0, records = 0;
    for (const QuarantineItem& item : status.quarantine) {
      if (item.state != state) continue;
      ++runs;
      records += item.records;
    }
    json[Name(state)] = {{"runs", runs}, {"records", records}};
  }
  return json;
}

std::string Text(const DatasetStatus& status, TimestampUs now_us) {
  std::string text = status.name + "\n";
  if (status.partitions.empty()) text += "  nothing yet: lakegate run " + status.name + "\n";
  size_t width = 0;
  for (const Partition& partition : status.partitions) {
    width = std::max(width, partition.key.size());
  }
  // Newest first: that is what people look for.
  for (auto at = status.partitions.rbegin(); at != status.partitions.rend(); ++at) {
    text += "  " + at->key + std::string(width - at->key.size(), ' ') + "  " + Name(at->state);
    const auto rows = status.rows.find(at->key);
    if (rows != status.rows.end()) {
      text += "  " + WithCommas(rows->second) + " rows";
      if (at->state != PartitionState::kPublished) text += " still live";
    }
    const auto set_aside = status.set_aside.find(at->key);
    if (set_aside != status.set_aside.end()) {
      text += "  " + WithCommas(set_aside->second) + " set aside";
    }
    if (at->updated_us > 0) text += "  " + Ago(at->updated_us, now_us);
    if (at->why) text += "  " + *at->why;
    text += "\n";
  }
  if (status.hidden > 0) {
    text += "  … " + WithCommas(status.hidden) + " older published partitions: --days N\n";
  }
  for (const LandedFile& file : status.held) {
    text += "  held     " + file.path + "  " + file.held_reason.value_or("") + "\n";
  }
  for (const LandedFile& file : status.ignored) {
    text += "  ignored  " + file.path + "  " + file.held_reason.value_or("") + "\n";
  }
  return text;
}

Json AsJson(const DatasetStatus& status) {
  Json partitions = Json::array();
  for (const Partition& partition : status.partitions) {
    const auto rows = status.rows.find(partition.key);
    const auto set_aside = status.set_aside.find(partition.key);
    partitions.push_back(
        {{"partition", partition.key},
         {"state", Name(partition.state)},
         {"published_version",
          partition.published_version ? Json(*partition.published_version) : Json()},
         {"rows", rows != status.rows.end() ? Json(rows->second) : Json()},
         {"set_aside", set_aside != status.set_aside.end() ? set_aside->second : 0},
         {"why", partition.why ? Json(*partition.why) : Json()},
         {"last_run", partition.last_run_id ? Json(*partition.last_run_id) : Json()},
         {"updated_at",
          partition.updated_us > 0 ? Json(FormatTimestamp(partition.updated_us)) : Json()}});
  }
  const auto files = [](const std::vector<LandedFile>& list) {
    Json json = Json::array();
    for (const LandedFile& file : list) {
      json.push_back({{"path", file.path}, {"reason", file.held_reason.value_or("")}});
    }
    return json;
  };
  return {{"dataset", status.name},
          {"partitions", partitions},
          {"held_files", files(status.held)},
          {"ignored_files", files(status.ignored)},
          {"quarantine", QuarantineJson(status)},
          {"hidden_partitions", status.hidden}};
}

Result<ExitCode> Show(const StatusFlags& flags, CommandContext& context) {
  LAKEGATE_TRY(EnterLake(context));
  Diagnostics diagnostics;
  LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
  if (!flags.dataset.empty() && !config.FindDataset(flags.dataset)) {
    return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + flags.dataset + "'",
                 "lakegate status without a name shows all"};
  }
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
  LAKEGATE_ASSIGN(const TimestampUs now_us, ParseNow(flags.now, SystemClock()));
  Json json = Json::array();
  std::string text;
  for (const Dataset& dataset : config.datasets) {
    if (!flags.dataset.empty() && dataset.name != flags.dataset) continue;
    LAKEGATE_ASSIGN(const DatasetStatus status,
                    StatusOf(ledger.get(), dataset, now_us, flags.days));
    json.push_back(AsJson(status));
    text += (text.empty() ? "" : "\n") +
            (flags.calendar ? CalendarText(dataset.name, status.dates) : Text(status, now_us));
  }
  return Print(flags.json
                   ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                         "\n"
                   : text)
             ? kExitDone
             : kExitNotDelivered;
}

}  // namespace

Command AddStatusCommand(CLI::App& program) {
  auto flags = std::make_shared<StatusFlags>();
  CLI::App* app = program.add_subcommand("status", "Partitions and their states, held files");
  app->footer(kStatusExamples);
  app->add_option("DATASET", flags->dataset, "Only this dataset");
  app->add_option("--days", flags->days,
                  "Published partitions that did not change for longer are "
                  "only counted (default 30)")
      ->check(CLI::Range(int64_t{0}, int64_t{36'500}));
  app->add_flag("--calendar", flags->calendar,
                "A line a month, a letter a day: the worst state of each date's partitions");
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_option("--now", flags->now, "What is missing as if it were this time (ISO 8601)");
  app->add_flag("--json", flags->json, "Print as JSON");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = Show(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
