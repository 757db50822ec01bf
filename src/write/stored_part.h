// A part file made of rows that were stored before. In liblakegate_parquet.so, like the writer.
#pragma once

#include <arrow/api.h>
#include <parquet/arrow/writer.h>
#include <parquet/metadata.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/result.h"
#include "storage/storage.h"
#include "write/hashing_stream.h"
#include "write/table_writer.h"

namespace lakegate {

// Write, Close, Commit; it appears in its folder at Commit, under the name of its content, or
// never.
class StoredPart {
 public:
  // Borrows the storage.
  StoredPart(Storage* storage, std::string directory, int64_t number)
      : storage_(storage), directory_(std::move(directory)), number_(number) {}

  // Encodings and compression become those of the first call's `like`.
  Status Write(const arrow::Table& table, const parquet::FileMetaData& like);
  // The next rows start another row group.
  void EndRowGroup() { group_bytes_ = 0; }
  Status Close();
  // As it was written; after Close.
  const parquet::FileMetaData& metadata() const { return *writer_->metadata(); }
  Result<WrittenFile> Commit();

  int64_t flushed_bytes() const { return stream_->file().size(); }  // once something was written
  int64_t group_bytes() const { return group_bytes_; }  // of memory, of the open row group

 private:
  arrow::Status Open(const arrow::Schema& schema, const parquet::FileMetaData& like);
  arrow::Status WriteRows(const arrow::Table& table, const parquet::FileMetaData& like);
  Error WriteError(const arrow::Status& status) const;

  Storage* const storage_;
  const std::string directory_;
  const int64_t number_;
  std::shared_ptr<HashingStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::optional<Error> error_;  // of opening
  int64_t rows_ = 0;
  int64_t group_bytes_ = 0;  // 0: the next rows start a row group
};

}  // namespace lakegate
