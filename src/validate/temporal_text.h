// ISO 8601 / RFC 3339 text to the units of the columns. Calendar-checked, exact to the microsecond.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "contract/check_plan.h"

namespace lakegate {

enum class TemporalOutcome : uint8_t {
  kFine,
  kWrong,     // not such a text, or no such day or time
  kTooFine,   // digits behind the microsecond that are not zero
  kNoOffset,  // the field wants one
  kLeftOut,   // no such local time: the field's zone puts its clocks forward
};

// "2025-01-31" -> days since 1970-01-01.
TemporalOutcome ParseIsoDate(std::string_view text, int64_t* days);
// "2025-01-31T12:00:00[.ffffff][Z|+hh:mm]", T or blank, seconds optional -> microseconds UTC.
// `default_offset_s` counts where the text has no offset.
TemporalOutcome ParseIsoTimestamp(std::string_view text, int32_t default_offset_s, int64_t* us,
                                  bool* has_offset);
// "12:00[:00[.ffffff]]" -> microseconds since midnight.
TemporalOutcome ParseIsoTime(std::string_view text, int64_t* us);

// By the field's own format: ISO, pattern or epoch unit.
TemporalOutcome ParseTemporal(std::string_view text, const FieldPlan& field, int64_t* value);

}  // namespace lakegate
