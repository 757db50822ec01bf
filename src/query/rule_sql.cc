#include "query/rule_sql.h"

#include "core/sql_quote.h"
#include "query/sql_type.h"

namespace lakegate {
namespace {

// t."a"."b": a member of an object is read through the table's short name.
std::string ColumnOf(const QueryColumn& column) {
  std::string text = "t";
  for (const std::string& name : column.path) text += "." + QuoteSqlName(name);
  return text;
}

std::string TextOf(const std::string& value) { return "CAST(" + value + " AS VARCHAR)"; }

// An example is shown only where the contract allows to show values.
std::string Example(const QueryRule& rule, const std::string& aggregate) {
  for (const QueryColumn& column : rule.columns) {
    if (column.masked) return "CAST(NULL AS VARCHAR)";
  }
  return aggregate;
}

std::string Aggregate(const QueryRule& rule, const std::string& column) {
  const bool real = rule.columns[0].type.kind == TypeKind::kDouble;
  switch (rule.kind) {
    case QueryKind::kMean:
      return real ? "favg(" + column + ")" : "avg(" + column + ")";
    case QueryKind::kMin:
      return "min(" + column + ")";
    case QueryKind::kMax:
      return "max(" + column + ")";
    case QueryKind::kSum:
      // Doubles with compensation: the order of the rows hardly counts.
      return "coalesce(" + std::string(real ? "fsum(" : "sum(") + column + "), 0)";
    case QueryKind::kStddev:
      return "stddev_samp(CAST(" + column + " AS DOUBLE))";
    default:
      return "quantile_disc(" + column + ", CAST('" + std::to_string(rule.quantile) +
             "' AS DOUBLE))";
  }
}

std::string ShareSql(const QueryRule& rule, const std::string& column, const std::string& rows) {
  std::string list;
  for (const std::string& value : rule.values) {
    list += (list.empty() ? "" : ", ") + ("CAST(" + QuoteSqlText(value) + " AS ") +
            SqlTypeOf(rule.columns[0].type) + ")";
  }
  std::string condition = list.empty() ? "false" : column + " IN (" + list + ")";
  if (rule.counts_null) condition += " OR " + column + " IS NULL";
  return "SELECT count(*) FILTER (WHERE " + condition + "), count(*), NULL FROM " + rows + " AS t";
}

std::string FreshnessSql(const QueryRule& rule, const std::string& column,
                         const std::string& rows) {
  const bool is_date = rule.columns[0].type.kind == TypeKind::kDate;
  const std::string newest = "max(" + column + ")";
  // A date without time means the end of that day (S17).
  return "SELECT epoch_us(" + (is_date ? "CAST(" + newest + " + 1 AS TIMESTAMP)" : newest) + "), " +
         Example(rule, TextOf(newest)) + " FROM " + rows + " AS t";
}

// Rows are scanned by one thread in the order of files and rows; nulls are left out first.
std::string MonotonicSql(const QueryRule& rule, const std::string& column,
                         const std::string& rows) {
  const std::string wrong =
      std::string("v ") + (rule.descending ? ">" : "<") + (rule.strict ? "= p" : " p");
  return "SELECT count(*) FILTER (WHERE " + wrong + "), count(*), " +
         Example(rule, "first(" + TextOf("p") + " || ' is followed by ' || " + TextOf("v") +
                           ") FILTER (WHERE " + wrong + ")") +
         " FROM (SELECT v, lag(v) OVER () AS p FROM (SELECT " + column + " AS v FROM " + rows +
         " AS t) WHERE v IS NOT NULL)";
}

std::string NoGapsSql(const QueryRule& rule, const std::string& column, const std::string& rows) {
  const bool is_integer = rule.columns[0].type.kind == TypeKind::kInteger;
  const std::string key = is_integer ? "CAST(v AS HUGEINT)" : "CAST(epoch_us(v) AS HUGEINT)";
  const std::string wide = "n - e > " + std::to_string(rule.step);
  return "SELECT count(*) FILTER (WHERE " + wide + "), count(*), " +
         Example(rule, "arg_min(" + TextOf("v") + " || ' to ' || " + TextOf("w") +
                           ", e) FILTER (WHERE " + wide + ")") +
         " FROM (SELECT v, e, lead(e) OVER (ORDER BY e) AS n, lead(v) OVER (ORDER BY e) AS w "
         "FROM (SELECT DISTINCT v, " +
         key + " AS e FROM (SELECT " + column + " AS v FROM " + rows +
         " AS t) WHERE v IS NOT NULL))";
}

std::string ReferenceSql(const QueryRule& rule, const RuleTables& tables) {
  std::string same, present, example;
  for (size_t i = 0; i < rule.columns.size(); ++i) {
    const std::string column = ColumnOf(rule.columns[i]);
    std::string there = "r." + QuoteSqlName(rule.other_columns[i]);
    if (tables.other_is_text) {
      there = "TRY_CAST(" + there + " AS " + SqlTypeOf(rule.columns[i].type) + ")";
    }
    same += (same.empty() ? "" : " AND ") + there + " = " + column;
    present += column + " IS NOT NULL AND ";
    example += (example.empty() ? "" : " || ', ' || ") + TextOf(column);
  }
  return "SELECT count(*), (SELECT count(*) FROM " + tables.rows + "), " +
         Example(rule, "min(" + example + ")") + " FROM " + tables.rows + " AS t WHERE " + present +
         "NOT EXISTS (SELECT 1 FROM " + tables.other + " AS r WHERE " + same + ")";
}

}  // namespace

std::string SqlOfRule(const QueryRule& rule, const RuleTables& tables) {
  const std::string column = rule.columns.empty() ? "" : ColumnOf(rule.columns[0]);
  switch (rule.kind) {
    case QueryKind::kSql:
      return rule.sql;
    case QueryKind::kShare:
      return ShareSql(rule, column, tables.rows);
    case QueryKind::kFreshness:
      return FreshnessSql(rule, column, tables.rows);
    case QueryKind::kMonotonic:
      return MonotonicSql(rule, column, tables.rows);
    case QueryKind::kNoGaps:
      return NoGapsSql(rule, column, tables.rows);
    case QueryKind::kRowCountEqual:
      return "SELECT abs(a.n - b.n), b.n, a.n || ' here, ' || b.n || ' there' FROM "
             "(SELECT count(*) AS n FROM " +
             tables.rows + ") AS a, (SELECT count(*) AS n FROM " + tables.other + ") AS b";
    case QueryKind::kReference:
      return ReferenceSql(rule, tables);
    default:
      return "SELECT " + Aggregate(rule, column) + " FROM " + tables.rows + " AS t";
  }
}

}  // namespace lakegate
