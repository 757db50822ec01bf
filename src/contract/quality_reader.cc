// `quality` items of objects, properties and array items.
#include <algorithm>

#include "contract/contract_reader.h"
#include "contract/lakegate_settings.h"

namespace lakegate {
namespace {

constexpr std::pair<const char*, Operator> kOperators[] = {
    {"mustBe", Operator::kMustBe},
    {"mustNotBe", Operator::kMustNotBe},
    {"mustBeGreaterThan", Operator::kMustBeGreaterThan},
    {"mustBeGreaterOrEqualTo", Operator::kMustBeGreaterOrEqualTo},
    {"mustBeLessThan", Operator::kMustBeLessThan},
    {"mustBeLessOrEqualTo", Operator::kMustBeLessOrEqualTo},
    {"mustBeBetween", Operator::kMustBeBetween},
    {"mustNotBeBetween", Operator::kMustNotBeBetween},
};

bool IsNumber(const YamlNode& node) {
  return node.kind == YamlKind::kInteger || node.kind == YamlKind::kReal;
}

// The texts and numbers of a list, as written. Null is told apart by `lists_null`.
std::optional<std::vector<std::string>> ReadTokens(MapReader& map, const char* key,
                                                   bool* lists_null) {
  const YamlNode* list = map.FindList(key);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> tokens;
  for (const YamlNode& item : list->items) {
    if (item.kind == YamlKind::kNull && lists_null != nullptr) {
      *lists_null = true;
    } else if (item.is_scalar() && item.kind != YamlKind::kNull) {
      tokens.push_back(item.text);
    } else {
      map.Error(item.mark, "wrong-kind",
                std::string("'") + key + "' holds plain values, not " + Name(item.kind));
    }
  }
  return tokens;
}

void ReadBetween(MapReader& map, const YamlNode& node, const char* key, WrittenThreshold& out) {
  if (node.kind != YamlKind::kList || node.items.size() != 2 || !IsNumber(node.items[0]) ||
      !IsNumber(node.items[1])) {
    map.Error(node.mark, "between-operands",
              std::string("'") + key + "' takes a list of two numbers", "[low, high]");
    out.is_number = false;
    return;
  }
  out.threshold.low = NumberOf(node.items[0]).value_or(0);
  out.threshold.high = NumberOf(node.items[1]).value_or(0);
  for (const YamlNode& item : node.items) {
    out.bounds.push_back({item.text, map.problems().At(item)});
  }
}

WrittenThreshold ReadThreshold(MapReader& map, const YamlNode& node, const char* key, Operator op) {
  WrittenThreshold out;
  out.threshold.op = op;
  out.position = map.problems().At(node);
  if (op == Operator::kMustBeBetween || op == Operator::kMustNotBeBetween) {
    ReadBetween(map, node, key, out);
    return out;
  }
  const bool any_kind = op == Operator::kMustBe || op == Operator::kMustNotBe;
  if (IsNumber(node)) {
    const auto value = NumberOf(node);
    if (!value) map.Error(node.mark, "not-finite", std::string("'") + key + "' must be finite");
    out.threshold.low = value.value_or(0);
  } else if (any_kind && node.kind == YamlKind::kList) {
    for (const YamlNode& item : node.items) {
      out.is_number = out.is_number && IsNumber(item);
      if (IsNumber(item)) out.threshold.any_of.push_back(NumberOf(item).value_or(0));
    }
    if (node.items.empty()) {
      map.Error(node.mark, "empty-list", std::string("'") + key + "' lists nothing");
    }
  } else {
    out.is_number = false;
    if (!any_kind) {
      map.Error(node.mark, "operand-not-number",
                std::string("'") + key + "' of " + map.what() + " must be a number, not " +
                    Name(node.kind) + (node.text.empty() ? "" : " (" + node.text + ")"));
    }
  }
  return out;
}

void ReadSeverity(MapReader& map, QualityItem& item) {
  const auto severity = map.Text("severity");
  if (!severity) return;
  std::string word = severity->value;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  const std::vector<std::string> warn = {"info", "warning", "warn", "low", "minor"};
  const std::vector<std::string> fail = {"error", "critical", "high",  "major",
                                         "fatal", "blocker",  "medium"};
  if (std::find(warn.begin(), warn.end(), word) != warn.end()) {
    item.only_warns = true;
  } else if (std::find(fail.begin(), fail.end(), word) == fail.end()) {
    std::vector<std::string> known = warn;
    known.insert(known.end(), fail.begin(), fail.end());
    const auto nearest = DidYouMean(word, known);
    map.problems().diagnostics.Error(
        severity->position, "unknown-severity", "unknown severity '" + severity->value + "'",
        nearest ? "did you mean '" + *nearest + "'?"
                : "info, warning, low and minor warn; error, high, major and critical fail");
  }
}

void ReadUnit(MapReader& map, QualityItem& item) {
  const auto unit = map.Text("unit");
  if (!unit) return;
  item.unit_written = true;
  item.unit.position = unit->position;
  if (unit->value == "percent") {
    item.unit.value = MetricUnit::kPercent;
  } else if (unit->value != "rows") {
    map.problems().diagnostics.Error(unit->position, "unknown-unit",
                                     "a unit is rows or percent, not '" + unit->value + "'",
                                     "write unit: rows or unit: percent");
  }
}

void ReadArguments(MapReader& owner, QualityItem& item) {
  const YamlNode* node = owner.FindAny("arguments");
  if (node != nullptr && node->kind != YamlKind::kMap && !item.rule.empty()) {
    // v3.0 does not know the key: it may hold anything there.
    owner.Error(node->mark, "wrong-argument", "'arguments' must be a mapping (key: value)");
    return;
  }
  node = owner.FindMap("arguments");
  if (node == nullptr || !item.metric) return;
  // The schema leaves the arguments open: what is wrong with them has ids of its own.
  Diagnostics found;
  const FileProblems problems{owner.problems().file, found};
  MapReader map(*node, "the arguments of " + owner.what(), problems);
  switch (item.metric->value) {
    case MetricKind::kMissingValues:
      item.missing_values = ReadTokens(map, "missingValues", &item.lists_null);
      break;
    case MetricKind::kInvalidValues:
      item.valid_values = ReadTokens(map, "validValues", nullptr);
      item.pattern = map.Text("pattern");
      break;
    case MetricKind::kDuplicateValues:
      item.properties = map.Texts("properties");
      break;
    case MetricKind::kRowCount:
    case MetricKind::kNullValues:
      break;
  }
  map.RefuseUnknown("unknown-argument");
  for (Diagnostic diagnostic : found.all()) {
    if (diagnostic.id != "unknown-argument") diagnostic.id = "wrong-argument";
    owner.problems().diagnostics.Add(std::move(diagnostic));
  }
}

// Arguments in the wrong place: a spelling that one sample of the standard has.
void RefuseLooseArguments(MapReader& map) {
  for (const char* key : {"pattern", "validValues", "missingValues", "properties"}) {
    if (map.node().Find(key) == nullptr) continue;
    map.Ignore({key});
    map.Error(map.KeyMark(key), "loose-argument",
              std::string("'") + key + "' stands beside instead of under 'arguments'",
              std::string("arguments: {") + key + ": ...}");
  }
}

void ReadLibrary(MapReader& map, const ContractContext& context, QualityItem& item) {
  if (context.version < ApiVersion::kV31) {
    if (map.node().Find("metric") != nullptr) {
      map.Ignore({"metric"});
      map.Error(map.KeyMark("metric"), "newer-key",
                "'metric' of " + map.what() + " is known from v3.1.0 on",
                "raise apiVersion, or write rule: instead of metric:");
    } else {
      MapOldRule(map, item);
    }
    return;
  }
  if (map.node().Find("rule") != nullptr) {
    map.Ignore({"rule"});
    const bool alone = map.node().Find("metric") == nullptr;
    if (alone) {
      map.Error(map.KeyMark("rule"), "old-rule",
                "'rule' of " + map.what() + " is how v3.0.x names a metric",
                "write metric: instead of rule:");
    }
    if (alone) return;
  }
  if (item.promises_nothing) return;
  map.Require("metric");
  item.metric =
      map.OneOf<MetricKind>("metric", {{"rowCount", MetricKind::kRowCount},
                                       {"nullValues", MetricKind::kNullValues},
                                       {"missingValues", MetricKind::kMissingValues},
                                       {"invalidValues", MetricKind::kInvalidValues},
                                       {"duplicateValues", MetricKind::kDuplicateValues}});
  RefuseLooseArguments(map);
  ReadArguments(map, item);
}

void ReadByType(MapReader& map, const ContractContext& context, QualityItem& item) {
  if (item.type == QualityType::kLibrary) ReadLibrary(map, context, item);
  if (item.type == QualityType::kSql) {
    map.Require("query");
    item.query = map.Text("query");
  }
  if (item.type == QualityType::kCustom) {
    map.Require("engine");
    map.Require("implementation");
    if (auto engine = map.Text("engine")) item.engine = engine->value;
    map.Ignore({"implementation"});
    if (item.engine == "lakegate") item.custom = ReadCustomCheck(map);
  }
  if (item.type != QualityType::kLibrary && map.node().Find("arguments") != nullptr) {
    map.Ignore({"arguments"});
    if (context.version >= ApiVersion::kV31) {
      map.Error(map.KeyMark("arguments"), "misplaced-arguments",
                "only library items have arguments");
    }
  }
}

QualityItem ReadItem(const YamlNode& node, const std::string& owner,
                     const ContractContext& context) {
  QualityItem item;
  item.position = context.problems.At(node);
  MapReader map(node, "a quality item of " + owner, context.problems);
  if (auto name = map.Text("name")) item.id = name->value;
  // v3.0 does not know the key: it may hold anything there.
  const YamlNode* id = context.version < ApiVersion::kV31 ? map.FindAny("id") : map.Find("id");
  if (id != nullptr && id->kind == YamlKind::kText) {
    item.id = id->text;
    item.has_id = true;
  } else if (id != nullptr && context.version >= ApiVersion::kV31) {
    map.WrongKind("id", *id, "a text", "letters, digits, - and _");
  }
  if (auto description = map.Text("description")) item.description = description->value;
  if (auto type = map.OneOf<QualityType>("type", {{"library", QualityType::kLibrary},
                                                  {"sql", QualityType::kSql},
                                                  {"custom", QualityType::kCustom},
                                                  {"text", QualityType::kText}})) {
    item.type = type->value;
  }
  item.promises_nothing = node.Find("type") == nullptr && node.Find("metric") == nullptr &&
                          node.Find("rule") == nullptr;
  map.OneOf<int>("dimension", {{"accuracy", 0},
                               {"completeness", 0},
                               {"conformity", 0},
                               {"consistency", 0},
                               {"coverage", 0},
                               {"timeliness", 0},
                               {"uniqueness", 0}});
  map.Ignore(
      {"method", "businessImpact", "schedule", "scheduler", "tags", "authoritativeDefinitions"});
  item.thresholds = ReadThresholds(map);
  ReadSeverity(map, item);
  ReadUnit(map, item);
  ReadByType(map, context, item);
  item.settings = ReadLakegateSettings(map, SettingsPlace::kQuality, context.version);
  for (WrittenThreshold& threshold : item.thresholds) {
    threshold.threshold.bounds_exclusive = item.settings.bounds_exclusive;
  }
  if (item.custom) {
    for (WrittenThreshold& threshold : item.custom->thresholds) {
      threshold.threshold.bounds_exclusive = item.settings.bounds_exclusive;
    }
  }
  if (context.version >= ApiVersion::kV31) map.RefuseUnknown();
  return item;
}

}  // namespace

std::vector<WrittenThreshold> ReadThresholds(MapReader& map) {
  std::vector<WrittenThreshold> thresholds;
  for (const auto& [key, op] : kOperators) {
    const YamlNode* node = map.FindAny(key);
    if (node != nullptr) thresholds.push_back(ReadThreshold(map, *node, key, op));
  }
  return thresholds;
}

void MapOldRule(MapReader& map, QualityItem& item) {
  const auto rule = map.Text("rule");
  if (!rule) {
    if (!item.promises_nothing) map.Require("rule");
    return;
  }
  item.rule = rule->value;
  const auto as = [&](MetricKind kind) { item.metric = {kind, rule->position}; };
  // The counterpart promises that there is none: without operator this means mustBe 0.
  const auto none_allowed = [&] {
    if (item.thresholds.empty()) item.thresholds.push_back({.position = rule->position});
  };
  if (item.rule == "rowCount") {
    as(MetricKind::kRowCount);
  } else if (item.rule == "duplicateCount" || item.rule == "duplicateValues") {
    as(MetricKind::kDuplicateValues);
    ReadArguments(map, item);
  } else if (item.rule == "unique") {
    as(MetricKind::kDuplicateValues);
    none_allowed();
  } else if (item.rule == "validValues") {
    as(MetricKind::kInvalidValues);
    item.valid_values = ReadTokens(map, "validValues", nullptr);
    if (!item.valid_values) {
      item.not_enforceable = "the rule validValues has no list of valid values";
      item.metric.reset();
    }
    none_allowed();
  } else if (item.rule == "nullValues") {
    as(MetricKind::kNullValues);
  } else if (item.rule == "missingValues" || item.rule == "invalidValues") {
    as(item.rule == "missingValues" ? MetricKind::kMissingValues : MetricKind::kInvalidValues);
    ReadArguments(map, item);
  } else {
    item.not_enforceable = "the v3.0 rule '" + item.rule + "' has no counterpart here";
  }
}

std::vector<QualityItem> ReadQuality(const YamlNode& list, const std::string& what,
                                     const ContractContext& context) {
  std::vector<QualityItem> quality;
  if (list.kind != YamlKind::kList) {
    context.problems.Error(list.mark, "wrong-kind", "'quality' of " + what + " must be a list",
                           "- metric: ...");
    return quality;
  }
  for (const YamlNode& item : list.items) {
    if (item.kind == YamlKind::kMap) {
      quality.push_back(ReadItem(item, what, context));
    } else {
      context.problems.Error(item.mark, "wrong-kind", "a quality item must be a mapping");
    }
  }
  return quality;
}

}  // namespace lakegate
