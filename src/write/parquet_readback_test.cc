// Random tables through the writer and back through Arrow's reader: the same values, whatever
// their nesting, their nulls, and how many of them are distinct.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/statistics.h>

#include <filesystem>
#include <random>

#include "storage/local_storage.h"
#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"
#include "validate/make_column.h"
#include "write/table_writer.h"

namespace lakegate {
namespace {

// How the values of all columns are drawn.
struct Shape {
  const char* name;
  int null_percent;
  uint64_t distinct;  // about so many different values
  int max_items;      // of a list
};

class Values {
 public:
  Values(const Shape& shape, uint64_t seed) : shape_(shape), random_(seed) {}

  void AppendTo(ColumnBuffer* column, bool may_be_null = true) {
    if (may_be_null && random_() % 100 < static_cast<uint64_t>(shape_.null_percent)) {
      // Items that belong to no list, as a checker may leave them.
      if (column->type().kind == TypeKind::kArray && random_() % 2 == 0) {
        AppendTo(&column->children()[0]);
      }
      return column->AppendNull();
    }
    const uint64_t number = random_() % shape_.distinct * 0x9E3779B97F4A7C15u;
    switch (column->type().kind) {
      case TypeKind::kString:
        return column->AppendText(std::string(number % 40, static_cast<char>('a' + number % 7)) +
                                  std::to_string(number).substr(0, number % 21));
      case TypeKind::kDouble:
        return column->AppendReal(static_cast<double>(static_cast<int64_t>(number)) / 1024);
      case TypeKind::kDecimal:
        return column->AppendDecimal(static_cast<Int128>(static_cast<int64_t>(number)) %
                                     (column->type().precision > 9 ? 1'000'000'000'000 : 100'000));
      case TypeKind::kObject:
        for (ColumnBuffer& child : column->children()) AppendTo(&child);
        return column->AppendNested();
      case TypeKind::kArray:
        for (uint64_t i = random_() % (static_cast<uint64_t>(shape_.max_items) + 1); i > 0; --i) {
          AppendTo(&column->children()[0]);
        }
        return column->AppendNested();
      case TypeKind::kMap:
        for (uint64_t i = random_() % (static_cast<uint64_t>(shape_.max_items) + 1); i > 0; --i) {
          ColumnBuffer& entry = column->children()[0];
          AppendTo(&entry.children()[0], /*may_be_null=*/false);
          AppendTo(&entry.children()[1]);
          entry.AppendNested();
        }
        return column->AppendNested();
      case TypeKind::kBoolean:
        return column->AppendInteger(static_cast<int64_t>(number % 2));
      case TypeKind::kTime:
        return column->AppendInteger(static_cast<int64_t>(number % 86'400'000'000));
      default:
        return column->AppendInteger(static_cast<int64_t>(number));
    }
  }

 private:
  const Shape shape_;
  std::mt19937_64 random_;
};

MadePlan AllTypes() {
  MadePlan made;
  for (const int bits : {8, 16, 32, 64}) {
    for (const bool is_signed : {true, false}) {
      ValueType type{TypeKind::kInteger, static_cast<uint8_t>(bits), is_signed};
      made.Add((is_signed ? "i" : "u") + std::to_string(bits), type);
    }
  }
  made.Add("f32", {TypeKind::kDouble, 32});
  made.Add("f64", {TypeKind::kDouble});
  for (const int precision : {9, 18, 38}) {
    ValueType type{TypeKind::kDecimal};
    type.precision = static_cast<uint8_t>(precision);
    type.scale = 2;
    made.Add("d" + std::to_string(precision), type);
  }
  made.Add("text");
  made.Constrain(made.Add("id"), ConstraintKind::kFormat, ReasonCode::kFormat).format =
      StringFormat::kUuid;
  made.Constrain(made.Add("enum"), ConstraintKind::kEnum, ReasonCode::kEnum);
  made.Add("bool", {TypeKind::kBoolean});
  made.Add("day", {TypeKind::kDate});
  made.Add("at", {TypeKind::kTimestamp});
  made.Add("time", {TypeKind::kTime});
  made.AddMap("map", {TypeKind::kInteger});
  FieldPlan& object = made.Add("object", {TypeKind::kObject});
  made.AddChild(object, "x");
  made.AddChild(object, "y", {TypeKind::kBoolean});
  FieldPlan& list = made.AddChild(object, "list", {TypeKind::kArray});
  FieldPlan& item = made.AddChild(list, "", {TypeKind::kObject});
  made.AddChild(item, "n", {TypeKind::kInteger});
  FieldPlan& inner = made.AddChild(item, "inner", {TypeKind::kArray});
  made.AddChild(inner, "");
  return made;
}

std::shared_ptr<arrow::Buffer> Copy(const ByteBuffer& buffer) {
  return arrow::Buffer::FromString(std::string(buffer.view()));
}

// The column as the array that Arrow would see, by the columnar format's own layout.
std::shared_ptr<arrow::ArrayData> AsArrow(const ColumnBuffer& column,
                                          const std::shared_ptr<arrow::DataType>& type) {
  std::vector<std::shared_ptr<arrow::Buffer>> buffers = {
      column.null_count() > 0 ? Copy(column.validity()) : nullptr};
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  const TypeKind kind = column.type().kind;
  const bool is_list = kind == TypeKind::kArray || kind == TypeKind::kMap;
  if (kind == TypeKind::kString || is_list) buffers.push_back(Copy(column.offsets()));
  if (!IsNested(kind)) buffers.push_back(Copy(column.values()));
  for (size_t i = 0; i < column.children().size(); ++i) {
    children.push_back(AsArrow(column.children()[i], type->field(static_cast<int>(i))->type()));
  }
  return arrow::ArrayData::Make(type, column.length(), std::move(buffers), std::move(children),
                                column.null_count());
}

class ParquetReadback : public testing::TestWithParam<Shape> {
 protected:
  ParquetReadback() : storage_(MakeLocalStorage()), made_(AllTypes()) {}

  // Two row groups of these units; keeps what was written in units_. Which values there are does
  // not depend on how the rows are divided.
  std::string Write(Codec codec, const std::vector<std::vector<int64_t>>& row_groups = kUnits) {
    TableWriterOptions options;
    options.directory = lake_.root();
    options.codec = codec;
    auto writer = MakeParquetWriter(storage_.get(), made_.plan(), options);
    EXPECT_OK(writer);
    std::vector<Values> values;
    for (size_t i = 0; i < made_.plan().fields.size(); ++i) values.emplace_back(GetParam(), i);
    units_.clear();
    for (const std::vector<int64_t>& units : row_groups) {
      for (const int64_t rows : units) {
        units_.emplace_back();
        for (size_t i = 0; i < values.size(); ++i) {
          units_.back().push_back(MakeColumn(made_.plan().fields[i]));
          for (int64_t row = 0; row < rows; ++row) values[i].AppendTo(&units_.back().back());
        }
        EXPECT_OK((*writer)->Append(&units_.back(), rows));
      }
      EXPECT_OK((*writer)->EndRowGroup());
    }
    const auto files = (*writer)->Finish();
    EXPECT_OK(files);
    EXPECT_EQ(files->size(), 1u);
    return lake_.Path((*files)[0].name);
  }

  inline static const std::vector<std::vector<int64_t>> kUnits = {{7, 3000, 1, 6000, 0, 9000},
                                                                  {5000, 12, 12'000}};

  TempLake lake_;
  std::unique_ptr<Storage> storage_;
  MadePlan made_;
  std::vector<std::vector<ColumnBuffer>> units_;
};

TEST_P(ParquetReadback, EveryValue) {
  for (const Codec codec : {Codec::kZstd, Codec::kSnappy, Codec::kNone}) {
    const std::string path = Write(codec);
    parquet::ReaderProperties properties;
    properties.set_page_checksum_verification(true);
    parquet::arrow::FileReaderBuilder builder;
    ASSERT_TRUE(builder.OpenFile(path, false, properties).ok());
    const auto reader = *builder.Build();
    EXPECT_EQ(reader->num_row_groups(), 2);
    const auto table = *reader->ReadTable();
    ASSERT_TRUE(table->ValidateFull().ok());
    for (int i = 0; i < table->num_columns(); ++i) {
      const auto& type = table->schema()->field(i)->type();
      arrow::ArrayVector expected;
      for (const auto& unit : units_) {
        expected.push_back(arrow::MakeArray(AsArrow(unit[static_cast<size_t>(i)], type)));
        ASSERT_TRUE(expected.back()->ValidateFull().ok());
      }
      EXPECT_TRUE(table->column(i)->Equals(arrow::ChunkedArray(expected)))
          << table->schema()->field(i)->ToString();
    }
  }
}

TEST_P(ParquetReadback, TheSameBytesHoweverTheRowsComeIn) {
  // The names hold the hashes of the bytes.
  const std::string name = Write(Codec::kSnappy);
  std::filesystem::remove(name);
  EXPECT_EQ(Write(Codec::kSnappy, {{18'008}, {1, 2, 3, 17'006}}), name);
}

// The least and greatest of a page or chunk, typed, as a reader gets them.
TEST_P(ParquetReadback, StatisticsHoldForEveryNumber) {
  const auto reader = parquet::ParquetFileReader::OpenFile(Write(Codec::kZstd));
  const auto metadata = reader->metadata();
  const int column = metadata->schema()->ColumnIndex("i64");
  size_t unit = 0;
  for (int group = 0; group < metadata->num_row_groups(); ++group) {
    int64_t rows = metadata->RowGroup(group)->num_rows();
    int64_t least = INT64_MAX, greatest = INT64_MIN, nulls = 0;
    for (; rows > 0; ++unit) {
      const ColumnBuffer& values = units_[unit][3 * 2];
      for (int64_t row = 0; row < values.length(); ++row) {
        const auto value = values.values().ValueAt<int64_t>(static_cast<size_t>(row));
        nulls += values.IsNull(row) ? 1 : 0;
        if (values.IsNull(row)) continue;
        least = std::min(least, value);
        greatest = std::max(greatest, value);
      }
      rows -= values.length();
    }
    const auto statistics = metadata->RowGroup(group)->ColumnChunk(column)->statistics();
    ASSERT_NE(statistics, nullptr);
    EXPECT_EQ(statistics->null_count(), nulls);
    if (!statistics->HasMinMax()) {
      EXPECT_EQ(least, INT64_MAX) << "nulls only";
      continue;
    }
    const auto& typed = static_cast<const parquet::Int64Statistics&>(*statistics);
    EXPECT_EQ(typed.min(), least);
    EXPECT_EQ(typed.max(), greatest);
  }
}

TEST_P(ParquetReadback, PagesAreIndexed) {
  const auto reader = parquet::ParquetFileReader::OpenFile(Write(Codec::kZstd));
  const int column = reader->metadata()->schema()->ColumnIndex("i64");
  for (int group = 0; group < 2; ++group) {
    const auto index = reader->GetPageIndexReader()->RowGroup(group);
    const auto pages = index->GetOffsetIndex(column)->page_locations();
    const auto ranges = index->GetColumnIndex(column);
    ASSERT_NE(ranges, nullptr);
    EXPECT_EQ(ranges->null_pages().size(), pages.size());
    int64_t row = -1;
    for (const auto& page : pages) {
      EXPECT_GT(page.first_row_index, row);
      row = page.first_row_index;
    }
    EXPECT_LT(row, reader->metadata()->RowGroup(group)->num_rows());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ParquetReadback,
    testing::Values(Shape{"few_values", 10, 5, 3}, Shape{"no_nulls", 0, 300, 2},
                    Shape{"some_thousands", 20, 3000, 3},
                    Shape{"until_the_dictionary_is_full", 0, 60'000, 4},
                    Shape{"all_different", 30, UINT64_MAX, 1}, Shape{"nulls_only", 100, 1, 1},
                    Shape{"empty_lists", 50, 100, 0}, Shape{"one_value", 0, 1, 5}),
    [](const auto& shape) { return std::string(shape.param.name); });

}  // namespace
}  // namespace lakegate
