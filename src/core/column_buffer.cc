#include "core/column_buffer.h"

#include <cstring>

#include "core/check.h"

namespace lakegate {
namespace {

int WidthOf(const ValueType& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kDouble:
      return type.bits / 8;
    case TypeKind::kDecimal:
      return 16;
    case TypeKind::kDate:
      return 4;
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
      return 8;
    default:
      return 0;
  }
}

// Bits behind the end must be clear: appending only sets them.
void ClearTail(size_t rows, ByteBuffer* bits) {
  if (rows % 8 == 0) return;
  char& last = bits->data()[rows / 8];
  last = static_cast<char>(last & ((1 << (rows % 8)) - 1));
}

bool IsList(TypeKind kind) { return kind == TypeKind::kArray || kind == TypeKind::kMap; }

bool HasOffsets(TypeKind kind) { return kind == TypeKind::kString || IsList(kind); }

}  // namespace

ColumnBuffer::ColumnBuffer(ValueType type, std::vector<ColumnBuffer> children)
    : type_(type), width_(WidthOf(type)), children_(std::move(children)) {
  if (HasOffsets(type_.kind)) offsets_.AppendValue<int32_t>(0);
}

void ColumnBuffer::AppendBit(ByteBuffer* bits, int64_t index, int bit) {
  if ((index & 7) == 0) {
    bits->AppendValue(static_cast<char>(bit));
  } else if (bit) {
    bits->data()[index >> 3] = static_cast<char>(bits->data()[index >> 3] | (1 << (index & 7)));
  }
}

// Columns without nulls have no bits for them.
void ColumnBuffer::AppendAbsent() {
  if (!has_validity_) {
    has_validity_ = true;
    validity_.Clear();
    const auto rows = static_cast<size_t>(length_);
    if (rows > 0) std::memset(validity_.Grow((rows + 7) / 8), 0xff, (rows + 7) / 8);
    ClearTail(rows, &validity_);
  }
  AppendBit(&validity_, length_, 0);
  ++null_count_;
  ++length_;
}

// Of all widths but 8, and booleans.
void ColumnBuffer::AppendNarrow(int64_t value) {
  switch (width_) {
    case 0:
      AppendBit(&values_, length_, value != 0);
      break;
    case 1:
      values_.AppendValue(static_cast<int8_t>(value));
      break;
    case 2:
      values_.AppendValue(static_cast<int16_t>(value));
      break;
    default:
      values_.AppendValue(static_cast<int32_t>(value));
  }
}

void ColumnBuffer::AppendNull() {
  switch (type_.kind) {
    case TypeKind::kBoolean:
      AppendBit(&values_, length_, 0);
      break;
    case TypeKind::kString:
      offsets_.PrefetchAhead();
      offsets_.AppendValue(static_cast<int32_t>(values_.size()));
      break;
    case TypeKind::kArray:
    case TypeKind::kMap:
      offsets_.PrefetchAhead();
      offsets_.AppendValue(static_cast<int32_t>(children_[0].length()));
      break;
    case TypeKind::kObject:
      for (ColumnBuffer& child : children_) {
        if (child.length() == length_) child.AppendNull();
      }
      break;
    case TypeKind::kDecimal:
      values_.AppendValue(Int128{0});
      break;
    default:
      values_.PrefetchAhead();
      std::memset(values_.Grow(static_cast<size_t>(width_)), 0, static_cast<size_t>(width_));
  }
  AppendAbsent();
}

void ColumnBuffer::AppendReal(double value) {
  values_.PrefetchAhead();
  if (width_ == 4) {
    values_.AppendValue(static_cast<float>(value));
  } else {
    values_.AppendValue(value);
  }
  AppendPresent();
}

void ColumnBuffer::AppendDecimal(Int128 value) {
  values_.PrefetchAhead();
  values_.AppendValue(value);
  AppendPresent();
}

void ColumnBuffer::AppendNested() {
  if (IsList(type_.kind)) {
    offsets_.PrefetchAhead();
    offsets_.AppendValue(static_cast<int32_t>(children_[0].length()));
  }
  AppendPresent();
}

