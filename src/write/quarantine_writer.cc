#include "write/quarantine_writer.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "core/utf8.h"
#include "read/json_text.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

constexpr int kOpenTries = 3;
constexpr size_t kCopyBytes = 1024 * 1024;
constexpr size_t kFlushBytes = 1024 * 1024;  // of one file: what a block takes without a copy

// `name` with its punctuation: ,"line":
char* AppendMember(std::string_view name, int64_t value, char* to) {
  constexpr size_t kDigits = 20;
  to = std::copy(name.begin(), name.end(), to);
  return std::to_chars(to, to + kDigits, value).ptr;
}
constexpr size_t kNumbersRoom = 256;  // of all members that are numbers

bool IsCut(const ReasonedRecord& record) {
  return static_cast<int64_t>(record.bytes.size()) < record.length;
}

}  // namespace

Result<std::unique_ptr<QuarantineWriter>> QuarantineWriter::Open(Storage* storage,
                                                                 std::string directory,
                                                                 const CheckPlan& plan,
                                                                 Durability durability) {
  std::unique_ptr<QuarantineWriter> writer(new QuarantineWriter(storage, directory, plan));
  writer->made_folders_ = MissingFolders(*storage, directory);
  const CreateOptions options{WhenExists::kReplace, durability};
  for (int tries = 1;; ++tries) {
    Status opened = writer->OpenFiles(options);
    if (opened) return writer;
    const bool is_away = opened.error().code == ErrorCode::kNotFound;
    if (!is_away || tries == kOpenTries) return opened.error();
  }
}

// kNotFound: another writer, which had made the folder, was given up meanwhile.
Status QuarantineWriter::OpenFiles(const CreateOptions& options) {
  LAKEGATE_TRY(storage_->MakeDirectories(directory_, DirectoryAccess::kOwnerOnly));
  LAKEGATE_ASSIGN(index_, storage_->Create(directory_ + "/rejects.ndjson", options));
  LAKEGATE_ASSIGN(bytes_, storage_->Create(directory_ + "/rejects.bytes", options));
  return {};
}

QuarantineWriter::~QuarantineWriter() {
  if (made_folders_.empty()) return;
  index_.reset();
  bytes_.reset();
  for (const std::string& folder : made_folders_) (void)storage_->RemoveEmptyDirectory(folder);
}

Status QuarantineWriter::Write(const std::string& file, std::span<const ReasonedRecord> records,
                               std::string_view index_texts, ReadableFile* source) {
  if (file != file_ || file_json_.empty()) {
    file_ = file;
    file_json_.clear();
    AppendJsonString(ReplaceInvalidUtf8(file), &file_json_);
  }
  for (const ReasonedRecord& record : records) {
    const bool cut = IsCut(record);
    const int64_t kept = cut && !source ? static_cast<int64_t>(record.bytes.size()) : record.length;
    AddToIndex(record, kept, index_texts);
    LAKEGATE_TRY(AddBytes(record, cut ? source : nullptr));
    position_ += kept;
    ++records_;
    if (index_buffer_.size() >= kFlushBytes) LAKEGATE_TRY(FlushIndex());
  }
  return FlushBytes();
}

void QuarantineWriter::AddToIndex(const ReasonedRecord& record, int64_t kept,
                                  std::string_view index_texts) {
  ByteBuffer& out = index_buffer_;
  out.AppendShort("{\"file\":");
  out.Append(file_json_);
  char* to = out.Grow(kNumbersRoom);
  to = AppendMember(",\"line\":", record.line, to);
  to = AppendMember(",\"offset\":", record.offset, to);
  to = AppendMember(",\"length\":", kept, to);
  if (kept != record.length) to = AppendMember(",\"full_length\":", record.length, to);
  to = AppendMember(",\"record\":", record.record, to);
  to = AppendMember(",\"position\":", position_, to);
  out.Truncate(static_cast<size_t>(to - out.data()));
  if (record.index_size == 0) {
    AppendIndexText(record, plan_, &out);
  } else {
    out.Append(index_texts.substr(record.index_begin, record.index_size));
  }
}

// Records that follow each other in memory are written at once.
Status QuarantineWriter::AddBytes(const ReasonedRecord& record, ReadableFile* source) {
  if (source) return CopyRange(source, record.offset, record.length);
  if (bytes_run_.data() + bytes_run_.size() != record.bytes.data()) {
    LAKEGATE_TRY(FlushBytes());
    bytes_run_ = {record.bytes.data(), 0};
  }
  bytes_run_ = {bytes_run_.data(), bytes_run_.size() + record.bytes.size()};
  return {};
}

Status QuarantineWriter::CopyRange(ReadableFile* source, int64_t offset, int64_t length) {
  LAKEGATE_TRY(FlushBytes());
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

Status QuarantineWriter::FlushBytes() {
  const std::string_view run = std::exchange(bytes_run_, {});
  return run.empty() ? Status{} : bytes_->Write(run);
}

Status QuarantineWriter::FlushIndex() {
  LAKEGATE_TRY(index_->Write(index_buffer_.view()));
  index_buffer_.Clear();
  return {};
}

Status QuarantineWriter::Commit() {
  LAKEGATE_TRY(FlushIndex());
  LAKEGATE_TRY(bytes_->Commit());
  LAKEGATE_TRY(index_->Commit());
  made_folders_.clear();
  return {};
}

}  // namespace lakegate
