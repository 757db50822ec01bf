#include "run/table_output.h"

#include <algorithm>

#include "run/partition_plan.h"
#include "write/laned_writer.h"

namespace lakegate {
namespace {

// Estimated: compressed text is about a fifth of its size.
int64_t InputBytes(const DiscoveredPartition& partition) {
  int64_t bytes = 0;
  for (const LandedFile& file : partition.files) {
    const bool packed = GuessFormat(file.path).compression != Compression::kNone;
    bytes += file.size * (packed ? 5 : 1);
  }
  return bytes;
}

TableWriterOptions WriterOptions(const TableOutputRequest& request) {
  const Dataset& dataset = *request.dataset;
  TableWriterOptions options;
  options.codec = dataset.publish.codec;
  options.left_out = PathColumns(*request.plan, *request.partition);
  options.row_columns = FieldsOf(RowColumnsOf(dataset));
  options.constants = ConstantsFor(dataset, *request.settings, request.run_id);
  return options;
}

std::unique_ptr<TableWriter> MakeLanes(const TableOutputRequest& request, const LaneOptions& lanes,
                                       TableWriterOptions options) {
  options.number_step = lanes.lanes;
  Storage* const storage = request.settings->storage;
  const CheckPlan* const plan = request.plan;
  return MakeLanedWriter(lanes, [storage, plan, options](int lane) {
    TableWriterOptions numbered = options;
    numbered.first_number += lane;
    return MakeParquetWriter(storage, *plan, std::move(numbered));
  });
}

// Partition columns are folder names and are not repeated in the files.
void LeaveOut(const std::vector<RoutingColumn>& columns, TableWriterOptions* options) {
  for (const RoutingColumn& column : columns) {
    if (column.field >= 0 && !column.is_date) options->left_out.push_back(column.field);
  }
}

std::unique_ptr<TableWriter> MakeRouted(const TableOutputRequest& request, RoutedTable* routed) {
  PartitionedOptions routing;
  routing.columns = RoutingOf(request.dataset->publish, *request.plan, request.partition->values);
  routing.directory = TableFolder(request);
  routing.scratch = request.staging + "/scratch";
  routing.routed = routed;
  LoadStage* const stage = request.stage;
  routing.first_number = [stage](const std::string& path) -> Result<int64_t> {
    if (stage == nullptr) return int64_t{0};
    return stage->FirstNumber(path);
  };
  TableWriterOptions options = WriterOptions(request);
  // The merge of an upsert may need them as a part of the key.
  if (request.dataset->publish.mode != PublishMode::kUpsert) LeaveOut(routing.columns, &options);
  // Many small writers, one after the other, need no threads of their own.
  const int threads = RoutesRows(*request.dataset) ? 1 : request.settings->threads;
  routing.make_writer =
      [request, options, first = routing.first_number, threads](
          const std::string& path,
          const std::string& directory) mutable -> Result<std::unique_ptr<TableWriter>> {
    options.directory = directory;
    LAKEGATE_ASSIGN(options.first_number, first(path));
    LaneOptions lanes;
    lanes.threads = threads;
    return MakeLanes(request, lanes, options);
  };
  return MakePartitionedWriter(request.settings->storage, std::move(routing));
}

}  // namespace

bool RoutesRows(const Dataset& dataset) {
  return dataset.publish.partition_by.size() != dataset.publish.path_columns.size();
}

std::vector<RowColumn> RowColumnsOf(const Dataset& dataset) {
  std::vector<RowColumn> columns = RowColumnsOf(dataset.publish);
  if (dataset.publish.mode == PublishMode::kUpsert) {
    columns.push_back({kSequenceColumn, RowValue::kSequence});
  }
  return columns;
}

std::string TableFolder(const TableOutputRequest& request) {
  return request.stage ? request.stage->rows_folder() : request.staging;
}

Result<std::unique_ptr<TableWriter>> MakeTableOutput(const TableOutputRequest& request) {
  if (request.stage != nullptr) return MakeRouted(request, &request.stage->routed());
  if (RoutesRows(*request.dataset)) return MakeRouted(request, nullptr);
  TableWriterOptions options = WriterOptions(request);
  options.directory = request.staging;
  LaneOptions lanes;
  lanes.lanes = NeedsRowOrder(request.plan->queries) ? 1 : LanesFor(InputBytes(*request.partition));
  lanes.threads = request.settings->threads;
  return MakeLanes(request, lanes, std::move(options));
}

}  // namespace lakegate
