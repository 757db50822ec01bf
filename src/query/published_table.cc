#include "query/published_table.h"

#include "query/sql_type.h"

namespace lakegate {
namespace {

std::string TypeOfColumn(const CheckPlan& plan, const std::string& column) {
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
  for (const std::string& column : dataset.publish.partition_by) {
    table.path_columns.emplace_back(column, TypeOfColumn(plan, column));
  }
  return std::optional<SqlTable>(std::move(table));
}

}  // namespace lakegate
