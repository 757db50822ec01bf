#include "core/action.h"

#include "core/exact_share.h"

namespace lakegate {

const char* Name(Action action) {
  switch (action) {
    case Action::kWarn:
      return "warn";
    case Action::kQuarantine:
      return "quarantine";
    case Action::kRejectFile:
      return "reject_file";
    case Action::kFail:
      return "fail";
  }
  return "?";
}

std::optional<Action> ActionFromName(std::string_view name) {
  for (Action action : {Action::kWarn, Action::kQuarantine, Action::kRejectFile, Action::kFail}) {
    if (name == Name(action)) return action;
  }
  return std::nullopt;
}

const char* Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kWarned:
      return "warned";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kError:
      return "error";
    case Verdict::kSkipped:
      return "skipped";
  }
  return "?";
}

bool Exceeds(const Budget& budget, int64_t violations, int64_t records) {
  if (budget.rows && violations > *budget.rows) return true;
  if (!budget.percent) return false;
  // 2 of 100 at 2 % is exactly on the limit and tolerated.
  return ComparePercent(violations, records, *budget.percent) > 0;
}

}  // namespace lakegate
