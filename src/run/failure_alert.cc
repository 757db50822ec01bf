#include "run/failure_alert.h"

#include <algorithm>

namespace lakegate {
namespace {

// Each channel once, of the dataset and of its owner; those that this version can deliver to.
std::vector<std::string> ChannelsOf(const LakeConfig& config, const std::string& dataset) {
  std::vector<std::string> channels;
  const Dataset* found = config.FindDataset(dataset);
  if (!found) return channels;
  for (const auto* names : {&found->alerts, &found->owner_notify}) {
    for (const AlertConfig& alert : config.alerts) {
      const bool used = std::find(names->begin(), names->end(), alert.name) != names->end();
      const bool known = std::find(channels.begin(), channels.end(), alert.name) != channels.end();
      if (used && !known && alert.type == kCommandAlert) channels.push_back(alert.name);
    }
  }
  return channels;
}

std::string SummaryOf(const PartitionRunResult& result) {
  return result.why.empty() ? Name(result.decision) : result.why;
}

}  // namespace

const char* AlertKindOf(const PartitionRunResult& result) {
  switch (result.decision) {
    case RunDecision::kPublished:
    case RunDecision::kUnchanged:
      return result.why.empty() ? nullptr : "held";
    case RunDecision::kGated:
    case RunDecision::kGatedSame:
      return "gated";
    case RunDecision::kHeld:
      return "held";
    case RunDecision::kGone:
    case RunDecision::kLate:
      return "stale";
    case RunDecision::kMissing:
      return "missing";
    case RunDecision::kWaiting:
    case RunDecision::kPaused:  // somebody wanted it so
      return nullptr;
    case RunDecision::kError:
      return "failed";
  }
  return "failed";
}

Status NoteInOutbox(const LakeConfig& config, const PartitionRunResult& result, TimestampUs now_us,
                    Ledger* ledger) {
  const char* kind = AlertKindOf(result);
  if (!kind) return ledger->outbox().Resolve(result.dataset, result.key, now_us);
  Alert alert;
  alert.dataset = result.dataset;
  alert.partition_key = result.key;
  alert.kind = kind;
  alert.summary = SummaryOf(result);
  if (!result.run_id.empty()) alert.run_id = result.run_id;
  if (!result.report_path.empty()) alert.report_path = result.report_path;
  LAKEGATE_TRY(ledger->outbox().Raise(alert, ChannelsOf(config, result.dataset), now_us));
  return {};
}

}  // namespace lakegate
