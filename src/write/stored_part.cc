#include "write/stored_part.h"

#include <arrow/util/byte_size.h>

#include <algorithm>

#include "write/parquet_library.h"
#include "write/stored_parquet.h"

namespace lakegate {

Status StoredPart::Write(const arrow::Table& table, const parquet::FileMetaData& like) {
  const arrow::Status written = WriteRows(table, like);
  return written.ok() ? Status() : WriteError(written);
}

arrow::Status StoredPart::WriteRows(const arrow::Table& table, const parquet::FileMetaData& like) {
  if (!writer_) ARROW_RETURN_NOT_OK(Open(*table.schema(), like));
  if (group_bytes_ == 0) ARROW_RETURN_NOT_OK(writer_->NewBufferedRowGroup());
  arrow::TableBatchReader batches(table);
  for (;;) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, batches.Next());
    if (!batch) break;
    ARROW_RETURN_NOT_OK(writer_->WriteRecordBatch(*batch));
  }
  rows_ += table.num_rows();
  group_bytes_ += std::max<int64_t>(arrow::util::TotalBufferSize(table), 1);
  return arrow::Status::OK();
}

arrow::Status StoredPart::Open(const arrow::Schema& schema, const parquet::FileMetaData& like) {
  const std::string path = directory_ + "/part-" + std::to_string(number_) + ".tmp";
  auto file = storage_->Create(path, {WhenExists::kFail, Durability::kNone});
  if (!file) {
    error_ = file.error();
    return arrow::Status::IOError(file.error().message);
  }
  stream_ = std::make_shared<HashingStream>(std::move(*file));
  ARROW_ASSIGN_OR_RAISE(
      writer_, parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), stream_,
                                                PropertiesLike(like)));
  return arrow::Status::OK();
}

Status StoredPart::Close() {
  const arrow::Status closed = writer_->Close();
  return closed.ok() ? Status() : WriteError(closed);
}

Result<WrittenFile> StoredPart::Commit() {
  WrittenFile written;
  written.name = PartFileName(number_, stream_->Hash8());
  written.size = stream_->file().size();
  written.rows = rows_;
  LAKEGATE_TRY(stream_->file().CommitAs(directory_ + "/" + written.name));
  return written;
}

Error StoredPart::WriteError(const arrow::Status& status) const {
  if (error_) return *error_;
  if (stream_ && stream_->error()) return *stream_->error();
  return {ErrorCode::kUnavailable, "cannot write Parquet: " + status.message(),
          "see the free space of the tables zone"};
}

}  // namespace lakegate
