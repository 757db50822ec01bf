// Quality items as dataset rules.
#include <cmath>
#include <cstdio>

#include "contract/plan_builder.h"
#include "core/utf8.h"

namespace lakegate {
namespace {

std::string Shown(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.15g", value);
  return buffer;
}

std::string PromiseOf(const QualityItem& item, const std::string& path) {
  std::string subject;
  if (item.metric) {
    subject = Name(item.metric->value);
    std::string columns = path;
    if (item.properties) {
      for (const auto& name : *item.properties) {
        columns += (columns.empty() ? "" : ", ") + name.value;
      }
    }
    if (!columns.empty()) subject += " of " + columns;
  } else if (!item.rule.empty()) {
    subject = item.rule;
  } else if (!item.description.empty()) {
    return item.description;
  } else {
    subject = item.type == QualityType::kSql      ? "an sql query"
              : item.type == QualityType::kCustom ? "a check of " + item.engine
                                                  : "a text";
  }
  for (const WrittenThreshold& written : item.thresholds) {
    if (!written.is_number) continue;
    subject += " " + ShownThreshold(written.threshold);
    if (item.unit.value == MetricUnit::kPercent) subject += " %";
  }
  return subject;
}

RuleInfo RuleOf(const QualityItem& item, const std::string& path, const PlanBuilder& builder) {
  RuleInfo rule;
  rule.scope = RuleScope::kDataset;
  rule.field = path;
  rule.position = item.position;
  rule.promise = PromiseOf(item, path);
  rule.action = item.only_warns ? Action::kWarn : Action::kFail;
  if (item.settings.action) rule.action = item.settings.action->value;
  rule.id = item.id;
  if (!rule.id.empty()) return rule;
  const std::string owner = path.empty() ? builder.plan.dataset : path;
  const char* keyword = item.metric                         ? Name(item.metric->value)
                        : item.type == QualityType::kSql    ? "sql"
                        : item.type == QualityType::kCustom ? "custom"
                        : item.type == QualityType::kText   ? "text"
                                                            : "quality";
  rule.id = owner + "." + keyword;
  return rule;
}

// Why the item cannot be checked; empty if it can.
std::string WhyNot(const QualityItem& item, const PlanBuilder& builder) {
  if (item.type == QualityType::kCustom) {
    return item.custom ? ""
                       : "rules of engine '" + item.engine + "' are run by that engine, not here";
  }
  if (!item.not_enforceable.empty()) return item.not_enforceable;
  if (!item.metric && item.type != QualityType::kSql) return "the item names no metric";
  if (item.thresholds.empty()) return "the item has no operator: nothing is promised about it";
  for (const WrittenThreshold& written : item.thresholds) {
    if (!written.is_number) return "its operand is no number";
  }
  if (!item.properties) return "";
  for (const auto& name : *item.properties) {
    if (FindField(builder.plan.fields, name.value)) continue;
    return "'" + name.value + "' is no column, and no member of an object";
  }
  return "";
}

std::vector<FieldPath> FieldsOf(const QualityItem& item, const std::optional<FieldPath>& field,
                                const PlanBuilder& builder) {
  std::vector<FieldPath> fields;
  if (field) fields.push_back(*field);
  if (!item.properties) return fields;
  for (const auto& name : *item.properties) {
    if (auto found = FindField(builder.plan.fields, name.value)) {
      fields.push_back(*std::move(found));
    }
  }
  return fields;
}

// Columns whose values are no plain values cannot be compared with texts or each other.
std::string WhyNotTheseFields(const MetricRule& metric, const PlanBuilder& builder) {
  if (metric.kind == MetricKind::kRowCount) return "";
  if (metric.fields.empty()) return "the metric names no column";
  if (metric.kind == MetricKind::kNullValues) return "";
  if (metric.repeated && metric.kind == MetricKind::kDuplicateValues) {
    return "a record has many of these values; uniqueItems checks those of one list";
  }
  for (const FieldPath& path : metric.fields) {
    const FieldPlan& field = FieldAt(builder.plan.fields, path);
    if (!IsNested(field.type.kind)) continue;
    return std::string(Name(metric.kind)) + " of an object, array or map compares nothing";
  }
  return "";
}

MetricRule MetricOf(const QualityItem& item, const std::optional<FieldPath>& field,
                    const PlanBuilder& builder) {
  MetricRule metric;
  metric.kind = item.metric->value;
  metric.fields = FieldsOf(item, field, builder);
  if (metric.kind == MetricKind::kRowCount) metric.fields.clear();
  for (const FieldPath& path : metric.fields) {
    metric.repeated = metric.repeated || IsRepeated(builder.plan.fields, path);
  }
  metric.unit = item.unit.value;
  for (const WrittenThreshold& written : item.thresholds) {
    metric.thresholds.push_back(written.threshold);
  }
  metric.base = item.settings.base;
  metric.duplicates = item.settings.duplicates;
  metric.nulls_equal = item.settings.nulls_equal;
  metric.count_null_as_missing = item.lists_null;
  if (metric.kind == MetricKind::kMissingValues && item.missing_values) {
    metric.values = *item.missing_values;
  }
  if (metric.kind == MetricKind::kInvalidValues) {
    metric.has_values = item.valid_values.has_value();
    if (metric.has_values) metric.values = *item.valid_values;
    if (item.pattern) metric.pattern = item.pattern->value;
  }
  ApplyCompat(builder.options.compat, &metric);
  return metric;
}

// Null if the item has none, or a wrong one.
std::shared_ptr<const RecordFilter> FilterOf(const QualityItem& item, PlanBuilder& builder) {
  if (!item.settings.filter) return nullptr;
  const Written<std::string>& written = *item.settings.filter;
  auto& known = builder.filters[written.value];
  if (known) return known;
  auto parsed = ParseFilter(written.value, builder.plan.fields);
  if (auto* filter = std::get_if<RecordFilter>(&parsed)) {
    known = std::make_shared<const RecordFilter>(std::move(*filter));
    return known;
  }
  const FilterError& error = std::get<FilterError>(parsed);
  SourcePosition at = written.position;
  const std::string_view before = std::string_view(written.value).substr(0, error.offset);
  const auto characters = static_cast<int>(CountCodePoints(before));
  // Of a text over several lines only the start is known.
  if (written.value.find('\n') == std::string::npos) at.column += characters;
  builder.diagnostics.Error(
      at, "filter",
      "lakegate.filter, character " + std::to_string(characters + 1) + ": " + error.message,
      error.hint);
  return nullptr;
}

}  // namespace

std::string ShownThreshold(const Threshold& threshold) {
  if (!threshold.any_of.empty()) {
    std::string list;
    for (double value : threshold.any_of) list += (list.empty() ? "" : ", ") + Shown(value);
    return std::string(threshold.op == Operator::kMustBe ? "one of " : "none of ") + list;
  }
  switch (threshold.op) {
    case Operator::kMustBe:
      return "= " + Shown(threshold.low);
    case Operator::kMustNotBe:
      return "not " + Shown(threshold.low);
    case Operator::kMustBeGreaterThan:
      return "> " + Shown(threshold.low);
    case Operator::kMustBeGreaterOrEqualTo:
      return ">= " + Shown(threshold.low);
    case Operator::kMustBeLessThan:
      return "< " + Shown(threshold.low);
    case Operator::kMustBeLessOrEqualTo:
      return "<= " + Shown(threshold.low);
    case Operator::kMustBeBetween:
    case Operator::kMustNotBeBetween:
      return std::string(threshold.op == Operator::kMustBeBetween ? "" : "not ") + "between " +
             Shown(threshold.low) + " and " + Shown(threshold.high) +
             (threshold.bounds_exclusive ? " (exclusive)" : "");
  }
  return "?";
}

void CompileQuality(const std::vector<QualityItem>& items, const std::string& path,
                    const std::optional<FieldPath>& field, PlanBuilder& builder) {
  for (const QualityItem& item : items) {
    if (item.promises_nothing) continue;  // lint warns
    RuleInfo rule = RuleOf(item, path, builder);
    if (item.type == QualityType::kText) {
      rule.enforcement = Enforcement::kInformational;
      rule.why_not = "a text is for people";
      builder.AddRule(std::move(rule));
      continue;
    }
    if (item.settings.filter && item.type != QualityType::kLibrary) {
      builder.diagnostics.Error(item.settings.filter->position, "filter",
                                "lakegate.filter is for library metrics only",
                                "write the condition into the query or the implementation");
    }
    std::string why = WhyNot(item, builder);
    if (why.empty() && item.custom) {
      CompileCustomItem(item, path, std::move(rule), builder);
      continue;
    }
    if (why.empty() && item.type == QualityType::kSql) {
      QueryRule query = CompileSqlItem(item, path, builder);
      query.rule = builder.AddRule(std::move(rule));
      builder.plan.queries.push_back(std::move(query));
      continue;
    }
    MetricRule metric;
    if (why.empty()) {
      metric = MetricOf(item, field, builder);
      why = WhyNotTheseFields(metric, builder);
      metric.filter = FilterOf(item, builder);
    }
    if (!why.empty()) {
      builder.AddNotEnforceable(std::move(rule), std::move(why));
      continue;
    }
    metric.rule = builder.AddRule(std::move(rule));
    builder.plan.metrics.push_back(std::move(metric));
  }
}

void CompileQualityOf(const Property& property, const FieldPath& field, PlanBuilder& builder) {
  CompileQuality(property.quality, property.path, field, builder);
  const auto inside = [&](const Property& nested, std::initializer_list<int> steps) {
    FieldPath path = field;
    path.insert(path.end(), steps);
    CompileQualityOf(nested, path, builder);
  };
  for (size_t i = 0; i < property.properties.size(); ++i) {
    inside(property.properties[i], {static_cast<int>(i)});
  }
  for (const Property& item : property.items) inside(item, {0});
  for (size_t i = 0; i < property.map.size(); ++i) {
    inside(property.map[i], {0, static_cast<int>(i)});  // the entry, then its key or value
  }
}

}  // namespace lakegate
