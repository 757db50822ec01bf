// What a query over the written rows came to. Judged by EvaluateGate.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "contract/check_plan.h"

namespace lakegate {

enum class MeasurementState : uint8_t {
  kMeasured,
  kNull,     // the query gave null: nothing could be measured in this data
  kSkipped,  // what it is compared with is not there
  kError,    // the operation failed
};

// One rule's. Percent rules have violations and base, all others the value.
struct Measurement {
  MeasurementState state = MeasurementState::kMeasured;
  std::string value;       // exact decimal text: "12.50", "1e400"
  int64_t violations = 0;  // counts behind it, where there are any
  int64_t base = 0;
  std::string detail;  // for people: why, or what was seen: "newest 2025-01-01 10:00:00 UTC"
};

// Whether the measured number satisfies all thresholds; compared as decimal numbers, exactly.
bool Satisfies(const QueryRule& rule, const Measurement& measured);

}  // namespace lakegate
