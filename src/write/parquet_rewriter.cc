// In liblakegate_parquet.so, like the writer: what needs Arrow is loaded on demand.
#include "write/parquet_rewriter.h"

#include <arrow/api.h>
#include <arrow/compute/api_vector.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <optional>

#include "write/hashing_stream.h"
#include "write/parquet_library.h"
#include "write/stored_parquet.h"

namespace lakegate {
namespace {

constexpr int64_t kRowGroupBytes = int64_t{16} << 20;  // of memory, as the writer's
class Rewriter {
 public:
  Rewriter(Storage* storage, const RewriteOptions& options)
      : storage_(storage), options_(options) {}

  Status Add(const RewriteSource& source) {
    LAKEGATE_ASSIGN(const auto opened, OpenStoredParquet(storage_, source.path));
    parquet::arrow::FileReader& reader = *opened;
    const auto metadata = reader.parquet_reader()->metadata();
    if (!source.drop.empty() && static_cast<int64_t>(source.drop.size()) != metadata->num_rows()) {
      return UnreadableParquet(source.path, arrow::Status::Invalid("other rows than recorded"));
    }
    size_t row = 0;
    for (int group = 0; group < reader.num_row_groups(); ++group) {
      auto table = reader.ReadRowGroup(group);
      if (!table.ok()) return UnreadableParquet(source.path, table.status());
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
