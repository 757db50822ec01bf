#include "run/row_columns.h"

#include <algorithm>

#include "core/check.h"

namespace lakegate {
namespace {

ValueType TypeOf(RowValue value) {
  ValueType type;
  if (value == RowValue::kLandedAt) type.kind = TypeKind::kTimestamp;
  if (value == RowValue::kSourceLine || value == RowValue::kSequence) {
    type.kind = TypeKind::kInteger;
  }
  return type;
}

}  // namespace

std::vector<RowColumn> RowColumnsOf(const Publish& publish) {
  std::vector<RowColumn> columns;
  for (const auto& [name, kind] : publish.add_columns) {
    if (kind == AddedColumn::kSourceFile) columns.push_back({name, RowValue::kSourceFile});
    if (kind == AddedColumn::kSourceLine) columns.push_back({name, RowValue::kSourceLine});
    if (kind == AddedColumn::kLandedAt) columns.push_back({name, RowValue::kLandedAt});
  }
  return columns;
}

std::vector<AddedField> FieldsOf(const std::vector<RowColumn>& columns) {
  std::vector<AddedField> fields;
  for (const RowColumn& column : columns) fields.push_back({column.name, TypeOf(column.value)});
  return fields;
}

bool NeedsLines(const RowColumnOptions& options) {
  return std::ranges::any_of(options.columns, [](const RowColumn& column) {
    return column.value == RowValue::kSourceLine;
  });
}

RowColumns::RowColumns(const RowColumnOptions& options) : options_(options) {
  for (const RowColumn& column : options.columns) {
    buffers_.emplace_back(TypeOf(column.value), std::vector<ColumnBuffer>());
  }
}

void RowColumns::Add(uint32_t file, int64_t first_line, UnitResult* result) {
  for (size_t i = 0; i < options_.columns.size(); ++i) {
    const RowValue value = options_.columns[i].value;
    ColumnBuffer& column = buffers_[i];
    column.Clear();
    for (int64_t row = 0; row < result->accepted; ++row) {
      switch (value) {
        case RowValue::kSourceFile:
          column.AppendText(options_.files[file].path);
          break;
        case RowValue::kSourceLine:
          column.AppendInteger(first_line + result->lines[static_cast<size_t>(row)]);
          break;
        case RowValue::kLandedAt:
          column.AppendInteger(options_.files[file].landed_us);
          break;
        case RowValue::kSequence:
          column.AppendInteger(sequence_ + row);
          break;
      }
    }
  }
  sequence_ += result->accepted;
  for (ColumnBuffer& column : buffers_) result->columns.push_back(std::move(column));
  buffers_.clear();
}

void RowColumns::Remove(std::vector<ColumnBuffer>* columns) {
  const size_t added = options_.columns.size();
  if (columns->size() >= added) {
    const auto first = columns->end() - static_cast<ptrdiff_t>(added);
    std::move(first, columns->end(), std::back_inserter(buffers_));
    columns->erase(first, columns->end());
    return;
  }
  LAKEGATE_CHECK(columns->empty(), "the writer gives whole sets of columns back");
  for (const RowColumn& column : options_.columns) {
    buffers_.emplace_back(TypeOf(column.value), std::vector<ColumnBuffer>());
  }
}

}  // namespace lakegate
