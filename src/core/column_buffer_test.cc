// Columns against a simple model: a vector of texts, under random operations.
#include "core/column_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "core/utf8.h"

namespace lakegate {
namespace {

std::string FixedBytes(const ColumnBuffer& column, int64_t row, size_t width) {
  return std::string(column.values().view().substr(static_cast<size_t>(row) * width, width));
}

// Reads one value back out of the Arrow layout, as text.
std::string Show(const ColumnBuffer& column, int64_t row) {
  if (column.IsNull(row)) return "null";
  const auto index = static_cast<size_t>(row);
  switch (column.type().kind) {
    case TypeKind::kBoolean:
      return (column.values().data()[row / 8] >> (row % 8) & 1) ? "1" : "0";
    case TypeKind::kString: {
      const auto begin = static_cast<size_t>(column.offsets().ValueAt<int32_t>(index));
      const auto end = static_cast<size_t>(column.offsets().ValueAt<int32_t>(index + 1));
      return "'" + std::string(column.values().view().substr(begin, end - begin)) + "'";
    }
    case TypeKind::kArray: {
      std::string text = "[";
      for (int32_t i = column.offsets().ValueAt<int32_t>(index);
           i < column.offsets().ValueAt<int32_t>(index + 1); ++i) {
        text += Show(column.children()[0], i) + ",";
      }
      return text + "]";
    }
    case TypeKind::kObject: {
      std::string text = "{";
      for (const ColumnBuffer& child : column.children()) text += Show(child, row) + ",";
      return text + "}";
    }
    case TypeKind::kDecimal:
      return "d" + FixedBytes(column, row, 16);
    case TypeKind::kDate:
      return "f" + FixedBytes(column, row, 4);
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
      return "f" + FixedBytes(column, row, 8);
    default:
      return "f" + FixedBytes(column, row, column.type().bits / 8);
  }
}

template <typename T>
std::string Bytes(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

// Appends a random value; returns what Show must say.
std::string AppendRandom(ColumnBuffer* column, std::mt19937* random) {
  if ((*random)() % 4 == 0) {
    column->AppendNull();
    return "null";
  }
  const auto number = static_cast<int64_t>((*random)());
  switch (column->type().kind) {
    case TypeKind::kBoolean:
      column->AppendInteger(number & 1);
      return number & 1 ? "1" : "0";
    case TypeKind::kString: {
      const std::string text((*random)() % 20, static_cast<char>('a' + number % 26));
      column->AppendText(text);
      return "'" + text + "'";
    }
    case TypeKind::kArray: {
      std::string text = "[";
      for (size_t i = (*random)() % 4; i > 0; --i) {
        text += AppendRandom(&column->children()[0], random) + ",";
      }
      column->AppendNested();
      return text + "]";
    }
    case TypeKind::kObject: {
      std::string text = "{";
      for (ColumnBuffer& child : column->children()) text += AppendRandom(&child, random) + ",";
      column->AppendNested();
      return text + "}";
    }
    case TypeKind::kDecimal:
      column->AppendDecimal(Int128{number} * number * -3);
      return "d" + Bytes(Int128{number} * number * -3);
    case TypeKind::kDouble: {
      const double real = static_cast<double>(number) / 7;
      column->AppendReal(real);
      return "f" + (column->type().bits == 32 ? Bytes(static_cast<float>(real)) : Bytes(real));
    }
    default:
      break;
  }
  column->AppendInteger(number);
  const ValueType& type = column->type();
  const size_t width = type.kind == TypeKind::kInteger ? type.bits / 8u
                       : type.kind == TypeKind::kDate  ? 4u
                                                       : 8u;
  return "f" + Bytes(number).substr(0, width);
}

ColumnBuffer Column(TypeKind kind, uint8_t bits = 64) {
  ValueType type{kind};
  type.bits = bits;
  return ColumnBuffer(type, {});
}

ColumnBuffer Nested() {
  std::vector<ColumnBuffer> members;
  members.push_back(Column(TypeKind::kString));
  members.push_back(Column(TypeKind::kInteger, 16));
  std::vector<ColumnBuffer> items;
  items.push_back(ColumnBuffer({TypeKind::kObject}, std::move(members)));
  std::vector<ColumnBuffer> outer;
  outer.push_back(ColumnBuffer({TypeKind::kArray}, std::move(items)));
  outer.push_back(Column(TypeKind::kBoolean));
  return ColumnBuffer({TypeKind::kObject}, std::move(outer));
}

std::vector<ColumnBuffer> AllColumns() {
  std::vector<ColumnBuffer> columns;
  for (const uint8_t bits : {8, 16, 32, 64}) columns.push_back(Column(TypeKind::kInteger, bits));
  for (const uint8_t bits : {32, 64}) columns.push_back(Column(TypeKind::kDouble, bits));
  for (const TypeKind kind : {TypeKind::kString, TypeKind::kDecimal, TypeKind::kBoolean,
                              TypeKind::kDate, TypeKind::kTimestamp, TypeKind::kTime}) {
    columns.push_back(Column(kind));
  }
  std::vector<ColumnBuffer> items;
  items.push_back(Column(TypeKind::kString));
  columns.push_back(ColumnBuffer({TypeKind::kArray}, std::move(items)));
  columns.push_back(Nested());
  return columns;
}

void ExpectModel(const ColumnBuffer& column, const std::vector<std::string>& model) {
  ASSERT_EQ(column.length(), static_cast<int64_t>(model.size()));
  int64_t nulls = 0;
  for (size_t row = 0; row < model.size(); ++row) {
    ASSERT_EQ(Show(column, static_cast<int64_t>(row)), model[row]) << "row " << row;
    nulls += model[row] == "null" ? 1 : 0;
  }
  ASSERT_EQ(column.null_count(), nulls);
}

TEST(ColumnBuffer, RandomOperationsAgainstAModel) {
  std::mt19937 random(17);
  for (ColumnBuffer& column : AllColumns()) {
    std::vector<std::string> model;
    for (int step = 0; step < 2000 && !HasFailure(); ++step) {
      const size_t dice = random() % 100;
      if (dice < 90) {
        model.push_back(AppendRandom(&column, &random));
      } else if (dice < 97) {
        const size_t length = model.size() - std::min<size_t>(model.size(), random() % 30);
        column.Truncate(static_cast<int64_t>(length));
        model.resize(length);
      } else {
        std::vector<uint8_t> keep(model.size());
        std::vector<std::string> kept;
        for (size_t row = 0; row < model.size(); ++row) {
          keep[row] = random() % 3 != 0;
          if (keep[row]) kept.push_back(model[row]);
        }
        column.Filter(keep);
        model = std::move(kept);
      }
      if (step % 20 == 0) ExpectModel(column, model);
    }
    ExpectModel(column, model);
    column.Clear();
    ExpectModel(column, {});
  }
}

TEST(ColumnBuffer, ItemsWithoutTheirListAreUndone) {
  std::vector<ColumnBuffer> items;
  items.push_back(Column(TypeKind::kString));
  ColumnBuffer list({TypeKind::kArray}, std::move(items));
  list.children()[0].AppendText("kept");
  list.AppendNested();
  list.children()[0].AppendText("lost");
  list.Truncate(1);
  list.AppendNested();
  EXPECT_EQ(Show(list, 0), "['kept',]");
  EXPECT_EQ(Show(list, 1), "[]");
}

// Every sequence of up to three bytes, and four-byte ones around the edges, against a decoder that
// computes the code point.
bool IsUtf8Slowly(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const int more = lead < 0x80       ? 0
                     : lead >> 5 == 6  ? 1
                     : lead >> 4 == 14 ? 2
                     : lead >> 3 == 30 ? 3
                                       : -1;
    if (more < 0 || at + static_cast<size_t>(more) >= text.size()) return false;
    uint32_t point = more == 0 ? lead : lead & (0x3F >> more);
    for (int i = 1; i <= more; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + static_cast<size_t>(i)]);
      if (byte >> 6 != 2) return false;
      point = point << 6 | (byte & 0x3F);
    }
    static constexpr uint32_t kFirst[] = {0, 0x80, 0x800, 0x10000};
    if (point < kFirst[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
      return false;
    }
    at += static_cast<size_t>(more) + 1;
  }
  return true;
}

TEST(Utf8, EverySequence) {
  int64_t valid = 0;
  const auto check = [&](const std::string& text) {
    const bool expected = IsUtf8Slowly(text);
    valid += expected ? 1 : 0;
    ASSERT_EQ(!FirstInvalidUtf8(text).has_value(), expected) << testing::PrintToString(text);
  };
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      for (unsigned c = 0; c < 256; c += (b < 0x80 ? 0x3D : 0x0F)) {
        check({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)});
        check({static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), '\x80'});
        check({static_cast<char>(a), static_cast<char>(b), '\xBF', static_cast<char>(c)});
      }
    }
  }
  EXPECT_GT(valid, 10'000);
}

TEST(Utf8, CodePointsAndCuts) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9D\x84\x9E";
  EXPECT_EQ(CountCodePoints(text), 4u);
  const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t i = 0; i < std::size(cuts); ++i) EXPECT_EQ(CutUtf8(text, i).size(), cuts[i]) << i;
}

}  // namespace
}  // namespace lakegate
