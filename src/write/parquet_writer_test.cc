// Tables as Arrow's own reader sees them.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "storage/local_storage.h"
#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"
#include "validate/make_column.h"
#include "write/table_writer.h"

namespace lakegate {
namespace {

MadePlan EveryType() {
  MadePlan made;
  for (const int bits : {8, 16, 32, 64}) {
    for (const bool is_signed : {true, false}) {
      ValueType type{TypeKind::kInteger};
      type.bits = static_cast<uint8_t>(bits);
      type.is_signed = is_signed;
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
  FieldPlan& id = made.Add("id");
  made.Constrain(id, ConstraintKind::kFormat, ReasonCode::kFormat).format = StringFormat::kUuid;
  made.Constrain(made.Add("enum"), ConstraintKind::kEnum, ReasonCode::kEnum).values = {"a", "b"};
  made.Add("bool", {TypeKind::kBoolean});
  made.Add("day", {TypeKind::kDate});
  made.Add("at", {TypeKind::kTimestamp});
  made.Add("time", {TypeKind::kTime});
  made.Add("free", {TypeKind::kObject});  // no members known: its JSON text
  FieldPlan& object = made.Add("object", {TypeKind::kObject});
  made.AddChild(object, "x");
  FieldPlan& list = made.AddChild(object, "list", {TypeKind::kArray});
  FieldPlan& item = made.AddChild(list, "", {TypeKind::kObject});
  made.AddChild(item, "n", {TypeKind::kInteger});
  return made;
}

// A value that says which row it is; every third one is null, lists have 0 to 2 items.
void AppendValue(const FieldPlan& field, int64_t row, ColumnBuffer* column) {
  if (row % 3 == 2) return column->AppendNull();
  const int64_t number = row % 100;
  switch (column->type().kind) {
    case TypeKind::kString:
      return column->AppendText(
          field.name == "text" && row % 3 == 1 ? "" : "t" + std::to_string(number));
    case TypeKind::kDouble:
      return column->AppendReal(static_cast<double>(number) + 0.5);
    case TypeKind::kDecimal:
      return column->AppendDecimal(Int128{-number * 100 - 25});
    case TypeKind::kBoolean:
      return column->AppendInteger(number % 2);
    case TypeKind::kObject:
      for (size_t i = 0; i < field.children.size(); ++i) {
        AppendValue(field.children[i], row + static_cast<int64_t>(i), &column->children()[i]);
      }
      return column->AppendNested();
    case TypeKind::kArray:
      for (int64_t i = 0; i < row % 3 + 1; ++i) {
        AppendValue(field.children[0], row + i, &column->children()[0]);
      }
      return column->AppendNested();
    default:
      return column->AppendInteger(number);
  }
}

class ParquetWriterTest : public testing::Test {
 protected:
  ParquetWriterTest() : storage_(MakeLocalStorage()), made_(EveryType()) {
    options_.directory = lake_.root();
  }

  std::vector<ColumnBuffer> Columns(int64_t first, int64_t rows) {
    std::vector<ColumnBuffer> columns;
    for (const FieldPlan& field : made_.plan().fields) {
      columns.push_back(MakeColumn(field));
      for (int64_t row = first; row < first + rows; ++row) {
        AppendValue(field, row, &columns.back());
      }
    }
    return columns;
  }

  std::vector<WrittenFile> Write(int64_t units, int64_t rows) {
    auto writer = MakeParquetWriter(storage_.get(), made_.plan(), options_);
    EXPECT_OK(writer);
    for (int64_t unit = 0; unit < units; ++unit) {
      auto columns = Columns(unit * rows, rows);
      EXPECT_OK((*writer)->Append(&columns, rows));
      EXPECT_OK((*writer)->EndRowGroup());
    }
    auto files = (*writer)->Finish();
    EXPECT_OK(files);
    return *files;
  }

  std::shared_ptr<arrow::Table> Read(const std::string& name) {
    const auto file = *arrow::io::ReadableFile::Open(lake_.Path(name));
    auto reader = *parquet::arrow::OpenFile(file, arrow::default_memory_pool());
    row_groups_ = reader->num_row_groups();
    auto table = reader->ReadTable();
    EXPECT_TRUE(table.ok()) << table.status().ToString();
    return *table;
  }

  std::string Cell(const arrow::Table& table, const std::string& column, int64_t row) {
    return (*table.GetColumnByName(column)->GetScalar(row))->ToString();
  }

  TempLake lake_;
  std::unique_ptr<Storage> storage_;
  MadePlan made_;
  TableWriterOptions options_;
  int row_groups_ = 0;
};

TEST_F(ParquetWriterTest, EveryTypeReadBack) {
  for (const Codec codec : {Codec::kNone, Codec::kSnappy, Codec::kZstd}) {
    options_.codec = codec;
    const auto files = Write(3, 100);
    ASSERT_EQ(files.size(), 1u);
    EXPECT_EQ(files[0].rows, 300);
    const auto table = Read(files[0].name);
    ASSERT_TRUE(table->ValidateFull().ok());
    ASSERT_EQ(table->num_rows(), 300);
    EXPECT_EQ(table->num_columns(), static_cast<int>(made_.plan().fields.size()));
    for (const char* name : {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"}) {
      EXPECT_EQ(Cell(*table, name, 201), "1") << name;
      EXPECT_EQ(Cell(*table, name, 299), "null") << name;
      EXPECT_EQ(table->GetColumnByName(name)->null_count(), 100) << name;
    }
    EXPECT_EQ(Cell(*table, "f32", 6), "6.5");
    EXPECT_EQ(Cell(*table, "f64", 6), "6.5");
    for (const char* name : {"d9", "d18", "d38"}) EXPECT_EQ(Cell(*table, name, 7), "-7.25");
    EXPECT_EQ(Cell(*table, "text", 6), "t6");
    EXPECT_EQ(Cell(*table, "text", 7), "");
    EXPECT_EQ(Cell(*table, "text", 8), "null");
    EXPECT_EQ(Cell(*table, "enum", 9), "t9");
    EXPECT_EQ(Cell(*table, "bool", 9), "true");
    EXPECT_EQ(Cell(*table, "day", 9), "1970-01-10");
    EXPECT_EQ(Cell(*table, "at", 9), "1970-01-01 00:00:00.000009Z");
    EXPECT_EQ(Cell(*table, "time", 9), "00:00:00.000009");
    EXPECT_EQ(Cell(*table, "free", 9), "t9");
    const auto object = table->GetColumnByName("object");
    EXPECT_EQ(object->type()->ToString(),
              "struct<x: string, list: list<element: struct<n: int64>>>");
    EXPECT_EQ(object->null_count(), 100);
  }
}

TEST_F(ParquetWriterTest, SmallDecimalsAreIntegersInTheFile) {
  const auto files = Write(1, 10);
  const auto reader = parquet::ParquetFileReader::OpenFile(lake_.Path(files[0].name));
  const parquet::SchemaDescriptor* schema = reader->metadata()->schema();
  const auto physical = [&](const char* name) {
    return schema->Column(schema->ColumnIndex(name))->physical_type();
  };
  EXPECT_EQ(physical("d9"), parquet::Type::INT32);
  EXPECT_EQ(physical("d18"), parquet::Type::INT64);
  EXPECT_EQ(physical("d38"), parquet::Type::FIXED_LEN_BYTE_ARRAY);
}

TEST_F(ParquetWriterTest, ATableWithoutRowsHasItsColumns) {
  const auto files = Write(2, 0);
  ASSERT_EQ(files.size(), 1u);
  const auto table = Read(files[0].name);
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_EQ(table->num_columns(), static_cast<int>(made_.plan().fields.size()));
}

TEST_F(ParquetWriterTest, RowGroupsEndAtUnitsAndFilesAtTheirSize) {
  const auto one = Write(4, 50);
  ASSERT_EQ(one.size(), 1u);
  Read(one[0].name);
  EXPECT_EQ(row_groups_, 4);
  options_.target_file_bytes = 1;
  options_.directory = lake_.Path("many");
  std::filesystem::create_directory(options_.directory);
  const auto many = Write(4, 50);
  ASSERT_EQ(many.size(), 4u);
  for (size_t i = 0; i < many.size(); ++i) {
    EXPECT_TRUE(many[i].name.starts_with("part-0000" + std::to_string(i) + "-")) << many[i].name;
    const auto table = Read("many/" + many[i].name);
    EXPECT_EQ(table->num_rows(), 50);
    EXPECT_EQ(Cell(*table, "i64", 0), i % 3 == 1 ? "null" : std::to_string(i * 50 % 100));
    EXPECT_EQ(many[i].size,
              static_cast<int64_t>(std::filesystem::file_size(lake_.Path("many/" + many[i].name))));
  }
  EXPECT_EQ(lake_.List("many").size(), 4u);  // nothing else is left
}

TEST_F(ParquetWriterTest, NamesAndBytesFollowFromTheContent) {
  const auto first = Write(2, 30);
  options_.directory = lake_.Path("again");
  std::filesystem::create_directory(options_.directory);
  const auto same = Write(2, 30);
  EXPECT_EQ(first[0].name, same[0].name);
  EXPECT_TRUE(lake_.ReadFile(first[0].name) == lake_.ReadFile("again/" + same[0].name));
  EXPECT_NE(Write(2, 31)[0].name, first[0].name);
}

TEST_F(ParquetWriterTest, ConstantsAreAddedAndFieldsLeftOut) {
  options_.left_out = {0, 2};
  options_.constants.push_back({"run", {}, {}, "r-17"});
  Scalar instant;
  instant.integer = 1;
  options_.constants.push_back({"loaded_at", {TypeKind::kTimestamp}, instant, ""});
  const auto table = Read(Write(2, 10)[0].name);
  EXPECT_EQ(table->GetColumnByName("i8"), nullptr);
  EXPECT_EQ(Cell(*table, "run", 19), "r-17");
  EXPECT_EQ(Cell(*table, "loaded_at", 0), "1970-01-01 00:00:00.000001Z");
  EXPECT_EQ(Cell(*table, "u8", 3), "3");
}

TEST_F(ParquetWriterTest, DroppedWithoutFinishItLeavesNothing) {
  auto writer = MakeParquetWriter(storage_.get(), made_.plan(), options_);
  ASSERT_OK(writer);
  auto columns = Columns(0, 10);
  ASSERT_OK((*writer)->Append(&columns, 10));
  writer->reset();
  EXPECT_EQ(lake_.List(), std::vector<std::string>{});
}

}  // namespace
}  // namespace lakegate
