#include "quality/reference_key_hasher.h"

#include <numeric>

namespace lakegate {
namespace {

CheckPlan ColumnsOf(const CheckPlan& plan, const ForeignKey& key) {
  CheckPlan columns;
  for (const int field : key.fields) {
    FieldPlan column = plan.fields[static_cast<size_t>(field)];
    column.temporal.reset();
    column.epoch = EpochUnit::kNone;
    column.default_offset_s = 0;
    columns.fields.push_back(std::move(column));
  }
  return columns;
}

KeyColumns AllOf(const ForeignKey& key) {
  KeyColumns columns;
  columns.fields.resize(key.fields.size());
  std::iota(columns.fields.begin(), columns.fields.end(), 0);
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
