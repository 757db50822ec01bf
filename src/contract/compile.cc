#include "contract/compile.h"

#include <algorithm>

#include "contract/plan_builder.h"

namespace lakegate {
namespace {

Result<const SchemaObject*> SelectObject(const Contract& contract, const std::string& name) {
  if (contract.schema.empty()) {
    return Error{ErrorCode::kInvalidConfig, contract.file + " has no schema",
                 "add schema: with one object"};
  }
  if (name.empty() && contract.schema.size() == 1) return &contract.schema[0];
  std::string known;
  for (const SchemaObject& object : contract.schema) {
    if (object.name == name) return &object;
    known += (known.empty() ? "" : ", ") + object.name;
  }
  if (name.empty()) {
    return Error{ErrorCode::kInvalidConfig, contract.file + " has several schema objects",
                 "name one of: " + known};
  }
  return Error{ErrorCode::kNotFound, contract.file + " has no schema object '" + name + "'",
               "it has: " + known};
}

// Key columns by position; those without one come last, in the file's order.
std::vector<int> PrimaryKeyFields(const SchemaObject& object) {
  std::vector<int> fields;
  for (size_t i = 0; i < object.properties.size(); ++i) {
    if (object.properties[i].primary_key.value) fields.push_back(static_cast<int>(i));
  }
  std::stable_sort(fields.begin(), fields.end(), [&](int a, int b) {
    const auto position = [&](int index) {
      const auto& at = object.properties[static_cast<size_t>(index)].primary_key_position;
      return at ? at->value : INT64_MAX;
    };
    return position(a) < position(b);
  });
  return fields;
}

void AddUniqueKey(RuleInfo rule, std::vector<int> fields, PlanBuilder& builder) {
  for (int index : fields) {
    const FieldPlan& field = builder.plan.fields[static_cast<size_t>(index)];
    if (!IsNested(field.type.kind)) continue;
    builder.AddNotEnforceable(std::move(rule), "objects, arrays and maps cannot be keys");
    return;
  }
  const int index = builder.AddRule(std::move(rule));
  builder.plan.unique_keys.push_back({index, std::move(fields)});
}

void CompilePrimaryKey(const SchemaObject& object, PlanBuilder& builder) {
  const std::vector<int> fields = PrimaryKeyFields(object);
  if (fields.empty()) return;
  std::string columns;
  for (int index : fields) {
    const Property& property = object.properties[static_cast<size_t>(index)];
    columns += (columns.empty() ? "" : ", ") + property.path;
    FieldPlan& field = builder.plan.fields[static_cast<size_t>(index)];
    if (field.required_rule >= 0) continue;
    RuleInfo rule = builder.RecordRule(property, "required", ReasonCode::kRequired,
                                       property.path + " is never null (primary key)",
                                       property.primary_key.position);
    rule.implied = true;
    field.required_rule = builder.AddRule(std::move(rule));
  }
  const Property& first = object.properties[static_cast<size_t>(fields[0])];
  RuleInfo rule = builder.RecordRule(first, "primaryKey", ReasonCode::kUnique,
                                     "(" + columns + ") is unique", first.primary_key.position);
  if (fields.size() > 1) {
    rule.id = object.name + ".primaryKey";
    rule.field.clear();
  } else {
    rule.promise = columns + " is unique (primary key)";
  }
  AddUniqueKey(std::move(rule), fields, builder);
}

void CompileUnique(const SchemaObject& object, PlanBuilder& builder) {
  const bool single_key = PrimaryKeyFields(object).size() == 1;
  for (size_t i = 0; i < object.properties.size(); ++i) {
    const Property& property = object.properties[i];
    if (!property.unique.value) continue;
    RuleInfo rule = builder.RecordRule(property, "unique", ReasonCode::kUnique,
                                       property.path + " is unique", property.unique.position);
    if (single_key && property.primary_key.value) {
      rule.implied = true;  // the primary key checks it
      builder.AddRule(std::move(rule));
    } else {
      AddUniqueKey(std::move(rule), {static_cast<int>(i)}, builder);
    }
  }
}

void CompileNestedKeys(const Property& property, PlanBuilder& builder) {
  const auto visit = [&](const Property& nested) {
    const char* why = "keys inside objects and arrays are not built yet in this version";
    if (nested.unique.value) {
      builder.AddNotEnforceable(
          builder.RecordRule(nested, "unique", ReasonCode::kUnique, nested.path + " is unique",
                             nested.unique.position),
          why);
    }
    if (nested.primary_key.value) {
      builder.AddNotEnforceable(
          builder.RecordRule(nested, "primaryKey", ReasonCode::kUnique,
                             nested.path + " is a primary key", nested.primary_key.position),
          why);
    }
    CompileNestedKeys(nested, builder);
  };
  for (const Property& nested : property.properties) visit(nested);
  for (const Property& nested : property.items) visit(nested);
  for (const Property& nested : property.map) visit(nested);
}

RuleInfo DatasetRule(std::string id, std::string field, std::string promise,
                     SourcePosition position) {
  RuleInfo rule;
  rule.id = std::move(id);
  rule.field = std::move(field);
  rule.promise = std::move(promise);
  rule.scope = RuleScope::kDataset;
  rule.action = Action::kFail;
  rule.position = std::move(position);
  return rule;
}

// By the standard's names and their synonyms, without regard to case.
bool IsFreshness(std::string property) {
  for (char& c : property) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return property == "latency" || property == "ly" || property == "freshness";
}

// SLA promises of this object: those that name no object, or this one.
void CompileSla(const SchemaObject& object, PlanBuilder& builder) {
  for (const SlaProperty& sla : builder.contract.sla_properties) {
    const size_t dot = sla.element.find('.');
    const bool of_this = dot == std::string::npos || sla.element.substr(0, dot) == object.name ||
                         builder.contract.schema.size() == 1;
    if (!of_this) continue;
    std::string promise = sla.property + " " + sla.value;
    if (!sla.unit.empty()) promise += " " + sla.unit;
    RuleInfo rule = DatasetRule("sla." + sla.property, "", std::move(promise), sla.position);
    std::string why = "it is a promise about the service, which the data do not tell";
    if (IsFreshness(sla.property)) why = CompileSlaFreshness(sla, rule, builder);
    if (why.empty()) continue;
    const bool about_rows = IsFreshness(sla.property) && !sla.element.empty();
    rule.enforcement = about_rows ? Enforcement::kNotEnforceable : Enforcement::kInformational;
    rule.why_not = std::move(why);
    builder.AddRule(std::move(rule));
  }
}

void CompileAdditional(const SchemaObject& object, PlanBuilder& builder) {
  if (!object.settings.additional) return;
  CheckPlan& plan = builder.plan;
  plan.additional = object.settings.additional->value;
  if (plan.additional == AdditionalFields::kAllow) return;
  RuleInfo rule;
  rule.id = object.name + ".additional";
  rule.promise = "no other fields than those of the contract";
  rule.code = ReasonCode::kAdditionalField;
  rule.action = builder.options.default_action;
  rule.position = object.settings.additional->position;
  plan.additional_rule = builder.AddRule(std::move(rule));
}

}  // namespace

int PlanBuilder::AddRule(RuleInfo rule) {
  std::string id = rule.id;
  for (int copy = 2; !ids.insert(id).second; ++copy) id = rule.id + "#" + std::to_string(copy);
  rule.id = std::move(id);
  plan.rules.push_back(std::move(rule));
  return static_cast<int>(plan.rules.size()) - 1;
}

RuleInfo PlanBuilder::RecordRule(const Property& property, const std::string& keyword,
                                 ReasonCode code, std::string promise,
                                 SourcePosition position) const {
  RuleInfo rule;
  rule.id = property.path + "." + keyword;
  rule.field = property.path;
  rule.promise = std::move(promise);
  rule.code = code;
  rule.action = options.default_action;
  if (property.settings.action) rule.action = property.settings.action->value;
  if (property.settings.budget) rule.budget = property.settings.budget->value;
  rule.position = position.line > 0 ? std::move(position) : property.position;
  return rule;
}

void PlanBuilder::AddNotEnforceable(RuleInfo rule, std::string why) {
  rule.enforcement = Enforcement::kNotEnforceable;
  rule.why_not = std::move(why);
  AddRule(std::move(rule));
}

Result<CheckPlan> Compile(const Contract& contract, const CompileOptions& options,
                          Diagnostics& diagnostics) {
  const size_t errors_before = diagnostics.error_count();
  LAKEGATE_ASSIGN(const SchemaObject* object, SelectObject(contract, options.schema_name));
  PlanBuilder builder{contract, options, diagnostics, {}, {}};
  CheckPlan& plan = builder.plan;
  plan.contract_id = contract.id;
  plan.contract_version = contract.version;
  plan.contract_file = contract.file;
  plan.contract_hash = contract.hash;
  plan.dataset = object->name;
  plan.default_action = options.default_action;
  plan.default_budget = options.default_budget;
  for (const Property& property : object->properties) {
    plan.fields.push_back(CompileField(property, builder));
  }
  CompilePrimaryKey(*object, builder);
  CompileUnique(*object, builder);
  for (const Property& property : object->properties) CompileNestedKeys(property, builder);
  CompileAdditional(*object, builder);
  for (size_t i = 0; i < object->properties.size(); ++i) {
    const Property& property = object->properties[i];
    CompileQuality(property.quality, property.path, static_cast<int>(i), builder);
    CompileNestedQuality(property, builder);
  }
  CompileQuality(object->quality, "", std::nullopt, builder);
  CompileRelationships(*object, builder);
  CompileSla(*object, builder);
  if (auto error = diagnostics.ErrorSince(errors_before)) return *std::move(error);
  return std::move(builder.plan);
}

}  // namespace lakegate
