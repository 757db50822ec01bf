// schema[].properties: one property, its members and its items.
#include "contract/contract_reader.h"
#include "contract/lakegate_settings.h"

namespace lakegate {
namespace {

using enum LogicalType;

std::optional<Written<LogicalType>> ReadLogicalType(MapReader& map,
                                                    const ContractContext& context) {
  const auto type = map.OneOf<LogicalType>("logicalType", {{"string", kString},
                                                           {"date", kDate},
                                                           {"timestamp", kTimestamp},
                                                           {"time", kTime},
                                                           {"number", kNumber},
                                                           {"integer", kInteger},
                                                           {"object", kObject},
                                                           {"array", kArray},
                                                           {"boolean", kBoolean},
                                                           {"map", kMap},
                                                           {"vector", kVector}});
  if (!type) return type;
  const bool newer =
      ((type->value == kTimestamp || type->value == kTime) && context.version < ApiVersion::kV31) ||
      ((type->value == kMap || type->value == kVector) && context.version < ApiVersion::kV32);
  if (!newer) return type;
  const char* since = type->value == kMap || type->value == kVector ? "v3.2.0" : "v3.1.0";
  context.problems.diagnostics.Error(
      type->position, "newer-type",
      std::string("logicalType ") + Name(type->value) + " is known from " + since +
          " on, later than this file's apiVersion",
      std::string("raise apiVersion to ") + since +
          (type->value == kTimestamp ? ", or write logicalType: date" : ""));
  return type;
}

// `enum` of v3.2: [{value: a, label: ...}].
void ReadEnumValues(MapReader& map, const ContractContext& context, Property& property) {
  if (context.version < ApiVersion::kV32) {
    if (map.node().Find("enum") == nullptr) return;
    map.Ignore({"enum"});
    map.Error(map.KeyMark("enum"), "newer-key",
              "'enum' of " + map.what() + " is known from v3.2.0 on",
              "raise apiVersion, or write customProperties: [{property: lakegate.enum, value: "
              "[...]}]");
    return;
  }
  const YamlNode* list = map.FindList("enum");
  if (list == nullptr) return;
  if (list->items.empty()) {
    map.Error(list->mark, "empty-enum", "'enum' of " + map.what() + " allows nothing",
              "list at least one value");
    return;
  }
  Written<std::vector<YamlNode>> values{{}, context.problems.At(*list)};
  for (const YamlNode& item : list->items) {
    MapReader entry(item, "an enum entry", context.problems);
    entry.Ignore(
        {"label", "id", "description", "customProperties", "authoritativeDefinitions", "tags"});
    const YamlNode* value = entry.Find("value");
    entry.Require("value");
    entry.RefuseUnknown();
    if (value == nullptr) continue;
    if (value->is_scalar()) {
      values.value.push_back(*value);
    } else {
      entry.WrongKind("value", *value, "a plain value");
    }
  }
  if (!values.value.empty()) property.allowed_values = std::move(values);
}

void ReadFlags(MapReader& map, Property& property) {
  for (auto [key, flag] : {std::pair{"required", &property.required},
                           {"unique", &property.unique},
                           {"primaryKey", &property.primary_key},
                           {"partitioned", &property.partitioned}}) {
    if (auto written = map.Boolean(key)) *flag = *written;
  }
  property.primary_key_position = map.Integer("primaryKeyPosition");
  property.partition_key_position = map.Integer("partitionKeyPosition");
  // -1 is the standard's default and means that none is written.
  if (property.primary_key_position && property.primary_key_position->value == -1) {
    property.primary_key_position.reset();
  }
  if (property.partition_key_position && property.partition_key_position->value == -1) {
    property.partition_key_position.reset();
  }
}

void KnowOtherKeys(MapReader& map, const ContractContext& context) {
  map.Ignore({"physicalName", "businessName", "description", "encryptedName",
              "transformSourceObjects", "transformLogic", "transformDescription", "examples",
              "criticalDataElement", "tags", "authoritativeDefinitions"});
  if (context.version >= ApiVersion::kV31) {
    map.Ignore({"id", "relationships"});
  } else {
    map.Newer("id", "v3.1.0");
    map.Newer("relationships", "v3.1.0");
  }
  for (const char* key : {"semanticType", "synonyms", "deprecated"}) {
    if (context.version >= ApiVersion::kV32) {
      map.Ignore({key});
    } else {
      map.Newer(key, "v3.2.0");
    }
  }
}

Property ReadProperty(const YamlNode& node, const std::string& path, const std::string& name,
                      const ContractContext& context);

void ReadNested(MapReader& map, const ContractContext& context, Property& property) {
  const LogicalType* type = property.logical_type ? &property.logical_type->value : nullptr;
  if (const YamlNode* members = map.Find("properties")) {
    if (type != nullptr && *type != kObject) {
      map.Error(map.KeyMark("properties"), "misplaced-properties",
                "only an object has properties, but " + map.what() + " is of type " + Name(*type),
                "write logicalType: object");
    } else {
      property.properties = ReadProperties(*members, property.path, context);
    }
  }
  if (const YamlNode* items = map.Find("items")) {
    property.has_items = true;
    if (type != nullptr && *type != kArray) {
      map.Error(map.KeyMark("items"), "misplaced-items",
                "only an array has items, but " + map.what() + " is of type " + Name(*type),
                "write logicalType: array");
    } else {
      property.items.push_back(ReadProperty(*items, property.path + "[]", "item", context));
    }
  }
}

// `map: {key, value}` of v3.2.
void ReadMap(MapReader& map, const ContractContext& context, Property& property) {
  if (context.version < ApiVersion::kV32) {
    map.Newer("map", "v3.2.0");
    return;
  }
  const YamlNode* block = map.FindMap("map");
  const bool is_map = property.logical_type && property.logical_type->value == kMap;
  if (block == nullptr) {
    if (!is_map) return;
    map.Error(map.node().mark, "map-without-entries", map.what() + " does not say what it holds",
              "add map: {key: {logicalType: string}, value: {logicalType: ...}}");
    return;
  }
  if (!is_map) {
    map.Error(
        map.KeyMark("map"), "misplaced-map",
        "only a property of logicalType map has a map block, but " + map.what() + " is " +
            (property.logical_type ? std::string("of type ") + Name(property.logical_type->value)
                                   : "of no written type"),
        "write logicalType: map");
    return;
  }
  MapReader entry(*block, "the map block of '" + property.path + "'", context.problems);
  for (const auto& [key, suffix] : {std::pair{"key", "{key}"}, std::pair{"value", "{}"}}) {
    entry.Require(key);
    if (const YamlNode* node = entry.Find(key)) {
      property.map.push_back(ReadProperty(*node, property.path + suffix, key, context));
    }
  }
  entry.RefuseUnknown();
  if (property.map.size() != 2) property.map.clear();
}

Property ReadProperty(const YamlNode& node, const std::string& path, const std::string& name,
                      const ContractContext& context) {
  Property property;
  property.name = name;
  property.path = path;
  property.position = context.problems.At(node);
  MapReader map(node, "the property '" + path + "'", context.problems);
  map.Ignore({"name"});
  property.logical_type = ReadLogicalType(map, context);
  property.physical_type = map.Text("physicalType");
  if (const YamlNode* options = map.Find("logicalTypeOptions")) {
    const bool bad_type = !property.logical_type && node.Find("logicalType") != nullptr;
    if (!bad_type) {
      const auto type = property.logical_type ? std::optional(property.logical_type->value)
                                              : std::optional<LogicalType>();
      property.options = ReadTypeOptions(*options, type, map.what(), context);
    }
  }
  ReadFlags(map, property);
  if (auto text = map.Text("classification")) property.classification = text->value;
  ReadEnumValues(map, context, property);
  if (const YamlNode* quality = map.Find("quality")) {
    property.quality = ReadQuality(*quality, map.what(), context);
  }
  if (context.version >= ApiVersion::kV31) {
    if (auto id = map.Text("id")) property.id = id->value;
    if (const YamlNode* list = map.Find("relationships")) {
      property.relationships = ReadRelationships(*list, context);
    }
  }
  property.settings = ReadLakegateSettings(map, SettingsPlace::kProperty, context.version);
  if (property.settings.allowed_values) {
    if (property.allowed_values) {
      context.problems.diagnostics.Error(
          property.settings.allowed_values->position, "repeated-enum",
          map.what() + " has both enum and lakegate.enum", "leave one of them");
    } else {
      property.allowed_values = property.settings.allowed_values;
    }
  }
  ReadNested(map, context, property);
  ReadMap(map, context, property);
  KnowOtherKeys(map, context);
  map.RefuseUnknown();
  return property;
}

}  // namespace

std::vector<Property> ReadProperties(const YamlNode& list, const std::string& parent_path,
                                     const ContractContext& context) {
  std::vector<Property> properties;
  if (list.kind != YamlKind::kList) {
    context.problems.Error(list.mark, "wrong-kind", "'properties' must be a list",
                           "- name: <property>");
    return properties;
  }
  for (const YamlNode& item : list.items) {
    if (item.kind != YamlKind::kMap) {
      context.problems.Error(item.mark, "wrong-kind", "a property must be a mapping",
                             "- name: <property>");
      continue;
    }
    MapReader map(item, "a property", context.problems);
    const auto name = map.Text("name");
    map.Require("name");
    if (name && name->value.empty()) {
      context.problems.diagnostics.Error(name->position, "empty-name", "a property has no name");
    }
    const std::string shown = name ? name->value : "?";
    const std::string path = parent_path.empty() ? shown : parent_path + "." + shown;
    properties.push_back(ReadProperty(item, path, shown, context));
  }
  return properties;
}

}  // namespace lakegate
