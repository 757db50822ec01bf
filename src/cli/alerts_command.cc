// lakegate alerts: failures that people must hear of, and whether they have.
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/terminal.h"
#include "core/temporal_pattern.h"
#include "ledger/ledger.h"
#include "report/alert_delivery.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAlertsExamples =
    "Examples:\n"
    "  lakegate alerts ls                  open failures, and deliveries that are still to come\n"
    "  lakegate alerts test ops            send a test alert and show the answer\n"
    "  lakegate alerts send                deliver what waits; `run` does it, too\n"
    "In lakegate.yaml:\n"
    "  alerts: {ops: {type: command, command: \"mail -s lakegate ops@example.org\"}}\n"
    "and `alerts: [ops]` at the dataset. The command gets one JSON object on standard input.";

struct AlertsFlags {
  std::string folder = ".", name;
  bool json = false;
};

Json JsonOf(const Alert& alert, const std::vector<Delivery>& waiting) {
  Json undelivered = Json::array();
  for (const Delivery& delivery : waiting) {
    if (delivery.alert.id != alert.id) continue;
    undelivered.push_back(
        {{"channel", delivery.channel},
         {"attempts", delivery.attempts},
         {"next_try_at", FormatTimestamp(delivery.next_try_us)},
         {"last_error", delivery.last_error ? Json(*delivery.last_error) : Json()}});
  }
  return {{"id", alert.id},
          {"dataset", alert.dataset},
          {"partition", alert.partition_key},
          {"kind", alert.kind},
          {"summary", alert.summary},
          {"run_id", alert.run_id ? Json(*alert.run_id) : Json()},
          {"report", alert.report_path ? Json(*alert.report_path) : Json()},
          {"times", alert.times},
          {"raised_at", FormatTimestamp(alert.raised_us)},
          {"last_at", FormatTimestamp(alert.last_us)},
          {"undelivered", undelivered}};
}

std::string LineOf(const Alert& alert) {
  std::string line = alert.dataset + "  " + alert.partition_key + "  " + alert.kind + "  " +
                     FormatTimestamp(alert.raised_us).substr(0, 19) + "Z";
  if (alert.times > 1) line += "  seen " + std::to_string(alert.times) + " times";
  return line + "  " + alert.summary + "\n";
}

std::string LineOf(const Delivery& delivery) {
  std::string line = "  not delivered to " + delivery.channel;
  if (delivery.attempts > 0) {
    line += " after " + std::to_string(delivery.attempts) +
            (delivery.attempts == 1 ? " try: " : " tries: ") +
            delivery.last_error.value_or("interrupted");
  }
  return line + "\n";
}

Result<ExitCode> List(const AlertsFlags& flags, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<Alert> open, ledger->outbox().ListOpen());
  LAKEGATE_ASSIGN(const std::vector<Delivery> waiting, ledger->outbox().ListUndelivered());
  Json alerts = Json::array();
  std::string text;
  for (const Alert& alert : open) {
    alerts.push_back(JsonOf(alert, waiting));
    text += LineOf(alert);
    for (const Delivery& delivery : waiting) {
      if (delivery.alert.id == alert.id) text += LineOf(delivery);
    }
  }
  for (const Delivery& delivery : waiting) {  // of failures that are over
    if (!delivery.alert.resolved_us) continue;
    alerts.push_back(JsonOf(delivery.alert, {delivery}));
    text += LineOf(delivery.alert) + "  is over\n" + LineOf(delivery);
  }
  if (text.empty()) text = "no open alerts\n";
  const Json json = {{"alerts", alerts}};
  const auto replace = Json::error_handler_t::replace;
  return Print(flags.json ? json.dump(2, ' ', false, replace) + "\n" : text) ? kExitDone
                                                                             : kExitNotDelivered;
}

Result<ExitCode> Send(const LakeConfig& config, const CommandContext& context, Ledger* ledger) {
  const SystemClock clock;
  LAKEGATE_ASSIGN(const std::vector<Error> failures,
                  DeliverAlerts(config, clock, context.cancelled, ledger));
  for (const Error& failure : failures) Fail(failure);
  return failures.empty() ? kExitDone : kExitNotDelivered;
}

Result<ExitCode> Test(const AlertsFlags& flags, const LakeConfig& config,
                      const CommandContext& context) {
  Alert alert;
  alert.dataset = config.datasets.empty() ? "none" : config.datasets[0].name;
  alert.partition_key = "-";
  alert.kind = "test";
  alert.summary = "a test alert of lakegate: nothing failed";
  alert.raised_us = SystemClock().Now();
  ExitCode code = kExitDone;
  int sent = 0;
  for (const AlertConfig& channel : config.alerts) {
    if (!flags.name.empty() && channel.name != flags.name) continue;
    ++sent;
    const Status status = SendAlert(config, channel.name, alert, context.cancelled);
    if (!status) {
      Fail(status.error().While("sending a test alert to " + channel.name));
      code = kExitNotDelivered;
    } else if (!Print("sent a test alert to " + channel.name + "\n")) {
      code = kExitNotDelivered;
    }
  }
  if (sent > 0) return code;
  return Error{ErrorCode::kInvalidConfig,
               flags.name.empty() ? "lakegate.yaml has no alerts"
                                  : "there is no alert '" + flags.name + "' in lakegate.yaml",
               "e.g. alerts: {ops: {type: command, command: \"cat >> alerts.log\"}}"};
}

}  // namespace

Command AddAlertsCommand(CLI::App& program) {
  auto flags = std::make_shared<AlertsFlags>();
  CLI::App* app = program.add_subcommand("alerts", "Failures to hear of, and their delivery");
  app->footer(kAlertsExamples);
  app->require_subcommand(1);
  CLI::App* ls = app->add_subcommand("ls", "Open failures, and what is not delivered yet");
  ls->add_flag("--json", flags->json, "Print as JSON");
  CLI::App* send = app->add_subcommand("send", "Deliver what is due now");
  CLI::App* test = app->add_subcommand("test", "Send a test alert and show the answer");
  test->add_option("NAME", flags->name, "Only this one of lakegate.yaml's alerts");
  for (CLI::App* each : {ls, send, test}) {
    each->add_option("-C", flags->folder, "The lake's folder (default: here)");
  }
  return {
      app, [flags, ls, test](CommandContext& context) {
        context.lake = flags->folder;
        const auto work = [&]() -> Result<ExitCode> {
          LAKEGATE_TRY(EnterLake(context));
          Diagnostics diagnostics;
          LAKEGATE_ASSIGN(const LakeConfig config, LoadConfig(context, &diagnostics));
          if (test->parsed()) return Test(*flags, config, context);
          LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
          return ls->parsed() ? List(*flags, ledger.get()) : Send(config, context, ledger.get());
        };
        Result<ExitCode> code = work();
        return code ? *code : Fail(code.error());
      }};
}

}  // namespace lakegate
