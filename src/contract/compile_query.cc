// Quality items and service levels that are measured by queries.
#include <algorithm>
#include <charconv>

#include "contract/exact_decimal.h"
#include "contract/plan_builder.h"
#include "contract/sql_template.h"

namespace lakegate {
namespace {

// A column by its dotted name; null if there is none.
const FieldPlan* FindField(const std::vector<FieldPlan>& fields, std::string_view name,
                           std::vector<std::string>* path) {
  for (const FieldPlan& field : fields) {
    if (field.name == name) {
      path->push_back(field.name);
      return &field;
    }
  }
  for (const FieldPlan& field : fields) {
    if (field.type.kind != TypeKind::kObject || !name.starts_with(field.name + ".")) continue;
    path->push_back(field.name);
    if (const FieldPlan* found =
            FindField(field.children, name.substr(field.name.size() + 1), path)) {
      return found;
    }
    path->pop_back();
  }
  return nullptr;
}

bool IsNumeric(const ValueType& type) {
  return type.kind == TypeKind::kInteger || type.kind == TypeKind::kDouble ||
         type.kind == TypeKind::kDecimal;
}

bool IsInstant(const ValueType& type) {
  return type.kind == TypeKind::kDate || type.kind == TypeKind::kTimestamp;
}

// What the check needs instead; empty: the column's type is fine.
std::string WantedType(const CustomCheck& check, const ValueType& type) {
  switch (check.rule.kind) {
    case QueryKind::kFreshness:
      return IsInstant(type) ? "" : "a date or timestamp";
    case QueryKind::kNoGaps:
      if (check.step_is_number) return type.kind == TypeKind::kInteger ? "" : "an integer";
      return IsInstant(type) ? "" : "a date or timestamp";
    case QueryKind::kMonotonic:
      return IsNested(type.kind) || type.kind == TypeKind::kBoolean ? "a value with an order" : "";
    case QueryKind::kShare:
    case QueryKind::kReference:
      return IsNested(type.kind) ? "a plain value" : "";
    default:
      return IsNumeric(type) ? "" : "a number";
  }
}

void ResolveColumns(const CustomCheck& check, const std::string& path, PlanBuilder& builder,
                    QueryRule* query) {
  std::vector<Written<std::string>> names = check.columns;
  if (names.empty() && !path.empty()) names.push_back({path, check.position});
  const bool several = query->kind == QueryKind::kReference;
  if (names.empty() || (names.size() > 1 && !several)) {
    builder.diagnostics.Error(check.position, "custom-check",
                              std::string("the check ") + Name(query->kind) +
                                  (names.empty() ? " names no column" : " looks at one column"),
                              "column: amount");
  }
  std::vector<std::string> known;
  for (const FieldPlan& field : builder.plan.fields) known.push_back(field.name);
  for (const Written<std::string>& name : names) {
    QueryColumn column;
    const FieldPlan* field = FindField(builder.plan.fields, name.value, &column.path);
    if (field == nullptr) {
      const auto nearest = DidYouMean(name.value, known);
      builder.diagnostics.Error(name.position, "unknown-column",
                                "there is no column '" + name.value + "'",
                                nearest ? "did you mean '" + *nearest + "'?" : "");
      continue;
    }
    column.type = field->type;
    column.masked = field->masked;
    if (const std::string wanted = WantedType(check, field->type); !wanted.empty()) {
      builder.diagnostics.Error(name.position, "column-type",
                                std::string("the check ") + Name(query->kind) + " needs " + wanted +
                                    ", but '" + name.value + "' is " + Name(field->type));
    }
    query->columns.push_back(std::move(column));
  }
}

// Values that the column can never hold would be a query error with every partition.
void CheckValues(const CustomCheck& check, const QueryRule& query, PlanBuilder& builder) {
  if (query.kind != QueryKind::kShare || query.columns.empty()) return;
  const ValueType& type = query.columns[0].type;
  for (const std::string& value : query.values) {
    const bool fine = IsNumeric(type)
                          ? ExactDecimal::Parse(value).has_value()
                          : type.kind != TypeKind::kBoolean || value == "true" || value == "false";
    if (fine) continue;
    builder.diagnostics.Error(check.position, "custom-check",
                              "'" + value + "' is no " + Name(type) + ", as the column is");
  }
}

void CheckOther(const CustomCheck& check, QueryRule* query, PlanBuilder& builder) {
  if (query->kind != QueryKind::kReference) return;
  if (query->other_columns.empty()) {
    for (const QueryColumn& column : query->columns) {
      query->other_columns.push_back(column.path.back());
    }
  }
  if (query->other_columns.size() == query->columns.size()) return;
  builder.diagnostics.Error(check.position, "custom-check",
                            "'to' has " + std::to_string(query->other_columns.size()) +
                                " columns, the check " + std::to_string(query->columns.size()),
                            "name one there for each one here");
}

std::string Columns(const QueryRule& query) {
  std::string text;
  for (const QueryColumn& column : query.columns) {
    text += text.empty() ? "" : ", ";
    for (size_t i = 0; i < column.path.size(); ++i) text += (i ? "." : "") + column.path[i];
  }
  return text;
}

std::string Subject(const QueryRule& query) {
  const std::string columns = Columns(query);
  switch (query.kind) {
    case QueryKind::kVolume:
      return "rows against " + std::to_string(query.partitions) + " earlier partitions";
    case QueryKind::kRowCountEqual:
      return "difference to the rows of " + query.dataset;
    case QueryKind::kReference:
      return columns + " not in " + (query.dataset.empty() ? query.file : query.dataset);
    case QueryKind::kFreshness:
      return "age of the newest " + columns + " in seconds";
    case QueryKind::kMonotonic:
      return columns + (query.descending ? " not descending" : " not ascending");
    case QueryKind::kNoGaps:
      return "gaps in " + columns;
    case QueryKind::kShare:
      return "share of " + columns;
    default:
      return std::string(Name(query.kind)) + " of " + columns;
  }
}

std::string PromiseOf(const QueryRule& query) {
  std::string promise = Subject(query);
  for (const Threshold& threshold : query.thresholds) {
    promise += " " + ShownThreshold(threshold);
    if (query.unit == MetricUnit::kPercent) promise += " %";
  }
  return promise;
}

QueryRule QueryOf(const QualityItem& item, const std::vector<WrittenThreshold>& thresholds) {
  QueryRule query;
  if (item.custom) query = item.custom->rule;
  for (const WrittenThreshold& written : thresholds) query.thresholds.push_back(written.threshold);
  if (item.settings.timeout_s) query.timeout_ms = *item.settings.timeout_s * 1000;
  return query;
}

// 365 days a year; a month has no length, and `m` could be one or a minute.
std::optional<double> UnitSeconds(const std::string& unit) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"s", 1},           {"sec", 1},           {"second", 1},
      {"seconds", 1},     {"min", 60},          {"minute", 60},
      {"minutes", 60},    {"h", 3600},          {"hr", 3600},
      {"hour", 3600},     {"hours", 3600},      {"d", 86'400},
      {"day", 86'400},    {"days", 86'400},     {"w", 604'800},
      {"week", 604'800},  {"weeks", 604'800},   {"y", 31'536'000},
      {"yr", 31'536'000}, {"year", 31'536'000}, {"years", 31'536'000}};
  for (const auto& [name, seconds] : kUnits) {
    if (unit == name) return seconds;
  }
  return std::nullopt;
}

}  // namespace

