#include "quality/reference_key_hasher.h"

namespace lakegate {
namespace {

CheckPlan ColumnsOf(const CheckPlan& plan, const ForeignKey& key) {
  CheckPlan columns;
  for (const FieldPath& field : key.fields) {
    FieldPlan column = FieldAt(plan.fields, field);
    column.temporal.reset();
    column.epoch = EpochUnit::kNone;
    column.default_offset_s = 0;
    column.zone.reset();
    column.offset_rule = -1;
    columns.fields.push_back(std::move(column));
  }
  return columns;
}

KeyColumns AllOf(const ForeignKey& key) {
  KeyColumns columns;
  for (size_t i = 0; i < key.fields.size(); ++i) columns.fields.push_back({static_cast<int>(i)});
  return columns;
}

}  // namespace

ReferenceKeyHasher::ReferenceKeyHasher(const CheckPlan& plan, const ForeignKey& key)
    : columns_(ColumnsOf(plan, key)), extractor_(columns_, AllOf(key)) {
  values_.resize(key.fields.size());
  record_.values = values_;
}

std::optional<Hash128> ReferenceKeyHasher::Hash(const std::vector<std::string>& texts) {
  for (size_t i = 0; i < texts.size(); ++i) {
    RawValue& value = values_[i];
    value.kind = RawKind::kQuotedCell;
    value.data = texts[i].data();
    value.size = static_cast<uint32_t>(texts[i].size());
  }
  Hash128 hash;
  if (!extractor_.Extract(record_, &hash)) return std::nullopt;
  return hash;
}

}  // namespace lakegate
