// `implementation` of custom quality items of engine lakegate: a mapping, or YAML text of one.
#include "contract/contract_reader.h"
#include "contract/custom_check.h"
#include "core/duration_text.h"

namespace lakegate {
namespace {

constexpr int64_t kMaxPartitions = 1000;

void MoveTo(YamlMark mark, YamlNode* node) {
  node->mark = mark;
  for (YamlNode& item : node->items) MoveTo(mark, &item);
  for (YamlEntry& entry : node->entries) {
    entry.mark = mark;
    MoveTo(mark, &entry.value);
  }
}

// YAML inside of YAML: every position in it is where the text starts.
std::optional<YamlNode> ParseInner(const YamlNode& text, const MapReader& owner) {
  Diagnostics found;
  std::optional<YamlNode> inner = ParseYaml(text.text, owner.problems().file, found);
  if (!inner) {
    owner.Error(text.mark, "custom-check",
                "the implementation of " + owner.what() + " is no YAML: " + found.all()[0].message,
                "implementation: {check: mean, column: amount, mustBeGreaterThan: 0}");
    return std::nullopt;
  }
  MoveTo(text.mark, &*inner);
  return inner;
}

WrittenThreshold Implied(Operator op, double limit, SourcePosition position) {
  WrittenThreshold written;
  written.threshold.op = op;
  written.threshold.low = limit;
  written.position = std::move(position);
  return written;
}

// `one: name` or `many: [names]`; both is an error.
std::vector<Written<std::string>> ReadNames(MapReader& map, const char* one, const char* many) {
  std::vector<Written<std::string>> names;
  const YamlNode* single = map.Find(one);
  if (single != nullptr && (many != nullptr || single->kind != YamlKind::kList)) {
    if (auto name = map.Text(one)) names.push_back(*name);
  } else if (single != nullptr) {
    names = map.Texts(one).value_or(names);
  }
  if (many == nullptr || map.Find(many) == nullptr) return names;
  if (single != nullptr) {
    map.Error(map.KeyMark(many), "custom-check",
              std::string("'") + one + "' and '" + many + "' are both written", "keep one");
  }
  return map.Texts(many).value_or(names);
}

// A duration in microseconds; nothing (and a problem) if it is none.
std::optional<int64_t> ReadDuration(MapReader& map, const char* key) {
  const auto text = map.Text(key);
  if (!text) return std::nullopt;
  const auto seconds = ParseDuration(text->value);
  if (seconds && *seconds > 0 && *seconds < INT64_MAX / 1'000'000) return *seconds * 1'000'000;
  map.problems().diagnostics.Error(
      text->position, "custom-check",
      std::string("'") + key + "' must be a duration, not '" + text->value + "'",
      "e.g. 24 hours, 15 min, 7 days");
  return std::nullopt;
}

// 80, "80 %", "5 rows": the number, and whether it is percent.
std::optional<std::pair<double, bool>> ReadAmount(MapReader& map, const char* key, bool percent) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::nullopt;
  YamlNode number = *node;
  const auto ends_with = [&](const char* unit) {
    if (!number.text.ends_with(unit)) return false;
    number.text.resize(number.text.size() - std::string_view(unit).size());
    while (number.text.ends_with(' ')) number.text.pop_back();
    return true;
  };
  if (node->kind == YamlKind::kText) {
    if (ends_with("%")) {
      percent = true;
    } else if (ends_with("rows")) {
      percent = false;
    }
    number.kind = KindOfPlainScalar(number.text);
  }
  const bool is_number = number.kind == YamlKind::kInteger || number.kind == YamlKind::kReal;
  const auto value = is_number ? NumberOf(number) : std::nullopt;
  if (value && *value >= 0) return std::pair{*value, percent};
  map.WrongKind(key, *node, "a number that is not negative", percent ? "80 %" : "10, or 5 %");
  return std::nullopt;
}

void ReadValues(MapReader& map, CustomCheck& check) {
  const YamlNode* one = map.FindAny("value");
  const YamlNode* many = map.FindList("values");
  std::vector<YamlNode> values;
  if (one != nullptr) values.push_back(*one);
  if (many != nullptr) values.insert(values.end(), many->items.begin(), many->items.end());
  if (values.empty()) {
    map.Error(map.node().mark, "custom-check", map.what() + " has no value",
              "value: x, or values: [x, y]");
  }
  for (const YamlNode& value : values) {
    if (value.kind == YamlKind::kNull) {
      check.rule.counts_null = true;
    } else if (value.is_scalar()) {
      check.rule.values.push_back(value.text);
    } else {
      map.Error(value.mark, "custom-check",
                "a value is plain, not " + std::string(Name(value.kind)));
    }
  }
}

void ReadVolume(MapReader& map, CustomCheck& check) {
  map.Require("against");
  const auto against = map.Integer("against");
  if (against && (against->value < 1 || against->value > kMaxPartitions)) {
    map.problems().diagnostics.Error(against->position, "custom-check",
                                     "'against' is the number of earlier partitions, 1 to 1000");
  }
  if (against) check.rule.partitions = static_cast<int>(against->value);
  check.rule.unit = MetricUnit::kPercent;
  const auto least = ReadAmount(map, "at_least", true);
  const auto most = ReadAmount(map, "at_most", true);
  if (least) {
    check.thresholds.push_back(
        Implied(Operator::kMustBeGreaterOrEqualTo, least->first, check.position));
  }
  if (most) {
    check.thresholds.push_back(
        Implied(Operator::kMustBeLessOrEqualTo, most->first, check.position));
  }
  if (least && most && least->first > most->first) {
    map.Error(map.KeyMark("at_least"), "custom-check", "at_least is more than at_most");
  }
}

void ReadOther(MapReader& map, CustomCheck& check) {
  if (auto dataset = map.Text("dataset")) check.rule.dataset = dataset->value;
  if (auto file = map.Text("file")) check.rule.file = file->value;
  if (check.rule.dataset.empty() == check.rule.file.empty()) {
    map.Error(map.node().mark, "custom-check",
              map.what() + " needs a dataset or a file that it compares with, and only one",
              "dataset: customers, or file: codes.csv");
  }
  for (const auto& name : ReadNames(map, "to", nullptr)) {
    check.rule.other_columns.push_back(name.value);
  }
}

void ReadOptions(MapReader& map, CustomCheck& check) {
  QueryRule& rule = check.rule;
  switch (rule.kind) {
    case QueryKind::kQuantile: {
      map.Require("quantile");
      const auto quantile = map.Number("quantile");
      rule.quantile = quantile ? quantile->value : 0.5;
      if (rule.quantile > 0 && rule.quantile < 1) break;
      map.problems().diagnostics.Error(quantile->position, "custom-check",
                                       "a quantile is between 0 and 1",
                                       "0.95 for the 95th percent");
      break;
    }
    case QueryKind::kShare:
      ReadValues(map, check);
      rule.unit = MetricUnit::kPercent;
      break;
    case QueryKind::kFreshness:
      map.Require("max_age");
      rule.step = ReadDuration(map, "max_age").value_or(0);
      check.thresholds.push_back(Implied(Operator::kMustBeLessOrEqualTo,
                                         static_cast<double>(rule.step) / 1e6, check.position));
      break;
    case QueryKind::kMonotonic:
      if (auto direction =
              map.OneOf<bool>("direction", {{"ascending", false}, {"descending", true}})) {
        rule.descending = direction->value;
      }
      if (auto strict = map.Boolean("strict")) rule.strict = strict->value;
      break;
    case QueryKind::kNoGaps: {
      map.Require("every");
      const YamlNode* every = map.Find("every");
      check.step_is_number = every != nullptr && every->kind == YamlKind::kInteger;
      rule.step = check.step_is_number ? IntegerOf(*every).value_or(0)
                                       : ReadDuration(map, "every").value_or(1);
      if (rule.step < 1) map.WrongKind("every", *every, "more than nothing");
      break;
    }
    case QueryKind::kVolume:
      ReadVolume(map, check);
      break;
    case QueryKind::kRowCountEqual: {
      map.Require("dataset");
      if (auto dataset = map.Text("dataset")) rule.dataset = dataset->value;
      const auto tolerance = ReadAmount(map, "tolerance", false);
      if (tolerance && tolerance->second) rule.unit = MetricUnit::kPercent;
      check.thresholds.push_back(Implied(Operator::kMustBeLessOrEqualTo,
                                         tolerance ? tolerance->first : 0, check.position));
      break;
    }
    case QueryKind::kReference:
      ReadOther(map, check);
      break;
    default:
      break;
  }
}

// Operators, and `unit` where both units make sense.
void ReadOperators(MapReader& map, CustomCheck& check) {
  const QueryKind kind = check.rule.kind;
  if (!check.thresholds.empty()) return;  // implied: operators are unknown keys
  if (kind == QueryKind::kShare || kind == QueryKind::kReference) {
    if (auto unit = map.OneOf<MetricUnit>(
            "unit", {{"rows", MetricUnit::kRows}, {"percent", MetricUnit::kPercent}})) {
      check.rule.unit = unit->value;
    }
  }
  if (kind == QueryKind::kVolume) {
    map.Error(map.node().mark, "custom-check", map.what() + " has neither at_least nor at_most",
              "at_least: 50 %");
    return;
  }
  check.thresholds = ReadThresholds(map);
  if (!check.thresholds.empty()) return;
  if (kind == QueryKind::kMonotonic || kind == QueryKind::kNoGaps ||
      kind == QueryKind::kReference) {
    check.thresholds.push_back(Implied(Operator::kMustBe, 0, check.position));
  } else {
    map.Error(map.node().mark, "custom-check", map.what() + " has no operator",
              "add one such as mustBeLessThan: 10");
  }
}

}  // namespace

