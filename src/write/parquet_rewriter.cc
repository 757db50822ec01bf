// In liblakegate_parquet.so, like the writer: what needs Arrow is loaded on demand.
#include "write/parquet_rewriter.h"

#include <arrow/api.h>
#include <arrow/compute/api_vector.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <optional>

#include "write/hashing_stream.h"
#include "write/parquet_library.h"

namespace lakegate {
namespace {

constexpr int64_t kRowGroupBytes = int64_t{16} << 20;  // of memory, as the writer's
constexpr int64_t kPageBytes = 256 * 1024;

Error Unreadable(const std::string& path, const arrow::Status& status) {
  return {ErrorCode::kCorrupt, "cannot read '" + path + "': " + status.message(),
          "restore the file; lakegate bookmark reset makes an appended table anew"};
}

// A file of the storage as Arrow reads it.
class StoredFile : public arrow::io::RandomAccessFile {
 public:
  StoredFile(std::unique_ptr<ReadableFile> file, int64_t size)
      : file_(std::move(file)), size_(size) {}
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Seek(int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> GetSize() override { return size_; }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override {
    int64_t done = 0;
    while (done < bytes) {
      const Result<size_t> got = file_->ReadAt(
          position + done, {static_cast<char*>(out) + done, static_cast<size_t>(bytes - done)});
      if (!got) return arrow::Status::IOError(got.error().message);
      if (*got == 0) break;
      done += static_cast<int64_t>(*got);
    }
    return done;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(bytes));
    ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position, bytes, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(got));
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }
  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position_, bytes, out));
    position_ += got;
    return got;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
    position_ += buffer->size();
    return buffer;
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  int64_t size_;
  int64_t position_ = 0;
  bool closed_ = false;
};

// As the source's columns were written: the contract behind them may be an older one.
std::shared_ptr<parquet::WriterProperties> PropertiesLike(const parquet::FileMetaData& source) {
  parquet::WriterProperties::Builder builder;
  builder.version(parquet::ParquetVersion::PARQUET_2_6)
      ->created_by("lakegate")
      ->enable_write_page_index()
      ->enable_page_checksum()
      ->enable_store_decimal_as_integer()
      ->disable_dictionary()
      ->data_pagesize(kPageBytes);
  if (source.num_row_groups() == 0) return builder.build();
  const auto group = source.RowGroup(0);
  for (int i = 0; i < group->num_columns(); ++i) {
    const auto column = group->ColumnChunk(i);
    const std::string path = column->path_in_schema()->ToDotString();
    builder.compression(path, column->compression());
    if (column->has_dictionary_page()) builder.enable_dictionary(path);
    if (!column->is_stats_set()) builder.disable_statistics(path);
    for (const parquet::Encoding::type encoding : column->encodings()) {
      const bool is_delta = encoding == parquet::Encoding::DELTA_BINARY_PACKED ||
                            encoding == parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY ||
                            encoding == parquet::Encoding::DELTA_BYTE_ARRAY;
      // Of the values; levels are always RLE.
      if (is_delta && !column->has_dictionary_page()) builder.encoding(path, encoding);
    }
  }
  return builder.build();
}

class Rewriter {
 public:
  Rewriter(Storage* storage, const RewriteOptions& options)
      : storage_(storage), options_(options) {}

  Status Add(const RewriteSource& source) {
    LAKEGATE_ASSIGN(auto file, storage_->OpenRead(source.path));
    LAKEGATE_ASSIGN(const FileInfo info, file->Stat());
    auto opened = parquet::arrow::OpenFile(std::make_shared<StoredFile>(std::move(file), info.size),
                                           arrow::default_memory_pool());
    if (!opened.ok()) return Unreadable(source.path, opened.status());
    parquet::arrow::FileReader& reader = **opened;
    const auto metadata = reader.parquet_reader()->metadata();
    if (!source.drop.empty() && static_cast<int64_t>(source.drop.size()) != metadata->num_rows()) {
      return Unreadable(source.path, arrow::Status::Invalid("other rows than recorded"));
    }
    size_t row = 0;
    for (int group = 0; group < reader.num_row_groups(); ++group) {
      auto table = reader.ReadRowGroup(group);
      if (!table.ok()) return Unreadable(source.path, table.status());
      const auto rows = static_cast<size_t>((*table)->num_rows());
      const arrow::Status written = Write(*metadata, *std::move(table), source.drop, row);
      if (!written.ok()) return WriteError(written);
      row += rows;
    }
    return {};
  }

