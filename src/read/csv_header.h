// The header of a CSV file against the contract: which cell is which field, or why not.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"
#include "core/input_format.h"
#include "core/reason.h"
#include "core/result.h"
#include "read/record_reader.h"

namespace lakegate {

// One thing wrong with the whole file.
struct FileReason {
  ReasonCode code;
  std::string label;  // the column or cell it is about; may be empty
  std::string message;
};

// "; the delimiter looks like ';'" if the text, which is one cell, has one of the usual other
// delimiters in it; else empty.
std::string HintAtDelimiter(std::string_view cell, char delimiter);

struct HeaderMatch {
  std::shared_ptr<const CsvColumns> columns;  // shared by the readers of all threads
  std::vector<FileReason> reasons;            // empty: the file may be read
};

// Labels as they stand in the file. Fields with from_path may be missing. With ColumnOrder::kAny
// only the set of labels counts.
HeaderMatch MatchHeader(const std::vector<std::string>& labels, const CheckPlan& plan,
                        const CsvDialect& dialect);
// header: false: the cells are the contract's fields in order, those from the path left out.
HeaderMatch HeaderFromContract(const CheckPlan& plan);

struct CsvPreamble {
  std::vector<std::string> labels;
  int64_t bytes = 0;        // byte order mark, skipped lines and header
  int64_t lines = 0;        // physical lines in them
  bool has_header = false;  // false: the file ended before it
};
// Consumes the byte order mark, dialect.skip_lines lines and, with dialect.header, the header.
// Error kInvalidData: the header itself is broken (open quote, wrong encoding).
Result<CsvPreamble> ReadCsvPreamble(WindowBuffer* window, const CsvDialect& dialect);

}  // namespace lakegate
