#include "cli/query_flags.h"

#include "cli/command.h"
#include "validate/temporal_text.h"

namespace lakegate {

SqlEngineOptions SqlOptions() {
  SqlEngineOptions options;
  options.library_path = Environment("LAKEGATE_DUCKDB").value_or("");
  options.temp_directory = Environment("TMPDIR").value_or("/tmp");
  return options;
}

Result<TimestampUs> ParseNow(const std::string& text, const Clock& clock) {
  if (text.empty()) return clock.Now();
  int64_t value = 0;
  bool has_offset = false;
  if (ParseIsoTimestamp(text, 0, &value, &has_offset) == TemporalOutcome::kFine) return value;
  if (ParseIsoDate(text, &value) == TemporalOutcome::kFine) return value * 86'400'000'000;
  return Error{ErrorCode::kInvalidConfig, "--now must be a timestamp, not '" + text + "'",
               "e.g. --now 2025-01-31T12:00:00Z"};
}

}  // namespace lakegate
