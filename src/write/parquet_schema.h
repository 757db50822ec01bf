// The columns of a table as Arrow and Parquet call them, and how each is to be written.
#pragma once

#include <arrow/type_fwd.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <memory>
#include <vector>

#include "contract/check_plan.h"
#include "core/column_buffer.h"
#include "core/result.h"
#include "write/chunk_encoder.h"
#include "write/table_writer.h"

namespace lakegate {

// A column without children. They are counted from left to right through the table.
struct TableLeaf {
  ValueType type;
  ChunkOptions options;
};

struct TableSchema {
  // Which of the columns that Append is given are stored: plan's fields, then row columns.
  std::vector<size_t> stored;
  std::shared_ptr<parquet::SchemaDescriptor> descriptor;
  std::shared_ptr<parquet::WriterProperties> properties;
  std::vector<TableLeaf> leaves;
};

Result<TableSchema> MakeTableSchema(const CheckPlan& plan, const TableWriterOptions& options);

}  // namespace lakegate
