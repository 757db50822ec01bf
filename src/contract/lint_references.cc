// Lint rules about references to columns.
#include <algorithm>

#include "contract/lint.h"
#include "contract/reference.h"

namespace lakegate {
namespace {

using Reference = Written<std::string>;

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
  if (reference.value.find('#') != std::string::npos) return nullptr;  // of another file
  const ResolvedReference target = ResolveReference(contract, reference.value);
  const bool is_reference = reference.value.find_first_of("./") != std::string::npos;
  if (target.property == nullptr && is_reference) {
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
  if (ResolveReference(contract, element).property != nullptr) return true;
  return contract.schema.size() == 1 &&
         FindProperty(contract.schema[0].properties, &Property::name, SplitReference(element, '.'))
                 .property != nullptr;
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
    for (const std::string& element : SplitReference(sla.element, ',')) {
      if (IsElement(contract, element)) continue;
      diagnostics.Warning(sla.element_position, "unknown-element",
                          "the element '" + element + "' of the SLA property '" + sla.property +
                              "' is no column of this contract",
                          NearestColumn(contract, element));
    }
  }
}

}  // namespace lakegate
