#include "write/stored_parquet.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <parquet/file_reader.h>

namespace lakegate {
namespace {

constexpr int64_t kPageBytes = 256 * 1024;

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

}  // namespace

Error UnreadableParquet(const std::string& path, const arrow::Status& status) {
  std::string why = status.message();
  while (why.ends_with('\n')) why.pop_back();  // Thrift's end so
  return {ErrorCode::kCorrupt, "cannot read '" + path + "': " + why,
          "restore the file; lakegate bookmark reset makes an appended table anew"};
}

Result<std::unique_ptr<parquet::arrow::FileReader>> OpenStoredParquet(Storage* storage,
                                                                      const std::string& path) {
  LAKEGATE_ASSIGN(auto file, storage->OpenRead(path));
  LAKEGATE_ASSIGN(const FileInfo info, file->Stat());
  // What a page's checksum does not fit must not become a page with one that does.
  parquet::ReaderProperties properties(arrow::default_memory_pool());
  properties.set_page_checksum_verification(true);
  parquet::arrow::FileReaderBuilder builder;
  const arrow::Status status =
      builder.Open(std::make_shared<StoredFile>(std::move(file), info.size), properties);
  if (!status.ok()) return UnreadableParquet(path, status);
  auto opened = builder.Build();
  if (!opened.ok()) return UnreadableParquet(path, opened.status());
  return *std::move(opened);
}

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

}  // namespace lakegate
