#include "quality/measurement.h"

#include <algorithm>
#include <charconv>

#include "contract/exact_decimal.h"
#include "core/exact_share.h"
#include "quality/threshold_check.h"

namespace lakegate {
namespace {

// The limit is taken as the shortest decimal that reads back as the double: as it was written.
int CompareDecimal(const ExactDecimal& value, double limit) {
  char text[40];
  const char* end = std::to_chars(text, text + sizeof text, limit).ptr;
  const auto exact = ExactDecimal::Parse({text, static_cast<size_t>(end - text)});
  return exact ? Compare(value, *exact) : -1;
}

}  // namespace

bool Satisfies(const QueryRule& rule, const Measurement& measured) {
  if (rule.unit == MetricUnit::kPercent) {
    return std::all_of(rule.thresholds.begin(), rule.thresholds.end(), [&](const Threshold& t) {
      return Holds(t, [&](double bound) {
        return ComparePercent(measured.violations, measured.base, bound);
      });
    });
  }
  const auto value = ExactDecimal::Parse(measured.value);
  if (!value) return false;
  return std::all_of(rule.thresholds.begin(), rule.thresholds.end(), [&](const Threshold& t) {
    return Holds(t, [&](double bound) { return CompareDecimal(*value, bound); });
  });
}

}  // namespace lakegate
