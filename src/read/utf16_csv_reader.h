// CSV in UTF-16: read as UTF-8, told with the bytes and offsets of the file. Off the fast path.
#pragma once

#include <memory>

#include "read/csv_header.h"
#include "read/record_reader.h"

namespace lakegate {

// dialect.encoding: kUtf16Le or kUtf16Be. Units are to be read in order, for a byte that looks like
// a line end may be half of another character.
std::unique_ptr<RecordReader> MakeUtf16CsvReader(const CheckPlan& plan, const CsvDialect& dialect,
                                                 const ReadLimits& limits,
                                                 std::shared_ptr<const CsvColumns> columns,
                                                 size_t window_bytes);
// As ReadCsvPreamble. The byte order mark belongs to it.
Result<CsvPreamble> ReadUtf16CsvPreamble(WindowBuffer* window, const CsvDialect& dialect,
                                         size_t window_bytes);

}  // namespace lakegate
