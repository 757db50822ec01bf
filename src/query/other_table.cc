#include "query/other_table.h"

namespace lakegate {

Status AddOtherTable(const OtherTable& other, const std::string& name, SqlEngine* engine) {
  if (!other.table) return engine->AddCsv(name, other.csv_file);
  SqlTable table = *other.table;
  table.name = name;
  return engine->AddTable(table);
}

}  // namespace lakegate
