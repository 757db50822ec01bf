// Takes alerts from the outbox to their channels. One channel so far: a command of the user.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

// What a channel is sent: one JSON object, with a line end.
std::string AlertJson(const std::string& lake, const Alert& alert);

// Runs `/bin/sh -c COMMAND` with the JSON on its standard input and waits for it. Error
// (kUnavailable): a code other than 0, with the last line of what it said, or no end in time or
// before `cancelled` (may be null) is set; then it and all its children are killed.
Status RunAlertCommand(const std::string& command, const std::string& json, int timeout_ms,
                       const std::atomic<bool>* cancelled);

// Sends one alert. kInvalidConfig: the channel is not in lakegate.yaml (any more).
Status SendAlert(const LakeConfig& config, const std::string& channel, const Alert& alert,
                 const std::atomic<bool>* cancelled);

// All that is due, each once; what fails is tried again later: after a minute, then twice as long,
// an hour at most. Stops when `cancelled` (may be null) is set. Returns the failures of this time.
Result<std::vector<Error>> DeliverAlerts(const LakeConfig& config, const Clock& clock,
                                         const std::atomic<bool>* cancelled, Ledger* ledger);

}  // namespace lakegate
