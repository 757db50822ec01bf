// The parts of the compiler; only compile.cc and its siblings include this.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "contract/compile.h"

namespace lakegate {

// Collects the plan while the contract is walked.
struct PlanBuilder {
  const Contract& contract;
  const CompileOptions& options;
  Diagnostics& diagnostics;
  CheckPlan plan;
  std::set<std::string> ids;
  std::map<std::string, std::shared_ptr<const RecordFilter>> filters;  // by their text

  // Returns the rule's index; a taken id gets "#2", "#3" ... behind it.
  int AddRule(RuleInfo rule);
  // A record rule of the property, with its action and budget: id "<path>.<keyword>".
  RuleInfo RecordRule(const Property& property, const std::string& keyword, ReasonCode code,
                      std::string promise, SourcePosition position) const;
  // A promise that is kept in the list but not checked.
  void AddNotEnforceable(RuleInfo rule, std::string why);
};

// The column's type and how its values are read; adds the type rule.
FieldPlan CompileField(const Property& property, PlanBuilder& builder);

// The options and the enum of a property, added to the field (whose type is set).
void CompileConstraints(const Property& property, FieldPlan& field, PlanBuilder& builder);

// A text as a value of the field's temporal type, in its units.
std::optional<int64_t> TemporalOf(std::string_view text, const FieldPlan& field);

// The smallest and the largest value of an integer type, as Int128.
std::pair<Int128, Int128> RangeOf(const ValueType& type);

// unique and primaryKey of the object's properties and of the members of its objects.
void CompileKeys(const SchemaObject& object, PlanBuilder& builder);

// Quality items. `field` is where the property's values are; nothing for the object's own.
void CompileQuality(const std::vector<QualityItem>& items, const std::string& path,
                    const std::optional<FieldPath>& field, PlanBuilder& builder);
// Those of the property at `field` and of all properties inside.
void CompileQualityOf(const Property& property, const FieldPath& field, PlanBuilder& builder);
// Relationships of the object and of its properties, as foreign keys.
void CompileRelationships(const SchemaObject& object, PlanBuilder& builder);
// An sql item (compile_query.cc); `path` is empty for the object's own.
QueryRule CompileSqlItem(const QualityItem& item, const std::string& path,
                         const PlanBuilder& builder);
// A custom item of engine lakegate; `rule` is added with its query.
void CompileCustomItem(const QualityItem& item, const std::string& path, RuleInfo rule,
                       PlanBuilder& builder);
// An SLA property latency or freshness as a query; returns why it cannot be measured, else nothing.
std::string CompileSlaFreshness(const SlaProperty& sla, RuleInfo rule, PlanBuilder& builder);
// "= 2", "between 1 and 10".
std::string ShownThreshold(const Threshold& threshold);

}  // namespace lakegate
