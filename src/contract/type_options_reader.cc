// logicalTypeOptions: which keys a type has, and their values.
#include <algorithm>

#include "contract/contract_reader.h"

namespace lakegate {
namespace {

using enum LogicalType;

struct OptionKey {
  const char* key;
  std::vector<LogicalType> types;
};

const std::vector<OptionKey>& AllOptionKeys() {
  static const std::vector<LogicalType> bounded = {kDate, kTimestamp, kTime, kInteger, kNumber};
  static const std::vector<OptionKey> keys = {
      {"minLength", {kString}},
      {"maxLength", {kString}},
      {"pattern", {kString}},
      {"format", {kString, kDate, kTimestamp, kTime, kInteger, kNumber}},
      {"minimum", bounded},
      {"maximum", bounded},
      {"exclusiveMinimum", bounded},
      {"exclusiveMaximum", bounded},
      {"multipleOf", {kInteger, kNumber}},
      {"timezone", {kTimestamp, kTime}},
      {"defaultTimezone", {kTimestamp, kTime}},
      {"minItems", {kArray}},
      {"maxItems", {kArray}},
      {"uniqueItems", {kArray}},
      {"minProperties", {kObject}},
      {"maxProperties", {kObject}},
      {"required", {kObject}},
      {"dimensions", {kVector}},
      {"elementType", {kVector}},
      {"distanceMetric", {kVector}},
      {"embeddingModel", {kVector}},
      {"embeddingModelVersion", {kVector}},
      {"normalized", {kVector}},
  };
  return keys;
}

bool Has(const OptionKey& key, LogicalType type) {
  return std::find(key.types.begin(), key.types.end(), type) != key.types.end();
}

// Every key that the type does not have, with the type that has it or the nearest one.
void RefuseForeignOptions(const MapReader& map, LogicalType type) {
  std::vector<std::string> own;
  for (const OptionKey& key : AllOptionKeys()) {
    if (Has(key, type)) own.emplace_back(key.key);
  }
  for (const YamlEntry& entry : map.node().entries) {
    const OptionKey* known = nullptr;
    for (const OptionKey& key : AllOptionKeys()) {
      if (entry.key == key.key) known = &key;
    }
    if (known != nullptr && Has(*known, type)) continue;
    if (known != nullptr) {
      map.Error(entry.mark, "foreign-option",
                "'" + entry.key + "' is an option of " + Name(known->types[0]) + ", but " +
                    map.what() + " is of type " + Name(type),
                "remove it or change logicalType");
    } else if (entry.key == "enum") {
      map.Error(
          entry.mark, "unknown-option", "'enum' is no type option",
          "write enum: beside logicalType (from v3.2.0 on) or customProperties lakegate.enum");
    } else {
      const auto nearest = DidYouMean(entry.key, own);
      map.Error(entry.mark, "unknown-option", "unknown option '" + entry.key + "' of " + map.what(),
                nearest ? "did you mean '" + *nearest + "'?" : "");
    }
  }
}

std::optional<Written<int64_t>> ReadCount(MapReader& map, const char* key) {
  auto count = map.Integer(key);
  if (!count || count->value >= 0) return count;
  map.problems().diagnostics.Error(count->position, "negative",
                                   std::string("'") + key + "' cannot be negative");
  return std::nullopt;
}

bool IsNumeric(LogicalType type) { return type == kInteger || type == kNumber; }

std::optional<Bound> ReadBound(MapReader& map, const char* key, LogicalType type) {
  Bound bound;
  bound.keyword = key;
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::nullopt;
  const auto text = IsNumeric(type) ? map.NumberText(key) : map.Text(key);
  if (!text) return std::nullopt;
  if (IsNumeric(type) && !NumberOf(*node) && node->text.find_first_of("nN") < node->text.size()) {
    map.Error(node->mark, "not-finite", std::string("'") + key + "' must be a finite number");
    return std::nullopt;
  }
  bound.text = text->value;
  if (bound.text.starts_with("0x") || bound.text.starts_with("0o")) {
    const auto value = IntegerOf(*node);
    bound.text = value ? std::to_string(*value) : "";
  }
  bound.is_text = !IsNumeric(type);
  bound.exclusive = std::string_view(key).starts_with("exclusive");
  bound.position = text->position;
  return bound;
}

// One side: `minimum` and `exclusiveMinimum`, the latter by the file's version.
std::vector<Bound> ReadBounds(MapReader& map, LogicalType type, const char* inclusive_key,
                              const char* exclusive_key, ApiVersion version) {
  std::vector<Bound> bounds;
  if (auto bound = ReadBound(map, inclusive_key, type)) bounds.push_back(*bound);
  const YamlNode* exclusive = map.Find(exclusive_key);
  if (exclusive == nullptr) return bounds;
  const bool is_flag = exclusive->kind == YamlKind::kBoolean;
  if (version >= ApiVersion::kV31) {
    if (is_flag) {
      map.Error(exclusive->mark, "exclusive-bound",
                std::string("'") + exclusive_key + "' is the bound itself from v3.1.0 on",
                std::string("write ") + exclusive_key + ": <bound> instead of " + inclusive_key);
    } else if (auto bound = ReadBound(map, exclusive_key, type)) {
      bounds.push_back(*bound);
    }
    return bounds;
  }
  if (!is_flag) {
    map.Error(exclusive->mark, "exclusive-bound",
              std::string("'") + exclusive_key + "' is true or false in v3.0.x",
              std::string("write ") + inclusive_key + ": " + exclusive->text + " and " +
                  exclusive_key + ": true");
  } else if (BooleanOf(*exclusive) && bounds.empty()) {
    map.Error(exclusive->mark, "exclusive-bound",
              std::string("'") + exclusive_key + "' needs '" + inclusive_key + "'");
  } else if (BooleanOf(*exclusive)) {
    bounds[0].exclusive = true;
  }
  return bounds;
}

}  // namespace

TypeOptions ReadTypeOptions(const YamlNode& node, std::optional<LogicalType> type,
                            const std::string& what, const ContractContext& context) {
  TypeOptions options;
  options.position = context.problems.At(node);
  MapReader map(node, what, context.problems);
  if (node.entries.empty()) return options;
  if (!type || *type == kBoolean || *type == kMap) {
    map.Error(node.mark, "options-without-type",
              type ? std::string("logicalType ") + Name(*type) + " has no options"
                   : what + " has logicalTypeOptions but no logicalType",
              type ? "remove logicalTypeOptions" : "add logicalType");
    return options;
  }
  RefuseForeignOptions(map, *type);
  const auto may = [&](std::string_view key) {
    for (const OptionKey& option : AllOptionKeys()) {
      if (key == option.key) return Has(option, *type);
    }
    return false;
  };
  if (may("minLength")) {
    options.min_length = ReadCount(map, "minLength");
    options.max_length = ReadCount(map, "maxLength");
    options.pattern = map.Text("pattern");
  }
  if (may("format")) options.format = map.Text("format");
  if (may("minimum")) {
    options.lower = ReadBounds(map, *type, "minimum", "exclusiveMinimum", context.version);
    options.upper = ReadBounds(map, *type, "maximum", "exclusiveMaximum", context.version);
  }
  if (may("multipleOf")) options.multiple_of = map.NumberText("multipleOf");
  if (may("timezone")) {
    options.timezone = map.Boolean("timezone");
    options.default_timezone = map.Text("defaultTimezone");
  }
  if (may("minItems")) {
    options.min_items = ReadCount(map, "minItems");
    options.max_items = ReadCount(map, "maxItems");
    options.unique_items = map.Boolean("uniqueItems");
  }
  if (may("minProperties")) {
    options.min_properties = ReadCount(map, "minProperties");
    options.max_properties = ReadCount(map, "maxProperties");
    options.required = map.Texts("required");
  }
  if (may("dimensions")) {
    map.Require("dimensions");
    options.dimensions = ReadCount(map, "dimensions");
    options.element_type = map.Text("elementType");
    options.normalized = map.Boolean("normalized");
  }
  return options;
}

}  // namespace lakegate
