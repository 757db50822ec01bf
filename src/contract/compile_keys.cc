// unique and primaryKey, also of members of objects.
#include <algorithm>

#include "contract/plan_builder.h"

namespace lakegate {
namespace {

struct KeyProperty {
  const Property* property;
  FieldPath field;
};

// The properties that a record has one value of: its own, and the members of its objects.
void CollectSingle(const std::vector<Property>& properties, const FieldPath& parent,
                   std::vector<KeyProperty>& found) {
  for (size_t i = 0; i < properties.size(); ++i) {
    FieldPath field = parent;
    field.push_back(static_cast<int>(i));
    found.push_back({&properties[i], field});
    CollectSingle(properties[i].properties, field, found);
  }
}

// Key columns by position; those without one come last, in the file's order.
std::vector<KeyProperty> PrimaryKeyOf(const std::vector<KeyProperty>& single) {
  std::vector<KeyProperty> keys;
  for (const KeyProperty& each : single) {
    if (each.property->primary_key.value) keys.push_back(each);
  }
  std::stable_sort(keys.begin(), keys.end(), [](const KeyProperty& a, const KeyProperty& b) {
    const auto position = [](const KeyProperty& key) {
      const auto& at = key.property->primary_key_position;
      return at ? at->value : INT64_MAX;
    };
    return position(a) < position(b);
  });
  return keys;
}

void AddUniqueKey(RuleInfo rule, std::vector<FieldPath> fields, PlanBuilder& builder) {
  for (const FieldPath& field : fields) {
    if (!IsNested(FieldAt(builder.plan.fields, field).type.kind)) continue;
    builder.AddNotEnforceable(std::move(rule), "objects, arrays and maps cannot be keys");
    return;
  }
  const int index = builder.AddRule(std::move(rule));
  builder.plan.unique_keys.push_back({index, std::move(fields)});
}

// The column of a primary key and the objects around it are never null.
void RequireAlong(const KeyProperty& key, PlanBuilder& builder) {
  std::vector<FieldPlan>* fields = &builder.plan.fields;
  for (const int step : key.field) {
    FieldPlan& field = (*fields)[static_cast<size_t>(step)];
    fields = &field.children;
    if (field.required_rule >= 0) continue;
    RuleInfo rule = builder.RecordRule(*key.property, "required", ReasonCode::kRequired,
                                       field.path + " is never null (primary key)",
                                       key.property->primary_key.position);
    rule.id = field.path + ".required";
    rule.field = field.path;
    rule.implied = true;
    field.required_rule = builder.AddRule(std::move(rule));
  }
}

void CompilePrimaryKey(const SchemaObject& object, const std::vector<KeyProperty>& keys,
                       PlanBuilder& builder) {
  if (keys.empty()) return;
  std::string columns;
  std::vector<FieldPath> fields;
  for (const KeyProperty& key : keys) {
    columns += (columns.empty() ? "" : ", ") + key.property->path;
    fields.push_back(key.field);
    RequireAlong(key, builder);
  }
  const Property& first = *keys[0].property;
  RuleInfo rule = builder.RecordRule(first, "primaryKey", ReasonCode::kUnique,
                                     "(" + columns + ") is unique", first.primary_key.position);
  if (keys.size() > 1) {
    rule.id = object.name + ".primaryKey";
    rule.field.clear();
  } else {
    rule.promise = columns + " is unique (primary key)";
  }
  AddUniqueKey(std::move(rule), std::move(fields), builder);
}

RuleInfo UniqueRule(const Property& property, const PlanBuilder& builder) {
  return builder.RecordRule(property, "unique", ReasonCode::kUnique, property.path + " is unique",
                            property.unique.position);
}

void CompileUnique(const std::vector<KeyProperty>& single, bool single_key, PlanBuilder& builder) {
  for (const KeyProperty& each : single) {
    if (!each.property->unique.value) continue;
    RuleInfo rule = UniqueRule(*each.property, builder);
    if (single_key && each.property->primary_key.value) {
      rule.implied = true;  // the primary key checks it
      builder.AddRule(std::move(rule));
    } else {
      AddUniqueKey(std::move(rule), {each.field}, builder);
    }
  }
}

// Below a list or a map a record has many values.
void RefuseRepeated(const Property& property, bool repeated, PlanBuilder& builder) {
  const char* why = "a record has many of these values: no key can be made of them";
  if (repeated && property.unique.value) {
    builder.AddNotEnforceable(UniqueRule(property, builder), why);
  }
  if (repeated && property.primary_key.value) {
    builder.AddNotEnforceable(
        builder.RecordRule(property, "primaryKey", ReasonCode::kUnique,
                           property.path + " is a primary key", property.primary_key.position),
        why);
  }
  for (const Property& member : property.properties) RefuseRepeated(member, repeated, builder);
  for (const Property& item : property.items) RefuseRepeated(item, true, builder);
  for (const Property& part : property.map) RefuseRepeated(part, true, builder);
}

}  // namespace

void CompileKeys(const SchemaObject& object, PlanBuilder& builder) {
  std::vector<KeyProperty> single;
  CollectSingle(object.properties, {}, single);
  const std::vector<KeyProperty> keys = PrimaryKeyOf(single);
  CompilePrimaryKey(object, keys, builder);
  CompileUnique(single, keys.size() == 1, builder);
  for (const Property& property : object.properties) RefuseRepeated(property, false, builder);
}

}  // namespace lakegate
