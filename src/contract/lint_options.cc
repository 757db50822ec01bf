// Lint rules about types and their options.
#include <re2/re2.h>

#include <algorithm>

#include "contract/exact_decimal.h"
#include "contract/lint.h"

namespace lakegate {
namespace {

using enum LogicalType;
using Count = std::optional<Written<int64_t>>;

void LintRange(const Count& low, const Count& high, const char* low_key, const char* high_key,
               const Property& property, Diagnostics& diagnostics) {
  if (!low || !high || low->value <= high->value) return;
  diagnostics.Error(low->position, "empty-range",
                    std::string(low_key) + " " + std::to_string(low->value) + " of '" +
                        property.path + "' is more than its " + high_key + " " +
                        std::to_string(high->value),
                    "no value can satisfy both");
  diagnostics.Mend(SwapEdits({std::to_string(low->value), low->position},
                             {std::to_string(high->value), high->position}));
}

// Numeric bounds that leave no value; those of dates are compared when compiled.
void LintBounds(const Property& property, Diagnostics& diagnostics) {
  for (const Bound& low : property.options.lower) {
    for (const Bound& high : property.options.upper) {
      if (low.is_text || high.is_text) continue;
      const auto from = ExactDecimal::Parse(low.text);
      const auto to = ExactDecimal::Parse(high.text);
      if (!from || !to) continue;
      const int order = Compare(*from, *to);
      if (order < 0 || (order == 0 && !low.exclusive && !high.exclusive)) continue;
      diagnostics.Error(low.position, "empty-range",
                        low.keyword + " " + low.text + " of '" + property.path +
                            "' leaves nothing below its " + high.keyword + " " + high.text,
                        "no value can satisfy both");
      if (order > 0 && low.exclusive == high.exclusive) {
        diagnostics.Mend(SwapEdits({low.text, low.position}, {high.text, high.position}));
      }
    }
  }
}

void LintMultipleOf(const Property& property, Diagnostics& diagnostics) {
  if (!property.options.multiple_of) return;
  const auto value = ExactDecimal::Parse(property.options.multiple_of->value);
  if (value && !value->negative && !value->is_zero()) return;
  diagnostics.Error(property.options.multiple_of->position, "multiple-of",
                    "multipleOf of '" + property.path + "' must be more than 0");
}

void LintFormat(const Property& property, Diagnostics& diagnostics) {
  if (!property.options.format || !property.logical_type) return;
  const Written<std::string>& format = *property.options.format;
  const LogicalType type = property.logical_type->value;
  if (type == kDate || type == kTimestamp || type == kTime) {
    const auto pattern = TemporalPattern::Compile(format.value);
    if (!pattern) {
      diagnostics.Error(format.position, "bad-date-pattern", pattern.error().message,
                        pattern.error().hint);
    } else if (type == kTime ? !pattern->has_time() : !pattern->has_date()) {
      diagnostics.Error(format.position, "bad-date-pattern",
                        "the format '" + format.value + "' of '" + property.path + "' has no " +
                            (type == kTime ? "time" : "date"));
    }
    return;
  }
  if (type != kInteger && type != kNumber) return;
  const std::vector<std::string> integers = {"i8", "i16", "i32", "i64", "i128",
                                             "u8", "u16", "u32", "u64", "u128"};
  const std::vector<std::string> numbers = {"f32", "f64"};
  const auto& known = type == kInteger ? integers : numbers;
  if (std::find(known.begin(), known.end(), format.value) != known.end()) return;
  std::string list;
  for (const std::string& word : known) list += (list.empty() ? "" : ", ") + word;
  diagnostics.Error(format.position, "unknown-format",
                    std::string("the format of ") + Name(type) + " '" + property.path +
                        "' cannot be '" + format.value + "'",
                    "known: " + list);
}

void LintSourceFormat(const Property& property, Diagnostics& diagnostics) {
  if (!property.settings.source_format) return;
  const SourcePosition& at = property.settings.source_format->position;
  if (!property.logical_type || property.logical_type->value != kTimestamp) {
    diagnostics.Error(
        at, "source-format",
        "lakegate.sourceFormat of '" + property.path + "' needs logicalType: timestamp");
  } else if (property.options.format) {
    diagnostics.Error(at, "source-format",
                      "'" + property.path + "' has both a format and lakegate.sourceFormat",
                      "leave one of them");
  }
}

bool HasPlainType(const Property& property) {
  if (!property.logical_type) return property.properties.empty() && !property.has_items;
  const LogicalType type = property.logical_type->value;
  return type != kObject && type != kArray && type != kMap && type != kVector;
}

void LintMembers(const Property& property, Diagnostics& diagnostics) {
  if (!property.logical_type) return;
  const LogicalType type = property.logical_type->value;
  if (type == kArray && !property.has_items) {
    diagnostics.Error(property.position, "array-without-items",
                      "the array '" + property.path + "' does not say what it holds",
                      "add items: {logicalType: ...}");
  }
  if (type == kObject && property.properties.empty()) {
    diagnostics.Warning(property.position, "object-without-properties",
                        "the object '" + property.path +
                            "' has no properties: its members are "
                            "not checked");
  }
  if (type == kMap && !property.map.empty() && !HasPlainType(property.map[0])) {
    diagnostics.Error(property.map[0].position, "map-key-type",
                      "the keys of '" + property.path + "' cannot be objects, arrays or maps",
                      "the key of a JSON object is a text: string, integer, date ...");
  }
  if (!property.options.required) return;
  std::vector<std::string> names;
  for (const Property& member : property.properties) names.push_back(member.name);
  for (const Written<std::string>& name : *property.options.required) {
    if (std::find(names.begin(), names.end(), name.value) != names.end()) continue;
    const auto nearest = DidYouMean(name.value, names);
    diagnostics.Error(
        name.position, "unknown-property",
        "'" + property.path + "' requires '" + name.value + "', which is none of its properties",
        nearest ? "did you mean '" + *nearest + "'?" : "");
  }
}

void LintEnum(const Property& property, Diagnostics& diagnostics) {
  if (!property.allowed_values) return;
  std::vector<std::string> seen;
  for (const YamlNode& node : property.allowed_values->value) {
    const SourcePosition at{property.position.file, node.mark.line, node.mark.column};
    if (std::find(seen.begin(), seen.end(), node.text) != seen.end()) {
      diagnostics.Error(
          at, "repeated-enum",
          "'" + node.text + "' is listed twice in the enum of '" + property.path + "'");
    }
    seen.push_back(node.text);
  }
}

// Why RE2 refused: what needs backtracking is named, since it is valid elsewhere.
std::string ExplainPattern(const std::string& pattern, const RE2& compiled, std::string& mend) {
  for (const char* look : {"(?=", "(?!", "(?<=", "(?<!"}) {
    if (pattern.find(look) == std::string::npos) continue;
    mend = "say it without lookaround, or as two rules";
    return std::string("it looks around (") + look + "...), which cannot be matched in linear time";
  }
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '\\') continue;
    if ((pattern[i + 1] >= '1' && pattern[i + 1] <= '9') || pattern[i + 1] == 'k') {
      mend = "say it without back-references";
      return "it refers back to a group (\\" + std::string(1, pattern[i + 1]) +
             "), which cannot be matched in linear time";
    }
    ++i;
  }
  return compiled.error();
}

}  // namespace

