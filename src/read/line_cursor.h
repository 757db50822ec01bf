// Moving over whole physical lines of a window.
#pragma once

#include "core/input_format.h"
#include "core/result.h"
#include "read/record_sink.h"
#include "read/window_buffer.h"

namespace lakegate {

// Consumes a UTF-8 byte order mark at the start of the file. Returns its size, 0 or 3.
Result<int64_t> SkipByteOrderMark(WindowBuffer* window);

// Consumes one physical line, however long, without delivering it. False at the end.
// For a unit in the middle of a file, opened one byte early: a record belongs to the unit that
// holds its first byte.
Result<bool> SkipLine(WindowBuffer* window);

// Delivers a record as too-long with only its first bytes.
void RefuseTooLong(RecordSpan span, const ReadLimits& limits, RecordSink* sink);
// The same for a line that the window does not hold whole and never will: consumes all of it.
Status RefuseLongLine(WindowBuffer* window, const ReadLimits& limits, RecordSink* sink,
                      UnitCounts* counts);

}  // namespace lakegate