QueryRule CompileSqlItem(const QualityItem& item, const std::string& path,
                         const PlanBuilder& builder) {
  QueryRule query = QueryOf(item, item.thresholds);
  query.sql = FillSqlTemplate(item.query ? item.query->value : "", builder.plan.dataset, path);
  return query;
}

void CompileCustomItem(const QualityItem& item, const std::string& path, RuleInfo rule,
                       PlanBuilder& builder) {
  const CustomCheck& check = *item.custom;
  QueryRule query = QueryOf(item, check.thresholds);
  const bool whole_table =
      query.kind == QueryKind::kVolume || query.kind == QueryKind::kRowCountEqual;
  if (!whole_table) ResolveColumns(check, path, builder, &query);
  CheckValues(check, query, builder);
  CheckOther(check, &query, builder);
  if (item.id.empty()) {
    rule.id = (path.empty() ? builder.plan.dataset : path) + "." + Name(query.kind);
  }
  if (item.description.empty()) rule.promise = PromiseOf(query);
  query.rule = builder.AddRule(std::move(rule));
  builder.plan.queries.push_back(std::move(query));
}

std::string CompileSlaFreshness(const SlaProperty& sla, RuleInfo rule, PlanBuilder& builder) {
  if (sla.element.empty()) return "it names no element: a column with the time of each row";
  if (sla.element.find(',') != std::string::npos) return "it names several elements";
  std::string name = sla.element;
  if (name.starts_with(builder.plan.dataset + ".")) name.erase(0, builder.plan.dataset.size() + 1);
  QueryColumn column;
  const FieldPlan* field = FindField(builder.plan.fields, name, &column.path);
  if (field == nullptr) return "its element is no column";
  if (!IsInstant(field->type)) return "its element is no date or timestamp";
  double value = 0;
  const char* end = sla.value.data() + sla.value.size();
  const auto [stop, error] = std::from_chars(sla.value.data(), end, value);
  if (error != std::errc() || stop != end || value < 0) return "its value is no number";
  const auto seconds = UnitSeconds(sla.unit);
  if (!seconds) {
    return sla.unit.empty() ? "it has no unit"
                            : "its unit '" + sla.unit + "' is none of: s, min, h, d, w, y";
  }
  column.type = field->type;
  column.masked = field->masked;
  QueryRule query;
  query.kind = QueryKind::kFreshness;
  query.columns = {std::move(column)};
  Threshold limit;
  limit.op = Operator::kMustBeLessOrEqualTo;
  limit.low = value * *seconds;
  query.thresholds = {limit};
  rule.field = name;
  query.rule = builder.AddRule(std::move(rule));
  builder.plan.queries.push_back(std::move(query));
  return "";
}

}  // namespace lakegate
