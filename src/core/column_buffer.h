// One column of accepted values in the memory layout of Apache Arrow (columnar format 1.x), so
// that the writer wraps the buffers without copying.
//
// A record's values are appended as they are checked; a record that is then set aside is undone by
// Truncate, so that undoing costs nothing for the others.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/byte_buffer.h"
#include "core/value_type.h"

namespace lakegate {

// Layout by kind: fixed-width values (integers of their width, double/float, 16-byte decimals,
// int32 dates, int64 timestamps and times), booleans as bits, strings, lists and maps with int32
// offsets (length + 1 of them). A map is a list of objects of key and value. Not thread safe.
class ColumnBuffer {
 public:
  ColumnBuffer(ValueType type, std::vector<ColumnBuffer> children);

  void AppendNull();
  void AppendInteger(int64_t value) {  // also dates, timestamps, times, booleans
    values_.PrefetchAhead();
    if (width_ == 8) [[likely]] {
      values_.AppendValue(value);
    } else {
      AppendNarrow(value);
    }
    AppendPresent();
  }
  void AppendReal(double value);
  void AppendDecimal(Int128 value);
  void AppendText(std::string_view value) {
    values_.PrefetchAhead();
    offsets_.PrefetchAhead();
    values_.AppendShort(value);
    offsets_.AppendValue(static_cast<int32_t>(values_.size()));
    AppendPresent();
  }
  // Lists and maps: append the items to children()[0] first. Objects: the members to children().
  void AppendNested();

  // A copy of a row of a column of the same shape.
  void AppendRow(const ColumnBuffer& from, int64_t row);
  // No rows, the same shape.
  ColumnBuffer EmptyLike() const;

  void Truncate(int64_t length);
  void Clear() { Truncate(0); }

  const ValueType& type() const { return type_; }
  int64_t length() const { return length_; }
  int64_t null_count() const { return null_count_; }
  std::vector<ColumnBuffer>& children() { return children_; }
  const std::vector<ColumnBuffer>& children() const { return children_; }
  const ByteBuffer& validity() const { return validity_; }  // if there are nulls; bit i: is none
  const ByteBuffer& values() const { return values_; }      // fixed width, or bits, or characters
  const ByteBuffer& offsets() const { return offsets_; }    // strings and lists
  bool IsNull(int64_t row) const {
    return has_validity_ &&
           (static_cast<unsigned char>(validity_.data()[row >> 3]) >> (row & 7) & 1) == 0;
  }
  // Keeps only the rows whose byte in `keep` is not 0. keep.size() == length().
  void Filter(const std::vector<uint8_t>& keep);
  size_t bytes() const;

 private:
  static void AppendBit(ByteBuffer* bits, int64_t index, int bit);
  void AppendPresent() {
    if (has_validity_) AppendBit(&validity_, length_, 1);
    ++length_;
  }
  void AppendAbsent();
  void AppendNarrow(int64_t value);

  ValueType type_;
  int width_ = 0;  // bytes of a fixed-width value; 0: booleans, strings, nested
  std::vector<ColumnBuffer> children_;
  int64_t length_ = 0;
  int64_t null_count_ = 0;
  bool has_validity_ = false;  // a null was appended since the column was empty
  ByteBuffer validity_;
  ByteBuffer values_;
  ByteBuffer offsets_;
};

}  // namespace lakegate
