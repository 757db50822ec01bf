#include "core/column_buffer.h"

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

void ColumnBuffer::AppendValidity(int bit) {
  AppendBit(&validity_, length_, bit);
  null_count_ += 1 - bit;
  ++length_;
}

void ColumnBuffer::AppendFixed(int64_t value) {
  switch (width_) {
    case 1:
      values_.AppendValue(static_cast<int8_t>(value));
      break;
    case 2:
      values_.AppendValue(static_cast<int16_t>(value));
      break;
    case 4:
      values_.AppendValue(static_cast<int32_t>(value));
      break;
    default:
      values_.AppendValue(value);
  }
}

void ColumnBuffer::AppendNull() {
  switch (type_.kind) {
    case TypeKind::kBoolean:
      AppendBit(&values_, length_, 0);
      break;
    case TypeKind::kString:
      offsets_.AppendValue(static_cast<int32_t>(values_.size()));
      break;
    case TypeKind::kArray:
    case TypeKind::kMap:
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
      AppendFixed(0);
  }
  AppendValidity(0);
}

void ColumnBuffer::AppendInteger(int64_t value) {
  if (type_.kind == TypeKind::kBoolean) {
    AppendBit(&values_, length_, value != 0);
  } else {
    AppendFixed(value);
  }
  AppendValidity(1);
}

void ColumnBuffer::AppendReal(double value) {
  if (width_ == 4) {
    values_.AppendValue(static_cast<float>(value));
  } else {
    values_.AppendValue(value);
  }
  AppendValidity(1);
}

void ColumnBuffer::AppendDecimal(Int128 value) {
  values_.AppendValue(value);
  AppendValidity(1);
}

void ColumnBuffer::AppendText(std::string_view value) {
  values_.Append(value);
  offsets_.AppendValue(static_cast<int32_t>(values_.size()));
  AppendValidity(1);
}

void ColumnBuffer::AppendNested() {
  if (IsList(type_.kind)) {
    offsets_.AppendValue(static_cast<int32_t>(children_[0].length()));
  }
  AppendValidity(1);
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
  for (int64_t row = length; row < length_; ++row) null_count_ -= IsNull(row) ? 1 : 0;
  length_ = length;
  const auto rows = static_cast<size_t>(length);
  validity_.Truncate((rows + 7) / 8);
  // Bits behind the end must be clear: AppendBit only sets them.
  const auto clear_tail = [&](ByteBuffer* bits) {
    if (rows % 8 != 0) {
      bits->data()[rows / 8] = static_cast<char>(bits->data()[rows / 8] & ((1 << (rows % 8)) - 1));
    }
  };
  clear_tail(&validity_);
  if (HasOffsets(type_.kind)) offsets_.Truncate((rows + 1) * sizeof(int32_t));
  switch (type_.kind) {
    case TypeKind::kBoolean:
      values_.Truncate((rows + 7) / 8);
      clear_tail(&values_);
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

void ColumnBuffer::CopyRow(const ColumnBuffer& from, int64_t row) {
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
        children_[0].CopyRow(from.children_[0], i);
      }
      return AppendNested();
    case TypeKind::kObject:
      for (size_t i = 0; i < children_.size(); ++i) children_[i].CopyRow(from.children_[i], row);
      return AppendNested();
    default:
      values_.Append(from.values_.view().substr(index * static_cast<size_t>(width_),
                                                static_cast<size_t>(width_)));
      AppendValidity(1);
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
    if (keep[static_cast<size_t>(row)]) kept.CopyRow(*this, row);
  }
  *this = std::move(kept);
}

size_t ColumnBuffer::bytes() const {
  size_t total = validity_.size() + values_.size() + offsets_.size();
  for (const ColumnBuffer& child : children_) total += child.bytes();
  return total;
}

}  // namespace lakegate
