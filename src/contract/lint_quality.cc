// Lint rules about quality items.
#include <algorithm>

#include "contract/lint.h"
#include "contract/sql_template.h"

namespace lakegate {
namespace {

void LintOperatorCount(const QualityItem& item, ApiVersion version, Diagnostics& diagnostics) {
  if (version < ApiVersion::kV31) return;  // none to many are legal there
  const bool takes_one = item.type == QualityType::kLibrary || item.type == QualityType::kSql;
  if (!takes_one) {
    for (const WrittenThreshold& threshold : item.thresholds) {
      diagnostics.Error(threshold.position, "misplaced-operator",
                        std::string("an item of type ") +
                            (item.type == QualityType::kText ? "text" : "custom") +
                            " has no operator, but " + Name(threshold.threshold.op) + " is written",
                        item.type == QualityType::kText ? "write a metric, or remove the operator"
                                                        : "put it inside implementation:");
    }
    return;
  }
  if (item.thresholds.size() > 1) {
    diagnostics.Error(item.thresholds[1].position, "several-operators",
                      std::string("an item has one operator from v3.1.0 on, but ") +
                          Name(item.thresholds[0].threshold.op) + " and " +
                          Name(item.thresholds[1].threshold.op) + " are written",
                      "write one item for each, or mustBeBetween");
  }
  if (item.thresholds.empty() && (item.metric || item.type == QualityType::kSql)) {
    diagnostics.Error(item.position, "no-operator", "the item has no operator",
                      "add one such as mustBe: 0");
  }
}

void LintOperands(const QualityItem& item, Diagnostics& diagnostics) {
  std::vector<WrittenThreshold> thresholds = item.thresholds;
  if (item.custom) {
    thresholds.insert(thresholds.end(), item.custom->thresholds.begin(),
                      item.custom->thresholds.end());
  }
  for (const WrittenThreshold& written : thresholds) {
    const Threshold& threshold = written.threshold;
    const bool between =
        threshold.op == Operator::kMustBeBetween || threshold.op == Operator::kMustNotBeBetween;
    if (between && written.is_number && threshold.low >= threshold.high) {
      diagnostics.Error(written.position, "between-operands",
                        std::string(Name(threshold.op)) + (threshold.low == threshold.high
                                                               ? " has two equal bounds"
                                                               : " has its bounds reversed"),
                        "[low, high]");
      if (threshold.low > threshold.high) {
        diagnostics.Mend(SwapEdits(written.bounds[0], written.bounds[1]));
      }
    }
    const bool any_kind = threshold.op == Operator::kMustBe || threshold.op == Operator::kMustNotBe;
    if (any_kind && !written.is_number && (item.metric || item.custom)) {
      const char* what = item.metric ? Name(item.metric->value) : Name(item.custom->rule.kind);
      diagnostics.Error(written.position, "operand-not-number",
                        std::string(Name(threshold.op)) + " of " + what + " needs a number");
    }
    if (threshold.any_of.size() == 1) {
      diagnostics.Warning(written.position, "list-of-one",
                          std::string(Name(threshold.op)) + " lists one value",
                          "write it without brackets");
    }
  }
}

void LintUnit(const QualityItem& item, Diagnostics& diagnostics) {
  if (!item.unit_written || item.unit.value != MetricUnit::kPercent) return;
  if (item.metric && item.metric->value == MetricKind::kRowCount) {
    diagnostics.Error(item.unit.position, "unit-of-count", "rowCount has no percent",
                      "write unit: rows, or leave it out");
  }
  if (item.type == QualityType::kSql) {
    diagnostics.Error(item.unit.position, "unit-of-sql", "an sql item has no percent",
                      "let the query compute it");
  }
}

void LintQuery(const QualityItem& item, QualityLevel level, Diagnostics& diagnostics) {
  if (!item.query) return;
  if (const std::string why = WhyNoSelect(item.query->value); !why.empty()) {
    diagnostics.Error(item.query->position, "query-no-select",
                      "the query is no single SELECT: " + why, "write one SELECT");
  }
  const auto unknown = UnknownPlaceholder(item.query->value, level == QualityLevel::kProperty);
  if (!unknown) return;
  diagnostics.Error(item.query->position, "unknown-placeholder",
                    "the query has " + *unknown + ", which nothing is put in for",
                    level == QualityLevel::kProperty
                        ? "known: {object} and {property}"
                        : "known: {object}; a query of a property knows {property}, too");
}

void LintLevel(const QualityItem& item, QualityLevel level, Diagnostics& diagnostics) {
  if (!item.metric) return;
  const MetricKind kind = item.metric->value;
  if (level == QualityLevel::kProperty && kind == MetricKind::kRowCount) {
    diagnostics.Error(item.metric->position, "metric-level",
                      "rowCount is a metric of the whole object",
                      "move it to quality: of the schema object");
  }
  if (level == QualityLevel::kProperty && item.properties) {
    diagnostics.Error(item.position, "unknown-argument",
                      "duplicateValues of a property has no argument 'properties'",
                      "move it to quality: of the schema object");
  }
  if (level == QualityLevel::kProperty || kind == MetricKind::kRowCount) return;
  if (kind != MetricKind::kDuplicateValues) {
    diagnostics.Error(item.metric->position, "metric-level",
                      std::string(Name(kind)) + " is a metric of one property",
                      "move it to quality: of that property");
  }
}

void LintKeyColumns(const QualityItem& item, const std::vector<Property>& siblings,
                    Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const Property& property : siblings) names.push_back(property.name);
  for (const Written<std::string>& name : *item.properties) {
    if (std::find(names.begin(), names.end(), name.value) != names.end()) continue;
    if (name.value.find('.') != std::string::npos) continue;  // nested: not enforceable
    const auto nearest = DidYouMean(name.value, names);
    diagnostics.Error(name.position, "unknown-property",
                      "there is no property '" + name.value + "' here",
                      nearest ? "did you mean '" + *nearest + "'?" : "");
  }
}

void LintArguments(const QualityItem& item, QualityLevel level, ApiVersion version,
                   const std::vector<Property>& siblings, Diagnostics& diagnostics) {
  if (!item.metric) return;
  const auto missing = [&](const char* what, const char* mend) {
    if (version < ApiVersion::kV31) return;
    diagnostics.Error(item.position, "missing-argument",
                      std::string(Name(item.metric->value)) + " needs " + what, mend);
  };
  switch (item.metric->value) {
    case MetricKind::kMissingValues:
      if (!item.missing_values) missing("its tokens", "arguments: {missingValues: [null, '']}");
      break;
    case MetricKind::kInvalidValues:
      if (!item.valid_values && !item.pattern) {
        missing("validValues or pattern", "arguments: {validValues: [...]}");
      }
      break;
    case MetricKind::kDuplicateValues:
      if (level != QualityLevel::kObject) break;
      if (!item.properties || item.properties->empty()) {
        missing("its key columns", "arguments: {properties: [...]}");
      } else {
        LintKeyColumns(item, siblings, diagnostics);
      }
      break;
    default:
      break;
  }
  if (item.pattern) LintPattern(*item.pattern, diagnostics);
}

void LintItemAction(const QualityItem& item, Diagnostics& diagnostics) {
  if (item.settings.action && (item.settings.action->value == Action::kQuarantine ||
                               item.settings.action->value == Action::kRejectFile)) {
    diagnostics.Error(item.settings.action->position, "dataset-action",
                      std::string("a quality item looks at all records and cannot ") +
                          Name(item.settings.action->value),
                      "write warn or fail");
  }
  if (item.settings.budget) {
    diagnostics.Error(item.settings.budget->position, "dataset-budget",
                      "a quality item has no budget", "its operator says how much is tolerated");
  }
}

}  // namespace

void LintQuality(const QualityItem& item, QualityLevel level, ApiVersion version,
                 const std::vector<Property>& siblings, Diagnostics& diagnostics) {
  if (item.promises_nothing) {
    diagnostics.Warning(item.position, "promises-nothing",
                        "the quality item has neither a type nor a metric: it promises nothing",
                        "add metric: and an operator, or type: text");
    return;
  }
  LintOperatorCount(item, version, diagnostics);
  LintOperands(item, diagnostics);
  LintUnit(item, diagnostics);
  LintQuery(item, level, diagnostics);
  LintLevel(item, level, diagnostics);
  LintArguments(item, level, version, siblings, diagnostics);
  LintItemAction(item, diagnostics);
}

}  // namespace lakegate
