// Columns of a table that no record has, with a value of its own in every row: where it came from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/clock.h"
#include "core/column_buffer.h"
#include "validate/unit_result.h"
#include "write/table_writer.h"

namespace lakegate {

enum class RowValue : uint8_t {
  kSourceFile,  // the landed file's path, as the producer named it
  kSourceLine,  // the physical line of the record's start, from 1
  kLandedAt,    // when lakegate first saw that version of the file
  kSequence,    // the row's number in the run's input order, from 0
};

struct RowColumn {
  std::string name;
  RowValue value = RowValue::kSourceFile;
};

// What is known of an input file.
struct RowSource {
  std::string path;
  TimestampUs landed_us = 0;
};

struct RowColumnOptions {
  std::vector<RowColumn> columns;
  std::vector<RowSource> files;  // parallel to the job's paths
};

// Those of publish.add_columns that differ from row to row.
std::vector<RowColumn> RowColumnsOf(const Publish& publish);
// For the writer's options.
std::vector<AddedField> FieldsOf(const std::vector<RowColumn>& columns);
// Whether UnitResult::lines is needed.
bool NeedsLines(const RowColumnOptions& options);

// Adds the columns to units that are committed in order; keeps their memory. Borrows the options.
class RowColumns {
 public:
  explicit RowColumns(const RowColumnOptions& options);

  // Behind the unit's columns; `first_line` is the number of its first line.
  void Add(uint32_t file, int64_t first_line, UnitResult* result);
  // After the writer has had them.
  void Remove(std::vector<ColumnBuffer>* columns);

 private:
  const RowColumnOptions& options_;
  std::vector<ColumnBuffer> buffers_;  // empty while a unit has them
  int64_t sequence_ = 0;
};

}  // namespace lakegate
