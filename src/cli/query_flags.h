// What the command line and the environment say to rules that need a query.
#pragma once

#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "query/sql_engine.h"

namespace lakegate {

// LAKEGATE_DUCKDB and TMPDIR.
SqlEngineOptions SqlOptions();

// --now: a timestamp or a date; empty: the clock's time.
Result<TimestampUs> ParseNow(const std::string& text, const Clock& clock);

}  // namespace lakegate