std::vector<TextEdit> SwapEdits(const Written<std::string>& a, const Written<std::string>& b) {
  return {{a.position, a.value, b.value}, {b.position, b.value, a.value}};
}

void LintPattern(const Written<std::string>& pattern, Diagnostics& diagnostics) {
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(pattern.value, options);
  if (!compiled.ok()) {
    std::string mend;
    const std::string why = ExplainPattern(pattern.value, compiled, mend);
    diagnostics.Error(pattern.position, "bad-pattern",
                      "the pattern '" + pattern.value + "' cannot be used: " + why, mend);
    return;
  }
  const bool anchored = pattern.value.starts_with('^') && pattern.value.ends_with('$');
  if (anchored) return;
  diagnostics.Hint(pattern.position, "pattern-without-anchors",
                   "the pattern '" + pattern.value + "' is searched anywhere in the value",
                   "write ^(...)$ if the whole value is meant");
}

void LintOptions(const Property& property, Diagnostics& diagnostics) {
  const TypeOptions& options = property.options;
  LintRange(options.min_length, options.max_length, "minLength", "maxLength", property,
            diagnostics);
  LintRange(options.min_items, options.max_items, "minItems", "maxItems", property, diagnostics);
  LintRange(options.min_properties, options.max_properties, "minProperties", "maxProperties",
            property, diagnostics);
  LintBounds(property, diagnostics);
  LintMultipleOf(property, diagnostics);
  LintFormat(property, diagnostics);
  if (options.pattern) LintPattern(*options.pattern, diagnostics);
  LintSourceFormat(property, diagnostics);
  LintMembers(property, diagnostics);
  LintEnum(property, diagnostics);
}

}  // namespace lakegate
