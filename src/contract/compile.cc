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
  if (options.compat != Compat::kNone) {
    plan.compat = Name(options.compat);
    plan.contract_hash += "-" + plan.compat;  // other definitions, another meaning
  }
  plan.dataset = object->name;
  plan.default_action = options.default_action;
  plan.default_budget = options.default_budget;
  for (const Property& property : object->properties) {
    plan.fields.push_back(CompileField(property, builder));
  }
  CompileKeys(*object, builder);
  CompileAdditional(*object, builder);
  for (size_t i = 0; i < object->properties.size(); ++i) {
    const Property& property = object->properties[i];
    CompileQualityOf(property, {static_cast<int>(i)}, builder);
  }
  CompileQuality(object->quality, "", std::nullopt, builder);
  CompileRelationships(*object, builder);
  CompileSla(*object, builder);
  if (auto error = diagnostics.ErrorSince(errors_before)) return *std::move(error);
  return std::move(builder.plan);
}

}  // namespace lakegate