void ColumnBuffer::Truncate(int64_t length) {
  if (length >= length_) {
    // A list whose items were appended, but not the list itself.
    if (IsList(type_.kind) && !children_.empty()) {
      children_[0].Truncate(offsets_.ValueAt<int32_t>(static_cast<size_t>(length_)));
    }
    for (ColumnBuffer& child : children_) {
      if (type_.kind == TypeKind::kObject) child.Truncate(length);
    }
    return;
  }
  if (has_validity_) {
    for (int64_t row = length; row < length_; ++row) null_count_ -= IsNull(row) ? 1 : 0;
  }
  length_ = length;
  const auto rows = static_cast<size_t>(length);
  has_validity_ = has_validity_ && length > 0;
  if (has_validity_) {
    validity_.Truncate((rows + 7) / 8);
    ClearTail(rows, &validity_);
  }
  if (HasOffsets(type_.kind)) offsets_.Truncate((rows + 1) * sizeof(int32_t));
  switch (type_.kind) {
    case TypeKind::kBoolean:
      values_.Truncate((rows + 7) / 8);
      ClearTail(rows, &values_);
      break;
    case TypeKind::kString:
      values_.Truncate(static_cast<size_t>(offsets_.ValueAt<int32_t>(rows)));
      break;
    case TypeKind::kArray:
    case TypeKind::kMap:
      children_[0].Truncate(offsets_.ValueAt<int32_t>(rows));
      break;
    case TypeKind::kObject:
      for (ColumnBuffer& child : children_) child.Truncate(length);
      break;
    default:
      values_.Truncate(rows * static_cast<size_t>(width_));
  }
}

void ColumnBuffer::AppendRow(const ColumnBuffer& from, int64_t row) {
  const auto index = static_cast<size_t>(row);
  if (from.IsNull(row)) return AppendNull();
  switch (type_.kind) {
    case TypeKind::kBoolean:
      return AppendInteger(static_cast<unsigned char>(from.values_.data()[row >> 3]) >> (row & 7) &
                           1);
    case TypeKind::kString: {
      const auto begin = static_cast<size_t>(from.offsets_.ValueAt<int32_t>(index));
      const auto end = static_cast<size_t>(from.offsets_.ValueAt<int32_t>(index + 1));
      return AppendText(from.values_.view().substr(begin, end - begin));
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
      for (int32_t i = from.offsets_.ValueAt<int32_t>(index);
           i < from.offsets_.ValueAt<int32_t>(index + 1); ++i) {
        children_[0].AppendRow(from.children_[0], i);
      }
      return AppendNested();
    case TypeKind::kObject:
      for (size_t i = 0; i < children_.size(); ++i) children_[i].AppendRow(from.children_[i], row);
      return AppendNested();
    default:
      values_.Append(from.values_.view().substr(index * static_cast<size_t>(width_),
                                                static_cast<size_t>(width_)));
      AppendPresent();
  }
}

ColumnBuffer ColumnBuffer::EmptyLike() const {
  std::vector<ColumnBuffer> children;
  for (const ColumnBuffer& child : children_) children.push_back(child.EmptyLike());
  return ColumnBuffer(type_, std::move(children));
}

void ColumnBuffer::Filter(const std::vector<uint8_t>& keep) {
  LAKEGATE_CHECK(static_cast<int64_t>(keep.size()) == length_, "one flag a row");
  ColumnBuffer kept = EmptyLike();
  for (int64_t row = 0; row < length_; ++row) {
    if (keep[static_cast<size_t>(row)]) kept.AppendRow(*this, row);
  }
  *this = std::move(kept);
}

size_t ColumnBuffer::bytes() const {
  size_t total = (has_validity_ ? validity_.size() : 0) + values_.size() + offsets_.size();
  for (const ColumnBuffer& child : children_) total += child.bytes();
  return total;
}

}  // namespace lakegate
