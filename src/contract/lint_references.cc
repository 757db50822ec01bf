// Lint rules about references to columns.
#include <algorithm>

#include "contract/lint.h"

namespace lakegate {
namespace {

using Reference = Written<std::string>;

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

using KeyOf = std::string Property::*;

// Down from `properties`; lists are passed through to what they hold.
const Property* FindProperty(const std::vector<Property>& properties, KeyOf key,
                             const std::vector<std::string>& path, size_t from) {
  if (from >= path.size()) return nullptr;
  for (const Property& property : properties) {
    if (property.*key != path[from]) continue;
    if (from + 1 == path.size()) return &property;
    const Property* owner = &property;
    while (!owner->items.empty()) owner = &owner->items[0];
    return FindProperty(owner->properties, key, path, from + 1);
  }
  return nullptr;
}

struct Target {
  bool elsewhere = false;  // in another file: not looked at here
  const Property* property = nullptr;
};

// schema/<id>/properties/<id>[/properties/<id>]
Target ResolveById(const Contract& contract, std::string_view reference) {
  if (reference.starts_with('/')) reference.remove_prefix(1);
  const std::vector<std::string> parts = Split(reference, '/');
  if (parts.size() < 4 || parts.size() % 2 != 0 || parts[0] != "schema") return {};
  std::vector<std::string> path;
  for (size_t i = 2; i < parts.size(); i += 2) {
    if (parts[i] != "properties") return {};
    path.push_back(parts[i + 1]);
  }
  for (const SchemaObject& object : contract.schema) {
    if (object.id == parts[1]) {
      return {.property = FindProperty(object.properties, &Property::id, path, 0)};
    }
  }
  return {};
}

// object.property[.member]
Target ResolveByName(const Contract& contract, const std::string& reference) {
  const std::vector<std::string> path = Split(reference, '.');
  for (const SchemaObject& object : contract.schema) {
    if (object.name == path[0]) {
      return {.property = FindProperty(object.properties, &Property::name, path, 1)};
    }
  }
  return {};
}

Target Resolve(const Contract& contract, const std::string& reference) {
  if (reference.find('#') != std::string::npos) return {.elsewhere = true};
  if (reference.find('/') != std::string::npos) return ResolveById(contract, reference);
  return ResolveByName(contract, reference);
}

void CollectNames(const std::vector<Property>& properties, const std::string& before,
                  std::vector<std::string>& names) {
  for (const Property& property : properties) {
    names.push_back(before + property.name);
    CollectNames(property.properties, before + property.name + ".", names);
  }
}

std::string NearestColumn(const Contract& contract, const std::string& reference) {
  std::vector<std::string> names;
  for (const SchemaObject& object : contract.schema) {
    CollectNames(object.properties, object.name + ".", names);
  }
  const auto nearest = DidYouMean(reference, names);
  return nearest ? "did you mean '" + *nearest + "'?" : "";
}

const Property* CheckReference(const Contract& contract, const Reference& reference,
                               Diagnostics& diagnostics) {
  const Target target = Resolve(contract, reference.value);
  const bool is_reference = reference.value.find_first_of("./") != std::string::npos;
  if (!target.elsewhere && target.property == nullptr && is_reference) {
    diagnostics.Error(reference.position, "dangling-relationship",
                      "there is no property '" + reference.value + "' in this contract",
                      NearestColumn(contract, reference.value));
  }
  return target.property;
}

void CheckTypes(const Property* from, const Property* to, const Relationship& relationship,
                Diagnostics& diagnostics) {
  if (from == nullptr || to == nullptr || !from->logical_type || !to->logical_type) return;
  if (from->logical_type->value == to->logical_type->value) return;
  diagnostics.Hint(relationship.position, "relationship-types",
                   "'" + from->path + "' is of type " + Name(from->logical_type->value) +
                       ", but '" + to->path + "' it refers to is of type " +
                       Name(to->logical_type->value),
                   "give both the same logicalType");
}

// `owner` is the property that has the relationship; null for an object's.
void LintRelationship(const Contract& contract, const Relationship& relationship,
                      const Property* owner, Diagnostics& diagnostics) {
  std::vector<const Property*> from, to;
  for (const Reference& reference : relationship.to) {
    to.push_back(CheckReference(contract, reference, diagnostics));
  }
  if (owner != nullptr) {
    from.push_back(owner);
  } else {
    for (const Reference& reference : relationship.from) {
      from.push_back(CheckReference(contract, reference, diagnostics));
    }
  }
  if (from.empty() || to.empty()) return;
  if (from.size() != to.size()) {
    diagnostics.Error(relationship.to[0].position, "relationship-lengths",
                      "the relationship leads from " + std::to_string(from.size()) + " to " +
                          std::to_string(to.size()) + " columns",
                      owner != nullptr ? "a key of several columns belongs to relationships: of "
                                         "the schema object"
                                       : "give from and to the same number of columns");
    return;
  }
  for (size_t i = 0; i < from.size(); ++i) CheckTypes(from[i], to[i], relationship, diagnostics);
}

void LintRelationships(const Contract& contract, const Property& property,
                       Diagnostics& diagnostics) {
  for (const Relationship& relationship : property.relationships) {
    LintRelationship(contract, relationship, &property, diagnostics);
  }
  for (const Property& member : property.properties) {
    LintRelationships(contract, member, diagnostics);
  }
  for (const Property& item : property.items) LintRelationships(contract, item, diagnostics);
  for (const Property& part : property.map) LintRelationships(contract, part, diagnostics);
}

// An element is object.column, an object, or a column if there is one object only.
bool IsElement(const Contract& contract, const std::string& element) {
  for (const SchemaObject& object : contract.schema) {
    if (object.name == element) return true;
  }
  if (ResolveByName(contract, element).property != nullptr) return true;
  return contract.schema.size() == 1 && FindProperty(contract.schema[0].properties, &Property::name,
                                                     Split(element, '.'), 0) != nullptr;
}

}  // namespace

void LintReferences(const Contract& contract, Diagnostics& diagnostics) {
  for (const SchemaObject& object : contract.schema) {
    for (const Relationship& relationship : object.relationships) {
      LintRelationship(contract, relationship, nullptr, diagnostics);
    }
    for (const Property& property : object.properties) {
      LintRelationships(contract, property, diagnostics);
    }
  }
  for (const SlaProperty& sla : contract.sla_properties) {
    if (sla.element.empty() || contract.schema.empty()) continue;
    for (const std::string& element : Split(sla.element, ',')) {
      if (IsElement(contract, element)) continue;
      diagnostics.Warning(sla.element_position, "unknown-element",
                          "the element '" + element + "' of the SLA property '" + sla.property +
                              "' is no column of this contract",
                          NearestColumn(contract, element));
    }
  }
}

}  // namespace lakegate
