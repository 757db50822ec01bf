// What a violation does, how much of it is tolerated, and how a rule or a run ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lakegate {

enum class Action : uint8_t {
  kWarn,        // counted, shown, published
  kQuarantine,  // the record is set aside
  kRejectFile,  // nothing of that file is published
  kFail,        // the gate closes
};

// How many violations an action tolerates before it becomes kFail. Neither set: any number.
struct Budget {
  std::optional<double> percent;  // of all records read
  std::optional<int64_t> rows;
};

enum class Verdict : uint8_t {
  kPassed,
  kWarned,
  kFailed,
  kError,
  kSkipped,  // could not be evaluated; never green
};

const char* Name(Action action);  // "warn", "quarantine", "reject_file", "fail"
std::optional<Action> ActionFromName(std::string_view name);
const char* Name(Verdict verdict);  // "passed", "warned", ...

// True if `violations` of `records` is more than the budget allows.
bool Exceeds(const Budget& budget, int64_t violations, int64_t records);

}  // namespace lakegate
