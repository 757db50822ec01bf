// Lint rules about names, keys and nesting.
#include <algorithm>
#include <map>
#include <set>

#include "contract/lint.h"

namespace lakegate {
namespace {

void LintProperty(const Property& property, ApiVersion version, Diagnostics& diagnostics) {
  LintOptions(property, diagnostics);
  for (const QualityItem& item : property.quality) {
    LintQuality(item, QualityLevel::kProperty, version, {}, diagnostics);
  }
  LintNames(property.properties, "'" + property.path + "'", diagnostics);
  for (const Property& member : property.properties) LintProperty(member, version, diagnostics);
  for (const Property& item : property.items) LintProperty(item, version, diagnostics);
  for (const Property& part : property.map) LintProperty(part, version, diagnostics);
}

void LintObjectNames(const Contract& contract, Diagnostics& diagnostics) {
  std::set<std::string> seen;
  for (const SchemaObject& object : contract.schema) {
    if (object.name.empty() || seen.insert(object.name).second) continue;
    diagnostics.Error(object.position, "duplicate-object",
                      "the schema object '" + object.name + "' is defined twice", "rename one");
  }
}

// Quality ids name rules: twice the same would make reports ambiguous.
void LintQualityIds(const SchemaObject& object, Diagnostics& diagnostics) {
  std::map<std::string, SourcePosition> seen;
  const auto check = [&](const std::vector<QualityItem>& items) {
    for (const QualityItem& item : items) {
      if (!item.has_id || seen.emplace(item.id, item.position).second) continue;
      diagnostics.Error(item.position, "duplicate-rule-id",
                        "the quality item '" + item.id + "' is also defined at line " +
                            std::to_string(seen[item.id].line),
                        "give it another id");
    }
  };
  check(object.quality);
  for (const Property& property : object.properties) check(property.quality);
}

using Position = std::optional<Written<int64_t>>;

struct KeyRules {
  const char* flag;
  const char* position;
  Written<bool> Property::*is_key;
  Position Property::*at;
};

void LintPositions(const std::vector<Property>& properties, const KeyRules& rules,
                   Diagnostics& diagnostics) {
  std::map<int64_t, std::string> taken;
  int64_t keys = 0;
  for (const Property& property : properties) {
    if ((property.*rules.is_key).value) ++keys;
  }
  int64_t with_position = 0;
  for (const Property& property : properties) {
    const Position& at = property.*rules.at;
    const bool is_key = (property.*rules.is_key).value;
    if (!at) continue;
    ++with_position;
    if (!is_key) {
      diagnostics.Error(
          at->position, "position-without-key",
          "'" + property.path + "' has " + rules.position + " but not " + rules.flag + ": true",
          std::string("add ") + rules.flag + ": true, or remove the position");
    } else if (at->value < 1 || at->value > keys) {
      diagnostics.Error(at->position, "key-position",
                        std::string(rules.position) + " of '" + property.path + "' is " +
                            std::to_string(at->value) + ", but there are " + std::to_string(keys) +
                            " key columns",
                        "positions count 1, 2, 3 ...");
    } else if (const auto [other, fresh] = taken.emplace(at->value, property.path); !fresh) {
      diagnostics.Error(at->position, "key-position",
                        std::string(rules.position) + " " + std::to_string(at->value) + " of '" +
                            property.path + "' is already that of '" + other->second + "'",
                        "give each key column its own position");
    }
  }
  if (keys > 1 && with_position < keys) {
    for (const Property& property : properties) {
      if (!(property.*rules.is_key).value || property.*rules.at) continue;
      diagnostics.Warning((property.*rules.is_key).position, "key-without-position",
                          "'" + property.path + "' is one of several key columns and has no " +
                              rules.position + ": it comes after those that have",
                          std::string("add ") + rules.position);
    }
  }
}

}  // namespace

void LintNames(const std::vector<Property>& properties, const std::string& owner,
               Diagnostics& diagnostics) {
  std::map<std::string, int> seen;
  for (const Property& property : properties) {
    const auto [other, fresh] = seen.emplace(property.name, property.position.line);
    if (fresh || property.name == "?") continue;
    diagnostics.Error(property.position, "duplicate-property",
                      "the property '" + property.name + "' of " + owner +
                          " is also defined at line " + std::to_string(other->second),
                      "rename or remove one");
  }
}

void LintKeyPositions(const std::vector<Property>& properties, Diagnostics& diagnostics) {
  LintPositions(
      properties,
      {"primaryKey", "primaryKeyPosition", &Property::primary_key, &Property::primary_key_position},
      diagnostics);
  LintPositions(properties,
                {"partitioned", "partitionKeyPosition", &Property::partitioned,
                 &Property::partition_key_position},
                diagnostics);
}

void LintContract(const Contract& contract, Diagnostics& diagnostics) {
  LintObjectNames(contract, diagnostics);
  for (const SchemaObject& object : contract.schema) {
    LintNames(object.properties, "'" + object.name + "'", diagnostics);
    LintKeyPositions(object.properties, diagnostics);
    LintQualityIds(object, diagnostics);
    for (const QualityItem& item : object.quality) {
      LintQuality(item, QualityLevel::kObject, contract.api_version, object.properties,
                  diagnostics);
    }
    for (const Property& property : object.properties) {
      LintProperty(property, contract.api_version, diagnostics);
    }
  }
  LintReferences(contract, diagnostics);
  if (contract.schema.empty()) {
    diagnostics.Warning({contract.file, 1, 1}, "no-schema",
                        "the contract has no schema: it promises nothing about data",
                        "add schema:");
  }
}

}  // namespace lakegate