  Result<WrittenFile> Finish() {
    WrittenFile written;
    if (!writer_) return written;
    if (const arrow::Status closed = writer_->Close(); !closed.ok()) return WriteError(closed);
    written.name = PartFileName(options_.number, stream_->Hash8());
    written.size = stream_->file().size();
    written.rows = rows_;
    LAKEGATE_TRY(stream_->file().CommitAs(options_.directory + "/" + written.name));
    return written;
  }

 private:
  arrow::Status Write(const parquet::FileMetaData& metadata, std::shared_ptr<arrow::Table> table,
                      const std::vector<bool>& drop, size_t first) {
    ARROW_ASSIGN_OR_RAISE(table, Kept(std::move(table), drop, first));
    if (table->num_rows() == 0) return arrow::Status::OK();
    for (const std::string& name : options_.dropped_columns) {
      const int at = table->schema()->GetFieldIndex(name);
      if (at >= 0) {
        ARROW_ASSIGN_OR_RAISE(table, table->RemoveColumn(at));
      }
    }
    if (!writer_) ARROW_RETURN_NOT_OK(Open(metadata, *table->schema()));
    if (group_bytes_ == 0) ARROW_RETURN_NOT_OK(writer_->NewBufferedRowGroup());
    arrow::TableBatchReader batches(*table);
    for (;;) {
      ARROW_ASSIGN_OR_RAISE(const auto batch, batches.Next());
      if (!batch) break;
      ARROW_RETURN_NOT_OK(writer_->WriteRecordBatch(*batch));
    }
    rows_ += table->num_rows();
    group_bytes_ += std::max<int64_t>(arrow::util::TotalBufferSize(*table), 1);
    if (group_bytes_ >= kRowGroupBytes) group_bytes_ = 0;
    return arrow::Status::OK();
  }

  static arrow::Result<std::shared_ptr<arrow::Table>> Kept(std::shared_ptr<arrow::Table> table,
                                                           const std::vector<bool>& drop,
                                                           size_t first) {
    if (drop.empty()) return table;
    arrow::BooleanBuilder keep;
    const auto rows = static_cast<size_t>(table->num_rows());
    for (size_t i = 0; i < rows; ++i) ARROW_RETURN_NOT_OK(keep.Append(!drop[first + i]));
    ARROW_ASSIGN_OR_RAISE(const auto mask, keep.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto kept, arrow::compute::Filter(table, mask));
    return kept.table();
  }

  arrow::Status Open(const parquet::FileMetaData& metadata, const arrow::Schema& schema) {
    const std::string path =
        options_.directory + "/part-" + std::to_string(options_.number) + ".tmp";
    auto file = storage_->Create(path, {WhenExists::kFail, Durability::kNone});
    if (!file) {
      error_ = file.error();
      return arrow::Status::IOError(file.error().message);
    }
    stream_ = std::make_shared<HashingStream>(std::move(*file));
    ARROW_ASSIGN_OR_RAISE(
        writer_, parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), stream_,
                                                  PropertiesLike(metadata)));
    return arrow::Status::OK();
  }

  Error WriteError(const arrow::Status& status) const {
    if (error_) return *error_;
    if (stream_ && stream_->error()) return *stream_->error();
    return {ErrorCode::kUnavailable, "cannot write Parquet: " + status.message(),
            "see the free space of the tables zone"};
  }

  Storage* const storage_;
  const RewriteOptions& options_;
  std::shared_ptr<HashingStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::optional<Error> error_;
  int64_t rows_ = 0;
  int64_t group_bytes_ = 0;  // 0: the next rows start a row group
};

Result<WrittenFile> Rewrite(Storage* storage, const std::vector<RewriteSource>& sources,
                            const RewriteOptions& options) {
  Rewriter rewriter(storage, options);
  for (const RewriteSource& source : sources) LAKEGATE_TRY(rewriter.Add(source));
  return rewriter.Finish();
}

}  // namespace
}  // namespace lakegate

extern "C" __attribute__((visibility("default"))) void lakegate_rewrite_parquet(
    lakegate::Storage* storage, const std::vector<lakegate::RewriteSource>* sources,
    const lakegate::RewriteOptions* options, lakegate::Result<lakegate::WrittenFile>* written) {
  *written = lakegate::Rewrite(storage, *sources, *options);
}
