// Relationships as foreign keys.
#include <algorithm>
#include <filesystem>

#include "contract/plan_builder.h"
#include "contract/reference.h"

namespace lakegate {
namespace {

RuleInfo RuleOf(const Relationship& relationship, const std::string& owner,
                const std::string& field, const PlanBuilder& builder) {
  RuleInfo rule;
  rule.id = owner + ".relationship";
  rule.field = field;
  rule.promise = (field.empty() ? owner : field) + " refers to " + relationship.target;
  rule.code = ReasonCode::kForeignKey;
  rule.action = builder.options.default_action;
  if (relationship.settings.action) rule.action = relationship.settings.action->value;
  if (relationship.settings.budget) rule.budget = relationship.settings.budget->value;
  rule.position = relationship.position;
  return rule;
}

// The file that a reference names, as a path from where the contract itself was named.
std::string TargetFile(const Contract& contract, std::string_view reference) {
  const std::string_view file = FileOfReference(reference);
  if (file.empty()) return contract.file;
  const auto folder = std::filesystem::path(contract.file).parent_path();
  return (folder / std::filesystem::path(file)).lexically_normal().string();
}

// Fills the key's target from `to`. Returns why that cannot be done; empty if it could.
std::string ResolveTarget(const Relationship& relationship, PlanBuilder& builder, ForeignKey* key) {
  for (const auto& to : relationship.to) {
    const std::string file = TargetFile(builder.contract, to.value);
    const Contract* target = &builder.contract;
    if (file != builder.contract.file) {
      const OtherContracts& others = builder.options.other_contracts;
      target = others ? others(file) : nullptr;
      if (target == nullptr) return "the contract " + file + " cannot be read";
    }
    const ResolvedReference found = ResolveReference(*target, to.value);
    if (found.property == nullptr) return "there is no column '" + to.value + "'";
    if (found.through_list) return "'" + to.value + "' stands inside a list";
    const bool other_table =
        !key->target_columns.empty() &&
        (file != key->target_contract || found.object->name != key->target_object);
    if (other_table) return "the columns belong to several tables";
    key->target_contract = file;
    key->target_object = found.object->name;
    key->target_columns.push_back(found.path);
  }
  return "";
}

// Empty: there is no such column, or a record has many of its values.
FieldPath FieldOf(const PlanBuilder& builder, const std::vector<std::string>& names) {
  FieldPath path;
  const std::vector<FieldPlan>* fields = &builder.plan.fields;
  for (const std::string& name : names) {
    const auto found = std::find_if(fields->begin(), fields->end(),
                                    [&](const FieldPlan& field) { return field.name == name; });
    if (found == fields->end()) return {};
    path.push_back(static_cast<int>(found - fields->begin()));
    fields = &found->children;
  }
  return IsRepeated(builder.plan.fields, path) ? FieldPath() : path;
}

// The same table: its own columns are the target.
std::string ResolveSelf(const PlanBuilder& builder, ForeignKey* key) {
  const bool self =
      key->target_contract == builder.contract.file && key->target_object == builder.plan.dataset;
  if (!self) return "";
  for (const auto& path : key->target_columns) {
    key->self.push_back(FieldOf(builder, path));
    if (key->self.back().empty()) return "it refers to values that a record has many of";
  }
  for (size_t i = 0; i < std::min(key->self.size(), key->fields.size()); ++i) {
    if (key->fields[i].empty()) continue;
    const auto type_of = [&](const FieldPath& field) {
      return FieldAt(builder.plan.fields, field).type.kind;
    };
    if (type_of(key->self[i]) != type_of(key->fields[i])) return "the columns have other types";
  }
  return "";
}

void CompileOne(const Relationship& relationship, RuleInfo rule, std::vector<FieldPath> fields,
                PlanBuilder& builder) {
  ForeignKey key;
  key.fields = std::move(fields);
  std::string why = ResolveTarget(relationship, builder, &key);
  if (why.empty()) why = ResolveSelf(builder, &key);
  const auto is_column = [&](const FieldPath& field) { return !field.empty(); };
  if (why.empty() && (key.fields.empty() || !std::ranges::all_of(key.fields, is_column))) {
    why = "only columns and members of objects refer to other tables, not what is in lists or maps";
  }
  for (const FieldPath& field : key.fields) {
    if (!why.empty()) break;
    if (IsNested(FieldAt(builder.plan.fields, field).type.kind))
      why = "objects, arrays and maps cannot be keys";
  }
  if (why.empty() && key.fields.size() != key.target_columns.size()) {
    why = "it has not as many columns as it refers to";
  }
  if (!why.empty()) return builder.AddNotEnforceable(std::move(rule), std::move(why));
  key.rule = builder.AddRule(std::move(rule));
  builder.plan.foreign_keys.push_back(std::move(key));
}

// `field` is empty below a list or map.
void CompileProperty(const Property& property, const FieldPath& field, PlanBuilder& builder) {
  for (const Relationship& relationship : property.relationships) {
    CompileOne(relationship, RuleOf(relationship, property.path, property.path, builder), {field},
               builder);
  }
  for (size_t i = 0; i < property.properties.size(); ++i) {
    FieldPath member = field;
    if (!field.empty()) member.push_back(static_cast<int>(i));
    CompileProperty(property.properties[i], member, builder);
  }
  for (const Property& nested : property.items) CompileProperty(nested, {}, builder);
  for (const Property& nested : property.map) CompileProperty(nested, {}, builder);
}

}  // namespace

void CompileRelationships(const SchemaObject& object, PlanBuilder& builder) {
  for (size_t i = 0; i < object.properties.size(); ++i) {
    CompileProperty(object.properties[i], {static_cast<int>(i)}, builder);
  }
  for (const Relationship& relationship : object.relationships) {
    std::vector<FieldPath> fields;
    std::string names;
    for (const auto& from : relationship.from) {
      const ResolvedReference found = ResolveReference(builder.contract, from.value);
      const bool own = found.object == &object;
      fields.push_back(own ? FieldOf(builder, found.path) : FieldPath());
      names += (names.empty() ? "" : ", ") + from.value;
    }
    RuleInfo rule = RuleOf(relationship, object.name, "", builder);
    rule.promise = "(" + names + ") refers to (" + relationship.target + ")";
    CompileOne(relationship, std::move(rule), std::move(fields), builder);
  }
}

}  // namespace lakegate
