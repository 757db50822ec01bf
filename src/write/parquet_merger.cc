// In liblakegate_parquet.so, like the writer: what needs Arrow is loaded on demand.
#include "write/parquet_merger.h"

#include <arrow/api.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "write/hashing_stream.h"
#include "write/parquet_library.h"
#include "write/stored_parquet.h"

namespace lakegate {
namespace {

constexpr int64_t kMostRowGroupBytes = int64_t{16} << 20;  // of memory, as the writer's

class Merger {
 public:
  Merger(Storage* storage, const MergeRequest& request)
      : storage_(storage),
        request_(request),
        row_group_bytes_(std::clamp<int64_t>(request.target_bytes, 1, kMostRowGroupBytes)) {}

  Result<std::vector<WrittenFile>> Run() {
    LAKEGATE_TRY(FindLargest());
    for (const std::string& source : request_.sources) LAKEGATE_TRY(Add(source));
    if (writer_) LAKEGATE_TRY(CloseFile());
    return std::move(files_);
  }

 private:
  Status FindLargest() {
    std::string largest;
    int64_t most = -1;
    for (const std::string& source : request_.sources) {
      LAKEGATE_ASSIGN(const FileInfo info, storage_->Stat(source));
      if (info.size > most) largest = source;
      most = std::max(most, info.size);
    }
    LAKEGATE_ASSIGN(const auto opened, OpenStoredParquet(storage_, largest));
    like_ = opened->parquet_reader()->metadata();
    return {};
  }

  Status Add(const std::string& source) {
    LAKEGATE_ASSIGN(const auto reader, OpenStoredParquet(storage_, source));
    for (int group = 0; group < reader->num_row_groups(); ++group) {
      const auto table = reader->ReadRowGroup(group);
      if (!table.ok()) return UnreadableParquet(source, table.status());
      if ((*table)->num_rows() == 0) continue;
      if (const arrow::Status written = Write(**table); !written.ok()) return WriteError(written);
      if (group_bytes_ >= row_group_bytes_) LAKEGATE_TRY(EndRowGroup());
    }
    return {};
  }

  arrow::Status Write(const arrow::Table& table) {
    if (!writer_) ARROW_RETURN_NOT_OK(OpenFile(*table.schema()));
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

  // The next rows start another one. What it takes in the file is known when it is flushed, which
  // is then: until that it is taken to shrink as those before it did.
  Status EndRowGroup() {
    const auto flushed = static_cast<double>(stream_->file().size());
    const double ratio =
        flushed_memory_ > 0 ? flushed / static_cast<double>(flushed_memory_) : ratio_;
    const double size = flushed + ratio * static_cast<double>(group_bytes_);
    flushed_memory_ += group_bytes_;
    group_bytes_ = 0;
    const bool is_full = ratio > 0 && size >= static_cast<double>(request_.target_bytes);
    const bool may_go_on = files_.size() + 1 < request_.numbers.size();
    return is_full && may_go_on ? CloseFile() : Status();
  }

  int64_t Number() const { return request_.numbers[files_.size()]; }

  arrow::Status OpenFile(const arrow::Schema& schema) {
    const std::string path = request_.directory + "/part-" + std::to_string(Number()) + ".tmp";
    auto file = storage_->Create(path, {WhenExists::kFail, Durability::kNone});
    if (!file) {
      error_ = file.error();
      return arrow::Status::IOError(file.error().message);
    }
    stream_ = std::make_shared<HashingStream>(std::move(*file));
    ARROW_ASSIGN_OR_RAISE(
        writer_, parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), stream_,
                                                  PropertiesLike(*like_)));
    return arrow::Status::OK();
  }

  Status CloseFile() {
    if (const arrow::Status closed = writer_->Close(); !closed.ok()) return WriteError(closed);
    const parquet::schema::GroupNode& written_as = *writer_->metadata()->schema()->group_node();
    if (!written_as.Equals(like_->schema()->group_node())) {
      return Error{ErrorCode::kUnsupported,
                   "the columns of " + request_.sources[0] + " would not keep their types",
                   "lakegate did not write that file; leave the table as it is"};
    }
    WrittenFile written;
    written.name = PartFileName(Number(), stream_->Hash8());
    written.size = stream_->file().size();
    written.rows = rows_;
    LAKEGATE_TRY(stream_->file().CommitAs(request_.directory + "/" + written.name));
    flushed_memory_ += group_bytes_;
    ratio_ = static_cast<double>(written.size) / static_cast<double>(flushed_memory_);
    files_.push_back(std::move(written));
    writer_.reset();
    stream_.reset();
    rows_ = group_bytes_ = flushed_memory_ = 0;
    return {};
  }

  Error WriteError(const arrow::Status& status) const {
    if (error_) return *error_;
    if (stream_ && stream_->error()) return *stream_->error();
    return {ErrorCode::kUnavailable, "cannot write Parquet: " + status.message(),
            "see the free space of the tables zone"};
  }

  Storage* const storage_;
  const MergeRequest& request_;
  const int64_t row_group_bytes_;
  std::shared_ptr<parquet::FileMetaData> like_;  // of the largest source
  std::shared_ptr<HashingStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::optional<Error> error_;
  std::vector<WrittenFile> files_;
  int64_t rows_ = 0;            // of the open file
  int64_t group_bytes_ = 0;     // of memory; 0: the next rows start a row group
  int64_t flushed_memory_ = 0;  // of the row groups before
  double ratio_ = 0;            // bytes in the last file by bytes of memory; 0: not known
};

Result<std::string> SchemaText(Storage* storage, const std::string& path) {
  LAKEGATE_ASSIGN(const auto reader, OpenStoredParquet(storage, path));
  std::ostringstream text;
  const auto metadata = reader->parquet_reader()->metadata();
  parquet::schema::PrintSchema(metadata->schema()->group_node(), text);
  return text.str();
}

}  // namespace
}  // namespace lakegate

extern "C" __attribute__((visibility("default"))) void lakegate_merge_parquet(
    lakegate::Storage* storage, const lakegate::MergeRequest* request,
    lakegate::Result<std::vector<lakegate::WrittenFile>>* written) {
  *written = lakegate::Merger(storage, *request).Run();
}

extern "C" __attribute__((visibility("default"))) void lakegate_parquet_schema(
    lakegate::Storage* storage, const std::string* path, lakegate::Result<std::string>* text) {
  *text = lakegate::SchemaText(storage, *path);
}
