// Check plans made by hand, for tests that need no contract file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "contract/check_plan.h"

namespace lakegate {

// Each field gets a type rule "<path>.logicalType"; paths and rules are numbered by Finish order.
class MadePlan {
 public:
  // The field may be shaped further through the reference until the next Add.
  FieldPlan& Add(const std::string& name, ValueType type = {}) {
    plan_.fields.push_back(Field(name, name, type));
    return plan_.fields.back();
  }
  // A member of `parent`, or the item of an array (name "").
  FieldPlan& AddChild(FieldPlan& parent, const std::string& name, ValueType type = {}) {
    const std::string path = name.empty() ? parent.path + "[]" : parent.path + "." + name;
    parent.children.push_back(Field(name, path, type));
    return parent.children.back();
  }
  // A map of texts; returns its value.
  FieldPlan& AddMap(const std::string& name, ValueType value) {
    FieldPlan& map = Add(name, {TypeKind::kMap});
    FieldPlan entry = Field("key_value", name, {TypeKind::kObject});
    entry.children.push_back(Field("key", name + "{key}", {}));
    entry.children.push_back(Field("value", name + "{}", value));
    map.children.push_back(std::move(entry));
    return map.children[0].children[1];
  }
  void Require(FieldPlan& field, Action action = Action::kQuarantine) {
    field.required_rule = Rule(field.path + ".required", ReasonCode::kRequired, action);
  }
  Constraint& Constrain(FieldPlan& field, ConstraintKind kind, ReasonCode code,
                        Action action = Action::kQuarantine) {
    Constraint constraint{kind};
    constraint.rule = Rule(field.path + "." + Name(code), code, action);
    field.constraints.push_back(std::move(constraint));
    return field.constraints.back();
  }
  int Rule(const std::string& id, ReasonCode code, Action action = Action::kQuarantine) {
    RuleInfo rule;
    rule.id = id;
    rule.promise = "promise of " + id;
    rule.code = code;
    rule.action = action;
    plan_.rules.push_back(std::move(rule));
    return static_cast<int>(plan_.rules.size()) - 1;
  }
  CheckPlan& plan() { return plan_; }

 private:
  FieldPlan Field(const std::string& name, const std::string& path, ValueType type) {
    FieldPlan field;
    field.name = name;
    field.path = path;
    field.type = type;
    field.type_rule = Rule(path + ".logicalType", ReasonCode::kTypeError);
    return field;
  }
  CheckPlan plan_;
};

}  // namespace lakegate
