#include "write/quarantine_writer.h"

#include <vector>

#include "core/utf8.h"
#include "read/json_text.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

constexpr size_t kCopyBytes = 1024 * 1024;
constexpr size_t kFlushBytes = 1024 * 1024;  // of one file: what a block takes without a copy

void AppendMember(const char* name, int64_t value, std::string* out) {
  out->append(",\"").append(name).append("\":").append(std::to_string(value));
}

}  // namespace

Result<std::unique_ptr<QuarantineWriter>> QuarantineWriter::Open(Storage* storage,
                                                                 std::string directory,
                                                                 const CheckPlan& plan,
                                                                 Durability durability) {
  LAKEGATE_TRY(storage->MakeDirectories(directory, DirectoryAccess::kOwnerOnly));
  std::unique_ptr<QuarantineWriter> writer(new QuarantineWriter(storage, directory, plan));
  const CreateOptions options{WhenExists::kReplace, durability};
  LAKEGATE_ASSIGN(writer->index_, storage->Create(directory + "/rejects.ndjson", options));
  LAKEGATE_ASSIGN(writer->bytes_, storage->Create(directory + "/rejects.bytes", options));
  return writer;
}

Status QuarantineWriter::CopyRange(ReadableFile* source, int64_t offset, int64_t length) {
  LAKEGATE_TRY(Flush());
  std::vector<char> buffer(kCopyBytes);
  while (length > 0) {
    const size_t wanted = static_cast<size_t>(std::min<int64_t>(length, kCopyBytes));
    LAKEGATE_ASSIGN(const size_t got, source->ReadAt(offset, {buffer.data(), wanted}));
    if (got == 0) {
      return Error{ErrorCode::kConflict, "the file became shorter while it was read",
                   "let the producer finish first; then run again"};
    }
    LAKEGATE_TRY(bytes_->Write({buffer.data(), got}));
    offset += static_cast<int64_t>(got);
    length -= static_cast<int64_t>(got);
  }
  return {};
}

Status QuarantineWriter::Write(const std::string& file, const ReasonedRecord& record,
                               std::string_view index_text, ReadableFile* source) {
  const bool cut = static_cast<int64_t>(record.bytes.size()) < record.length;
  const int64_t kept = cut && !source ? static_cast<int64_t>(record.bytes.size()) : record.length;
  std::string& out = index_buffer_;
  if (file != file_ || file_json_.empty()) {
    file_ = file;
    file_json_.clear();
    AppendJsonString(ReplaceInvalidUtf8(file), &file_json_);
  }
  out.append("{\"file\":").append(file_json_);
  AppendMember("line", record.line, &out);
  AppendMember("offset", record.offset, &out);
  AppendMember("length", kept, &out);
  if (kept != record.length) AppendMember("full_length", record.length, &out);
  AppendMember("record", record.record, &out);
  AppendMember("position", position_, &out);
  if (index_text.empty()) {
    AppendIndexText(record, plan_, &out);
  } else {
    out.append(index_text);
  }
  if (cut && source) {
    LAKEGATE_TRY(CopyRange(source, record.offset, record.length));
  } else {
    bytes_buffer_.append(record.bytes);
  }
  position_ += kept;
  ++records_;
  if (index_buffer_.size() >= kFlushBytes) {
    LAKEGATE_TRY(index_->Write(index_buffer_));
    index_buffer_.clear();
  }
  if (bytes_buffer_.size() >= kFlushBytes) {
    LAKEGATE_TRY(bytes_->Write(bytes_buffer_));
    bytes_buffer_.clear();
  }
  return {};
}

Status QuarantineWriter::Flush() {
  LAKEGATE_TRY(index_->Write(index_buffer_));
  LAKEGATE_TRY(bytes_->Write(bytes_buffer_));
  index_buffer_.clear();
  bytes_buffer_.clear();
  return {};
}

Status QuarantineWriter::Commit() {
  LAKEGATE_TRY(Flush());
  LAKEGATE_TRY(bytes_->Commit());
  return index_->Commit();
}

}  // namespace lakegate
