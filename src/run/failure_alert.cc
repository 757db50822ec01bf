#include "run/failure_alert.h"

#include <algorithm>

namespace lakegate {
namespace {

enum class Meaning : uint8_t { kFailure, kFine, kNothing };

struct AlertMeaning {
  Meaning meaning = Meaning::kNothing;
  const char* kind = "";  // kFailure
};

AlertMeaning MeaningOf(const PartitionRunResult& result) {
  switch (result.decision) {
    case RunDecision::kPublished:
    case RunDecision::kUnchanged:
      if (result.why.empty()) return {Meaning::kFine};
      return {Meaning::kFailure, "held"};
    case RunDecision::kGated:
    case RunDecision::kGatedSame:
      return {Meaning::kFailure, "gated"};
    case RunDecision::kHeld:
      return {Meaning::kFailure, "held"};
    case RunDecision::kGone:
    case RunDecision::kLate:
      return {Meaning::kFailure, "stale"};
    case RunDecision::kMissing:
      return {Meaning::kFailure, kMissingAlert};
    case RunDecision::kWaiting:
    case RunDecision::kPaused:
      return {};
    case RunDecision::kError:
      if (result.error && result.error->code == ErrorCode::kCancelled) return {};
      return {Meaning::kFailure, "failed"};
  }
  return {};
}

// Each channel once, of the dataset and of its owner; of the lake ("") all. Only those that this
// version can deliver to.
std::vector<std::string> ChannelsOf(const LakeConfig& config, const std::string& dataset) {
  const Dataset* found = config.FindDataset(dataset);
  const auto is_named = [&](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::vector<std::string> channels;
  for (const AlertConfig& alert : config.alerts) {
    const bool wanted = dataset.empty() || (found && (is_named(found->alerts, alert.name) ||
                                                      is_named(found->owner_notify, alert.name)));
    if (wanted && alert.type == kCommandAlert) channels.push_back(alert.name);
  }
  return channels;
}

Status Raise(const LakeConfig& config, const Alert& alert, TimestampUs now_us, Ledger* ledger) {
  LAKEGATE_TRY(ledger->outbox().Raise(alert, ChannelsOf(config, alert.dataset), now_us));
  return {};
}

}  // namespace

Status NoteInOutbox(const LakeConfig& config, const PartitionRunResult& result, TimestampUs now_us,
                    Ledger* ledger) {
  const auto [meaning, kind] = MeaningOf(result);
  if (meaning == Meaning::kNothing) return {};
  if (meaning == Meaning::kFine) {
    return ledger->outbox().Resolve(result.dataset, result.key, now_us);
  }
  Alert alert;
  alert.dataset = result.dataset;
  alert.partition_key = result.key;
  alert.kind = kind;
  alert.summary = result.why.empty() ? Name(result.decision) : result.why;
  if (!result.run_id.empty()) alert.run_id = result.run_id;
  if (!result.report_path.empty()) alert.report_path = result.report_path;
  return Raise(config, alert, now_us, ledger);
}

Status NoteInOutbox(const LakeConfig& config, const std::string& dataset, const char* key,
                    const std::vector<Error>& problems, TimestampUs now_us, Ledger* ledger) {
  if (problems.empty()) return ledger->outbox().Resolve(dataset, key, now_us);
  Alert alert;
  alert.dataset = dataset;
  alert.partition_key = key;
  alert.kind = "failed";
  alert.summary = problems[0].message;
  if (problems.size() > 1)
    alert.summary += "; and " + std::to_string(problems.size() - 1) + " more";
  return Raise(config, alert, now_us, ledger);
}

}  // namespace lakegate
