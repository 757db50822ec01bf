// Accepted columns to the files of a table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "contract/check_plan.h"
#include "core/column_buffer.h"
#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

struct WrittenFile {
  std::string name;  // "part-00000-5f1c09ab.parquet"
  int64_t size = 0;
  int64_t rows = 0;
};

// A column of the table that does not come from the records; the same value in every row.
struct ConstantColumn {
  std::string name;
  ValueType type;
  Scalar value;      // numbers, timestamps
  std::string text;  // strings
};

// A column of the table that does not come from the records; every row has its own value.
struct AddedField {
  std::string name;
  ValueType type;
};

struct TableWriterOptions {
  std::string directory;  // must exist; files are written there
  Codec codec = Codec::kZstd;
  int64_t target_file_bytes = int64_t{256} << 20;
  std::vector<AddedField> row_columns;    // behind the fields: Append is given their values
  std::vector<ConstantColumn> constants;  // behind those
  std::vector<int> left_out;              // fields that are partition columns
  // Files are numbered first_number, first_number + number_step, ...
  int64_t first_number = 0;
  int64_t number_step = 1;
};

// Append in order from one thread; Finish once. Dropped without Finish it leaves no file behind.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  // The values of one unit: a column per field of the plan, then the row columns. Takes them by
  // swapping with an empty set of the same shape, or leaves them to be cleared.
  virtual Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) = 0;
  // What follows comes from the input file of that index. Only some writers want to know.
  virtual void FromFile(uint32_t /*file*/) {}
  // What follows starts a new row group.
  virtual Status EndRowGroup() = 0;
  // The files, in order of their numbers.
  virtual Result<std::vector<WrittenFile>> Finish() = 0;
};

// Borrows storage and plan.
Result<std::unique_ptr<TableWriter>> MakeParquetWriter(Storage* storage, const CheckPlan& plan,
                                                       TableWriterOptions options);

}  // namespace lakegate
