// Parquet through Arrow's writer. The only file that includes Arrow: a library of its own, loaded
// when a table is to be written (write/parquet_library.cc).
#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "core/check.h"
#include "validate/make_column.h"
#include "write/parquet_library.h"

namespace lakegate {
namespace {

// Every column of every open file holds a page: 1 MB pages took 100 MB more, and no less space.
constexpr int64_t kPageBytes = 256 * 1024;

Error ArrowError(const arrow::Status& status) {
  return {status.IsIOError() ? ErrorCode::kUnavailable : ErrorCode::kUnsupported,
          "cannot write Parquet: " + status.message(), "see the free space of the tables zone"};
}

// Arrow's default pool keeps what it once had: 220 MB instead of 130 for the same work.
arrow::MemoryPool* ThriftyPool() {
  arrow::MemoryPool* pool = nullptr;
  return arrow::jemalloc_memory_pool(&pool).ok() ? pool : arrow::system_memory_pool();
}

std::shared_ptr<arrow::DataType> ArrowType(const ColumnBuffer& column, const FieldPlan* field) {
  const ValueType& type = column.type();
  switch (type.kind) {
    case TypeKind::kString:
      return arrow::utf8();
    case TypeKind::kInteger:
      switch (type.bits) {
        case 8:
          return type.is_signed ? arrow::int8() : arrow::uint8();
        case 16:
          return type.is_signed ? arrow::int16() : arrow::uint16();
        case 32:
          return type.is_signed ? arrow::int32() : arrow::uint32();
        default:
          return type.is_signed ? arrow::int64() : arrow::uint64();
      }
    case TypeKind::kDouble:
      return type.bits == 32 ? arrow::float32() : arrow::float64();
    case TypeKind::kDecimal:
      return arrow::decimal128(type.precision, type.scale);
    case TypeKind::kBoolean:
      return arrow::boolean();
    case TypeKind::kDate:
      return arrow::date32();
    case TypeKind::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case TypeKind::kTime:
      return arrow::time64(arrow::TimeUnit::MICRO);
    case TypeKind::kArray:
      return arrow::list(arrow::field(
          "element", ArrowType(column.children()[0], field ? &field->children[0] : nullptr)));
    case TypeKind::kMap: {
      const ColumnBuffer& entry = column.children()[0];
      const FieldPlan& parts = field->children[0];
      return arrow::map(ArrowType(entry.children()[0], &parts.children[0]),
                        ArrowType(entry.children()[1], &parts.children[1]));
    }
    case TypeKind::kObject: {
      arrow::FieldVector members;
      for (size_t i = 0; i < column.children().size(); ++i) {
        members.push_back(arrow::field(field->children[i].name,
                                       ArrowType(column.children()[i], &field->children[i])));
      }
      return arrow::struct_(members);
    }
  }
  LAKEGATE_CHECK(false, "every type kind has an Arrow type");
}

std::shared_ptr<arrow::Buffer> Wrap(const ByteBuffer& buffer) {
  return std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(buffer.data()),
                                         static_cast<int64_t>(buffer.size()));
}

// The buffers as an Arrow array, without copying: valid as long as `column` is not touched.
std::shared_ptr<arrow::ArrayData> WrapColumn(const ColumnBuffer& column,
                                             const std::shared_ptr<arrow::DataType>& type) {
  std::vector<std::shared_ptr<arrow::Buffer>> buffers = {
      column.null_count() > 0 ? Wrap(column.validity()) : nullptr};
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  const TypeKind kind = column.type().kind;
  if (kind == TypeKind::kString || kind == TypeKind::kArray || kind == TypeKind::kMap) {
    buffers.push_back(Wrap(column.offsets()));
  }
  if (!IsNested(kind)) buffers.push_back(Wrap(column.values()));
  for (size_t i = 0; i < column.children().size(); ++i) {
    children.push_back(WrapColumn(column.children()[i], type->field(static_cast<int>(i))->type()));
  }
  return arrow::ArrayData::Make(type, column.length(), std::move(buffers), std::move(children),
                                column.null_count());
}

// Writes to a PendingFile and hashes what passes.
class HashingStream : public arrow::io::OutputStream {
 public:
  explicit HashingStream(std::unique_ptr<PendingFile> file) : file_(std::move(file)) {
    state_ = XXH3_createState();
    LAKEGATE_CHECK(state_ != nullptr, "out of memory");
    XXH3_64bits_reset(state_);
  }
  ~HashingStream() override { XXH3_freeState(state_); }

  arrow::Status Write(const void* data, int64_t bytes) override {
    const std::string_view view(static_cast<const char*>(data), static_cast<size_t>(bytes));
    XXH3_64bits_update(state_, view.data(), view.size());
    if (Status status = file_->Write(view); !status) {
      error_ = status.error();
      return arrow::Status::IOError(status.error().message);
    }
    return arrow::Status::OK();
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return file_->size(); }

