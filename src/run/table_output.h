// The writer of a run's table: by mode and partitions of the dataset.
#pragma once

#include <memory>
#include <string>

#include "contract/check_plan.h"
#include "core/result.h"
#include "run/discovery.h"
#include "run/lake.h"
#include "run/load_stage.h"
#include "write/table_writer.h"

namespace lakegate {

struct TableOutputRequest {
  const CheckPlan* plan = nullptr;  // of the partition
  const Dataset* dataset = nullptr;
  const DiscoveredPartition* partition = nullptr;
  const RunSettings* settings = nullptr;
  std::string run_id;
  std::string staging;         // the run's folder, which exists
  LoadStage* stage = nullptr;  // set: the rows go to its folders
};

// Whether the values of a record decide which partition it belongs to.
bool RoutesRows(const Dataset& dataset);
// Columns that the run adds to every row, of publish.add_columns and for the merge of an upsert.
std::vector<RowColumn> RowColumnsOf(const Dataset& dataset);
// Where the files that the writer names are.
std::string TableFolder(const TableOutputRequest& request);
// Borrows what the request points to.
Result<std::unique_ptr<TableWriter>> MakeTableOutput(const TableOutputRequest& request);

// Of an upsert's staged rows: their order in the input. Not published.
inline constexpr const char* kSequenceColumn = "__lakegate_row";

}  // namespace lakegate
