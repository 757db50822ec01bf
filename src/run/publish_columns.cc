#include "run/publish_columns.h"

#include <algorithm>

namespace lakegate {
namespace {

const FieldPlan* Find(const CheckPlan& plan, const std::string& name) {
  const auto at =
      std::ranges::find_if(plan.fields, [&](const FieldPlan& field) { return field.name == name; });
  return at == plan.fields.end() ? nullptr : &*at;
}

Error Wrong(const Dataset& dataset, const std::string& what, const std::string& column,
            const std::string& why) {
  return {ErrorCode::kInvalidConfig,
          what + " of " + dataset.name + " names '" + column + "', " + why,
          "name a column of " + dataset.contract};
}

Result<const FieldPlan*> FindScalar(const Dataset& dataset, const CheckPlan& plan,
                                    const std::string& what, const std::string& column) {
  const FieldPlan* field = Find(plan, column);
  if (field == nullptr) return Wrong(dataset, what, column, "which the contract does not have");
  if (IsNested(field->type.kind)) {
    return Wrong(dataset, what, column, "which holds objects, lists or maps");
  }
  return field;
}

Status CheckPartitionColumn(const Dataset& dataset, const CheckPlan& plan,
                            const std::string& column) {
  LAKEGATE_ASSIGN(const FieldPlan* const field, FindScalar(dataset, plan, "partition_by", column));
  switch (field->type.kind) {
    case TypeKind::kString:
    case TypeKind::kInteger:
    case TypeKind::kBoolean:
    case TypeKind::kDate:
      return {};
    case TypeKind::kTimestamp:
      return Wrong(dataset, "partition_by", column,
                   "a timestamp: write {date: " + column + "} for its date");
    default:
      return Wrong(dataset, "partition_by", column,
                   "whose type is " + Name(field->type) +
                       "; folders are named by strings, integers, booleans and dates");
  }
}

Status CheckDateColumn(const Dataset& dataset, const CheckPlan& plan, const DatePartition& date) {
  LAKEGATE_ASSIGN(const FieldPlan* const field,
                  FindScalar(dataset, plan, "partition_by", date.column));
  if (field->type.kind != TypeKind::kTimestamp && field->type.kind != TypeKind::kDate) {
    return Wrong(dataset, "partition_by", date.column,
                 "whose type is " + Name(field->type) + ", no timestamp and no date");
  }
  if (Find(plan, date.name) == nullptr) return {};
  return Error{ErrorCode::kInvalidConfig,
               "the partition column '" + date.name + "' of " + dataset.name +
                   " has the name of a column of the contract",
               "give it another name: {date: " + date.column + ", as: NAME}"};
}

}  // namespace

Status CheckPublishColumns(const Dataset& dataset, const CheckPlan& plan) {
  const Publish& publish = dataset.publish;
  for (const std::string& column : publish.partition_by) {
    const bool is_date = std::ranges::any_of(
        publish.date_columns, [&](const DatePartition& date) { return date.name == column; });
    const bool from_path =
        std::ranges::find(publish.path_columns, column) != publish.path_columns.end();
    if (!is_date && !from_path) LAKEGATE_TRY(CheckPartitionColumn(dataset, plan, column));
  }
  for (const DatePartition& date : publish.date_columns) {
    LAKEGATE_TRY(CheckDateColumn(dataset, plan, date));
  }
  if (publish.mode != PublishMode::kUpsert) return {};
  for (const std::string& column : publish.key) {
    const bool from_path =
        std::ranges::find(publish.path_columns, column) != publish.path_columns.end();
    if (from_path) continue;
    const auto field = FindScalar(dataset, plan, "key", column);
    if (!field) return field.error();
  }
  const auto order = FindScalar(dataset, plan, "order_by", publish.order_by);
  if (!order) return order.error();
  if (publish.tombstone.column.empty()) return {};
  const auto tombstone = FindScalar(dataset, plan, "tombstone", publish.tombstone.column);
  return tombstone ? Status() : Status(tombstone.error());
}

}  // namespace lakegate