  PendingFile& file() { return *file_; }
  const std::optional<Error>& error() const { return error_; }
  std::string Hash8() const {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(XXH3_64bits_digest(state_)));
    return text;
  }

 private:
  std::unique_ptr<PendingFile> file_;
  XXH3_state_t* state_ = nullptr;
  std::optional<Error> error_;
  bool closed_ = false;
};

arrow::Compression::type ArrowCodec(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return arrow::Compression::UNCOMPRESSED;
    case Codec::kSnappy:
      return arrow::Compression::SNAPPY;
    case Codec::kZstd:
      return arrow::Compression::ZSTD;
  }
  return arrow::Compression::UNCOMPRESSED;
}

bool HasUuidFormat(const FieldPlan& field) {
  return std::any_of(field.constraints.begin(), field.constraints.end(), [](const Constraint& c) {
    return c.kind == ConstraintKind::kFormat && c.format == StringFormat::kUuid;
  });
}

bool HasEnum(const FieldPlan& field) {
  return std::any_of(field.constraints.begin(), field.constraints.end(),
                     [](const Constraint& c) { return c.kind == ConstraintKind::kEnum; });
}

// `path` is the column's path in the Parquet schema. Least and greatest values of free text and of
// random ids help no reader and cost a seventh of the encoding.
void SetColumnProperties(const FieldPlan& field, const std::string& path,
                         parquet::WriterProperties::Builder* builder) {
  if (!field.children.empty()) {
    // A map's one child is called as the Parquet format calls it: key_value, with key and value.
    for (const FieldPlan& child : field.children) {
      const bool is_item = field.type.kind == TypeKind::kArray;
      SetColumnProperties(child, path + (is_item ? ".list.element" : "." + child.name), builder);
    }
    return;
  }
  const bool is_text = field.type.kind == TypeKind::kString || IsNested(field.type.kind);
  if (HasEnum(field) || field.type.kind == TypeKind::kBoolean) {
    builder->enable_dictionary(path);
  } else if (is_text) {
    builder->disable_statistics(path);
  }
  if (HasUuidFormat(field)) builder->compression(path, arrow::Compression::UNCOMPRESSED);
}

