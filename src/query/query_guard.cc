#include "query/query_guard.h"

#include "core/sql_quote.h"

namespace lakegate {
namespace {

// Table functions that only compute. `query` and `query_table` are not among them: they hide what
// they run; `repeat` makes texts of any size, which the engine's memory limit does not see.
constexpr const char* kRefusedFunctions =
    "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
    "WHERE (function_type IN ('table', 'pragma') OR has_side_effects) "
    "AND function_name NOT IN ('range', 'generate_series', 'unnest', 'json_each', 'json_tree', "
    "'error') ORDER BY 1";

}  // namespace

Result<QueryGuard> QueryGuard::Make(DuckdbSession* session) {
  QueryGuard guard;
  LAKEGATE_ASSIGN(const TextRows rows, session->Select(kRefusedFunctions));
  for (const auto& row : rows) guard.refused_.insert(row[0].value_or(""));
  return guard;
}

Status QueryGuard::Check(DuckdbSession* session, const std::string& sql) const {
  // The engine's own parser says which functions are called; nothing is planned or run.
  LAKEGATE_ASSIGN(
      const TextRows rows,
      session->Select("SELECT j->>'$.error_message', unnest(CASE WHEN len(f) = 0 THEN [NULL] "
                      "ELSE f END) FROM (SELECT j, list_distinct(json_extract_string(j, "
                      "'$..function_name')) AS f FROM (SELECT json_serialize_sql(" +
                      QuoteSqlText(sql) + ") AS j)) ORDER BY 2"));
  for (const auto& row : rows) {
    if (row[0]) {
      return Error{ErrorCode::kInvalidConfig, "the query is no single SELECT: " + *row[0],
                   "write one SELECT, without parameters"};
    }
    std::string name = row[1].value_or("");
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    if (!refused_.contains(name)) continue;
    return Error{ErrorCode::kInvalidConfig,
                 "a query may not call " + name +
                     ": it reads or changes something outside of the tables, or is not repeatable",
                 "use the tables that the rule knows"};
  }
  return {};
}

}  // namespace lakegate
