#include "query/published_table.h"

#include "query/sql_type.h"

namespace lakegate {
namespace {

std::string TypeOfColumn(const Publish& publish, const CheckPlan& plan, const std::string& column) {
  for (const DatePartition& date : publish.date_columns) {
    if (date.name == column) return "DATE";
  }
  for (const FieldPlan& field : plan.fields) {
    if (field.name == column) return SqlTypeOf(field);
  }
  return SqlTypeOf(ValueType{});
}

}  // namespace

Result<std::optional<SqlTable>> FindPublishedTable(Ledger* ledger, const Dataset& dataset,
                                                   const CheckPlan& plan, const std::string& name) {
  LAKEGATE_ASSIGN(const std::vector<Publication> live,
                  ledger->publications().ListCurrent(dataset.name));
  SqlTable table{.name = name};
  for (const Publication& publication : live) {
    for (const PublishedFile& file : publication.files) {
      table.files.push_back(publication.live_path + "/" + file.name);
    }
  }
  if (table.files.empty()) return std::optional<SqlTable>();
  table.path_columns = PartitionColumnTypes(dataset, plan);
  return std::optional<SqlTable>(std::move(table));
}

std::vector<std::pair<std::string, std::string>> PartitionColumnTypes(const Dataset& dataset,
                                                                      const CheckPlan& plan) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const std::string& column : dataset.publish.partition_by) {
    columns.emplace_back(column, TypeOfColumn(dataset.publish, plan, column));
  }
  return columns;
}

}  // namespace lakegate
