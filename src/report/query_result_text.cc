// Measured numbers of rules with a query, as people read them.
#include <cstdlib>

#include "report/report_model.h"

namespace lakegate {
namespace {

// "2 d 3 h", "15 min", "12 s": the two largest units.
std::string ShowAge(int64_t seconds) {
  if (seconds < 0) return ShowAge(-seconds) + " in the future";
  const int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (days > 0) return WithCommas(days) + " d " + std::to_string(hours % 24) + " h";
  if (hours > 0) return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
  if (minutes > 0) return std::to_string(minutes) + " min";
  return std::to_string(seconds) + " s";
}

}  // namespace

std::string ShowMeasured(const RuleResult& rule) {
  if (rule.measured.state != MeasurementState::kMeasured) return "not measured";
  if (rule.query->unit == MetricUnit::kPercent) {
    const bool is_share = rule.query->kind != QueryKind::kVolume;
    return ShowPercent(rule.value) + (is_share ? " (" + WithCommas(rule.measured.violations) +
                                                     " of " + WithCommas(rule.measured.base) + ")"
                                               : "");
  }
  if (rule.query->kind == QueryKind::kFreshness) {
    return ShowAge(std::strtoll(rule.measured.value.c_str(), nullptr, 10));
  }
  return rule.measured.value;
}

}  // namespace lakegate