class ParquetWriter : public TableWriter {
 public:
  ParquetWriter(Storage* storage, const CheckPlan& plan, TableWriterOptions options)
      : storage_(storage), plan_(plan), options_(std::move(options)) {
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      const auto& out = options_.left_out;
      if (std::find(out.begin(), out.end(), static_cast<int>(i)) == out.end()) {
        stored_.push_back(i);
      }
    }
    MakeSchema();
    MakeProperties();
  }

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (rows == 0) return {};
    if (!writer_) LAKEGATE_TRY(OpenFile());
    arrow::ArrayVector arrays;
    for (size_t i = 0; i < stored_.size(); ++i) {
      const ColumnBuffer& column = (*columns)[stored_[i]];
      arrays.push_back(
          arrow::MakeArray(WrapColumn(column, schema_->field(static_cast<int>(i))->type())));
    }
    for (size_t i = 0; i < options_.row_columns.size(); ++i) {
      const ColumnBuffer& column = (*columns)[plan_.fields.size() + i];
      arrays.push_back(arrow::MakeArray(
          WrapColumn(column, schema_->field(static_cast<int>(stored_.size() + i))->type())));
    }
    for (const ConstantColumn& constant : options_.constants) {
      auto array = MakeConstant(constant, rows);
      if (!array.ok()) return ArrowError(array.status());
      arrays.push_back(std::move(array).ValueUnsafe());
    }
    if (!in_row_group_) LAKEGATE_TRY(Checked(writer_->NewBufferedRowGroup()));
    in_row_group_ = true;
    const auto batch = arrow::RecordBatch::Make(schema_, rows, std::move(arrays));
    LAKEGATE_TRY(Checked(writer_->WriteRecordBatch(*batch)));
    rows_ += rows;
    return {};
  }

  Status EndRowGroup() override {
    in_row_group_ = false;
    if (!writer_ || stream_->file().size() < options_.target_file_bytes) return {};
    return CloseFile();
  }

  Result<std::vector<WrittenFile>> Finish() override {
    // A table without rows still has a file: readers learn its columns.
    if (!writer_ && files_.empty()) LAKEGATE_TRY(OpenFile());
    if (writer_) LAKEGATE_TRY(CloseFile());
    return files_;
  }

 private:
  void MakeSchema() {
    arrow::FieldVector fields;
    for (const size_t i : stored_) {
      const FieldPlan& field = plan_.fields[i];
      fields.push_back(arrow::field(field.name, ArrowType(MakeColumn(field), &field)));
    }
    for (const AddedField& added : options_.row_columns) {
      fields.push_back(arrow::field(added.name, ArrowType(ColumnBuffer(added.type, {}), nullptr)));
    }
    for (const ConstantColumn& constant : options_.constants) {
      fields.push_back(
          arrow::field(constant.name, ArrowType(ColumnBuffer(constant.type, {}), nullptr)));
    }
    schema_ = arrow::schema(fields);
  }

  // Per column: dictionaries only for enums and constants, random ids uncompressed. Arrow's own
  // level for zstd is 1; setting it would fail for the uncompressed columns.
  void MakeProperties() {
    parquet::WriterProperties::Builder builder;
    builder.memory_pool(ThriftyPool())
        ->version(parquet::ParquetVersion::PARQUET_2_6)
        ->created_by("lakegate")
        ->enable_write_page_index()
        ->enable_page_checksum()
        ->enable_store_decimal_as_integer()
        ->disable_dictionary()
        ->data_pagesize(kPageBytes)
        ->compression(ArrowCodec(options_.codec));
    for (const size_t i : stored_) {
      SetColumnProperties(plan_.fields[i], plan_.fields[i].name, &builder);
    }
    for (const AddedField& added : options_.row_columns) {
      if (added.type.kind != TypeKind::kInteger) builder.enable_dictionary(added.name);
    }
    for (const ConstantColumn& constant : options_.constants) {
      builder.enable_dictionary(constant.name);
    }
    properties_ = builder.build();
    arrow_properties_ = parquet::ArrowWriterProperties::Builder().set_use_threads(false)->build();
  }

  Status OpenFile() {
    const std::string path = options_.directory + "/part-" + std::to_string(Number()) + ".tmp";
    LAKEGATE_ASSIGN(auto file, storage_->Create(path, {WhenExists::kFail, Durability::kNone}));
    stream_ = std::make_shared<HashingStream>(std::move(file));
    auto writer = parquet::arrow::FileWriter::Open(*schema_, ThriftyPool(), stream_, properties_,
                                                   arrow_properties_);
    if (!writer.ok()) return ArrowError(writer.status());
    writer_ = std::move(writer).ValueUnsafe();
    rows_ = 0;
    in_row_group_ = false;
    return {};
  }

  int64_t Number() const {
    return options_.first_number + static_cast<int64_t>(files_.size()) * options_.number_step;
  }

  Status CloseFile() {
    LAKEGATE_TRY(Checked(writer_->Close()));
    writer_.reset();
    char number[16];
    std::snprintf(number, sizeof number, "%05lld", static_cast<long long>(Number()));
    WrittenFile written;
    written.name = std::string("part-") + number + "-" + stream_->Hash8() + ".parquet";
    written.size = stream_->file().size();
    written.rows = rows_;
    LAKEGATE_TRY(stream_->file().CommitAs(options_.directory + "/" + written.name));
    files_.push_back(std::move(written));
    return {};
  }

  Status Checked(const arrow::Status& status) {
    if (status.ok()) return {};
    if (stream_ && stream_->error()) return *stream_->error();
    return ArrowError(status);
  }

  arrow::Result<std::shared_ptr<arrow::Array>> MakeConstant(const ConstantColumn& constant,
                                                            int64_t rows) {
    std::shared_ptr<arrow::Scalar> scalar;
    if (constant.type.kind == TypeKind::kString) {
      scalar = std::make_shared<arrow::StringScalar>(constant.text);
    } else if (constant.type.kind == TypeKind::kTimestamp) {
      scalar = std::make_shared<arrow::TimestampScalar>(
          constant.value.integer, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"));
    } else {
      scalar = std::make_shared<arrow::Int64Scalar>(constant.value.integer);
    }
    return arrow::MakeArrayFromScalar(*scalar, rows);
  }

  Storage* const storage_;
  const CheckPlan& plan_;
  const TableWriterOptions options_;
  std::vector<size_t> stored_;  // indexes of the fields that are columns of the files
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<parquet::WriterProperties> properties_;
  std::shared_ptr<parquet::ArrowWriterProperties> arrow_properties_;
  std::shared_ptr<HashingStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::vector<WrittenFile> files_;
  int64_t rows_ = 0;
  bool in_row_group_ = false;
};

}  // namespace

}  // namespace lakegate

extern "C" __attribute__((visibility("default"))) void lakegate_make_parquet_writer(
    lakegate::Storage* storage, const lakegate::CheckPlan* plan,
    const lakegate::TableWriterOptions* options, std::unique_ptr<lakegate::TableWriter>* writer) {
  *writer = std::make_unique<lakegate::ParquetWriter>(storage, *plan, *options);
}
