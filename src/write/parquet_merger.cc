// In liblakegate_parquet.so, like the writer: what needs Arrow is loaded on demand.
#include "write/parquet_merger.h"

#include <arrow/api.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "write/parquet_library.h"
#include "write/stored_parquet.h"
#include "write/stored_part.h"

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
    if (part_) LAKEGATE_TRY(CloseFile());
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
      if (!part_) part_.emplace(storage_, request_.directory, request_.numbers[files_.size()]);
      LAKEGATE_TRY(part_->Write(**table, *like_));
      if (part_->group_bytes() >= row_group_bytes_) LAKEGATE_TRY(EndRowGroup());
    }
    return {};
  }

  // The next rows start another one. What it takes in the file is known when it is flushed, which
  // is then: until that it is taken to shrink as those before it did.
  Status EndRowGroup() {
    const auto flushed = static_cast<double>(part_->flushed_bytes());
    const double ratio =
        flushed_memory_ > 0 ? flushed / static_cast<double>(flushed_memory_) : ratio_;
    const double size = flushed + ratio * static_cast<double>(part_->group_bytes());
    flushed_memory_ += part_->group_bytes();
    part_->EndRowGroup();
    const bool is_full = ratio > 0 && size >= static_cast<double>(request_.target_bytes);
    const bool may_go_on = files_.size() + 1 < request_.numbers.size();
    return is_full && may_go_on ? CloseFile() : Status();
  }

  Status CloseFile() {
    flushed_memory_ += part_->group_bytes();
    LAKEGATE_TRY(part_->Close());
    if (!part_->metadata().schema()->group_node()->Equals(like_->schema()->group_node())) {
      return Error{ErrorCode::kUnsupported,
                   "the columns of " + request_.sources[0] + " would not keep their types",
                   "lakegate did not write that file; leave the table as it is"};
    }
    LAKEGATE_ASSIGN(WrittenFile written, part_->Commit());
    ratio_ = static_cast<double>(written.size) / static_cast<double>(flushed_memory_);
    files_.push_back(std::move(written));
    part_.reset();
    flushed_memory_ = 0;
    return {};
  }

  Storage* const storage_;
  const MergeRequest& request_;
  const int64_t row_group_bytes_;
  std::shared_ptr<parquet::FileMetaData> like_;  // of the largest source
  std::optional<StoredPart> part_;               // that is being written
  std::vector<WrittenFile> files_;
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
