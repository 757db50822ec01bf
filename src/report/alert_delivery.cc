#include "report/alert_delivery.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr int kTimeoutMs = 30'000;
constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kFirstPauseUs = 60 * kSecondUs;
constexpr int64_t kLongestPauseUs = 3600 * kSecondUs;

int64_t PauseAfter(int64_t attempts) {
  return attempts > 6 ? kLongestPauseUs : std::min(kFirstPauseUs << attempts, kLongestPauseUs);
}

}  // namespace

std::string AlertJson(const std::string& lake, const Alert& alert) {
  const nlohmann::ordered_json json = {
      {"id", alert.id},
      {"lake", lake},
      {"dataset", alert.dataset},
      {"partition", alert.partition_key},
      {"kind", alert.kind},
      {"summary", alert.summary},
      {"run_id", alert.run_id ? nlohmann::ordered_json(*alert.run_id) : nullptr},
      {"report", alert.report_path ? nlohmann::ordered_json(*alert.report_path) : nullptr},
      {"raised_at", FormatTimestamp(alert.raised_us)}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Status SendAlert(const LakeConfig& config, const std::string& channel, const Alert& alert,
                 const std::atomic<bool>* cancelled) {
  for (const AlertConfig& known : config.alerts) {
    if (known.name != channel) continue;
    if (known.type == kCommandAlert) {
      return RunAlertCommand(OptionOf(known, "command"), AlertJson(config.name, alert), kTimeoutMs,
                             cancelled);
    }
    return Error{ErrorCode::kUnsupported,
                 "alerts of type " + known.type + ": not built yet in this version",
                 "use type: command"};
  }
  return Error{ErrorCode::kInvalidConfig, "there is no alert '" + channel + "' in lakegate.yaml",
               "add it under alerts:"};
}

Result<std::vector<Error>> DeliverAlerts(const LakeConfig& config, const Clock& clock,
                                         const std::atomic<bool>* cancelled, Ledger* ledger) {
  std::vector<Error> failures;
  Outbox& outbox = ledger->outbox();
  LAKEGATE_ASSIGN(const std::vector<Delivery> waiting, outbox.ListUndelivered());
  for (const Delivery& delivery : waiting) {
    if (cancelled && *cancelled) break;
    const int64_t id = delivery.alert.id;
    const TimestampUs now_us = clock.Now();
    LAKEGATE_ASSIGN(const bool claimed,
                    outbox.Claim(id, delivery.channel, now_us, now_us + 2 * kTimeoutMs * 1000));
    if (!claimed) continue;  // not due yet, or somebody else does it
    const Status sent = SendAlert(config, delivery.channel, delivery.alert, cancelled);
    if (sent) {
      LAKEGATE_TRY(outbox.MarkDelivered(id, delivery.channel, clock.Now()));
      continue;
    }
    LAKEGATE_TRY(outbox.MarkFailed(id, delivery.channel, sent.error().message,
                                   clock.Now() + PauseAfter(delivery.attempts)));
    failures.push_back(sent.error().While("sending an alert to " + delivery.channel));
  }
  return failures;
}

}  // namespace lakegate