std::optional<CustomCheck> ReadCustomCheck(MapReader& owner) {
  const YamlNode* node = owner.FindAny("implementation");
  if (node == nullptr) return std::nullopt;
  std::optional<YamlNode> inner;
  if (node->kind == YamlKind::kText) {
    inner = ParseInner(*node, owner);
    if (!inner) return std::nullopt;
    node = &*inner;
  }
  if (node->kind != YamlKind::kMap) {
    owner.WrongKind("implementation", *node, "a mapping",
                    "{check: mean, column: amount, mustBeGreaterThan: 0}");
    return std::nullopt;
  }
  MapReader map(*node, "the check of " + owner.what(), owner.problems());
  map.Require("check");
  std::optional<Written<QueryKind>> kind =
      map.OneOf<QueryKind>("check", {{"mean", QueryKind::kMean},
                                     {"min", QueryKind::kMin},
                                     {"max", QueryKind::kMax},
                                     {"sum", QueryKind::kSum},
                                     {"stddev", QueryKind::kStddev},
                                     {"quantile", QueryKind::kQuantile},
                                     {"share", QueryKind::kShare},
                                     {"freshness", QueryKind::kFreshness},
                                     {"monotonic", QueryKind::kMonotonic},
                                     {"no_gaps", QueryKind::kNoGaps},
                                     {"volume", QueryKind::kVolume},
                                     {"row_count_equal", QueryKind::kRowCountEqual},
                                     {"reference", QueryKind::kReference}});
  if (!kind) return std::nullopt;
  CustomCheck check;
  check.rule.kind = kind->value;
  check.position = map.position();
  const bool whole_table =
      kind->value == QueryKind::kVolume || kind->value == QueryKind::kRowCountEqual;
  if (!whole_table) {
    check.columns =
        ReadNames(map, "column", kind->value == QueryKind::kReference ? "columns" : nullptr);
  }
  ReadOptions(map, check);
  ReadOperators(map, check);
  map.RefuseUnknown();
  return check;
}

}  // namespace lakegate
