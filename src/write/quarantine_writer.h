// The records set aside: rejects.ndjson (one object a record, with every reason) and rejects.bytes
// (the original bytes, one record after the other). Layout: docs/formats/quarantine.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"
#include "core/result.h"
#include "storage/storage.h"
#include "validate/unit_result.h"

namespace lakegate {

// Both files appear at Commit; given up before, neither does, and folders that were made for them
// go again. Fed in input order by one thread.
class QuarantineWriter {
 public:
  // Makes `directory` (readable by its owner only) if it is missing; replaces older files there.
  static Result<std::unique_ptr<QuarantineWriter>> Open(Storage* storage, std::string directory,
                                                        const CheckPlan& plan,
                                                        Durability durability);

  ~QuarantineWriter();
  QuarantineWriter(const QuarantineWriter&) = delete;
  QuarantineWriter& operator=(const QuarantineWriter&) = delete;

  // `records` have absolute line (from 1) and record (from 1) numbers. `index_texts`: what
  // AppendIndexText makes of those that say where it is; of the others it is made here. `source`
  // gives the bytes of a too-long record of a plain file; may be null.
  Status Write(const std::string& file, std::span<const ReasonedRecord> records,
               std::string_view index_texts, ReadableFile* source);
  Status Commit();
  int64_t records() const { return records_; }

 private:
  Status OpenFiles(const CreateOptions& options);
  QuarantineWriter(Storage* storage, std::string directory, const CheckPlan& plan)
      : storage_(storage), directory_(std::move(directory)), plan_(plan) {}
  void AddToIndex(const ReasonedRecord& record, int64_t kept, std::string_view index_texts);
  Status AddBytes(const ReasonedRecord& record, ReadableFile* source);
  Status CopyRange(ReadableFile* source, int64_t offset, int64_t length);
  Status FlushBytes();
  Status FlushIndex();

  Storage* const storage_;
  const std::string directory_;
  const CheckPlan& plan_;
  std::vector<std::string> made_folders_;  // the innermost first; empty after Commit
  std::unique_ptr<PendingFile> index_;
  std::unique_ptr<PendingFile> bytes_;
  std::string file_, file_json_;  // of the record before
  ByteBuffer index_buffer_;
  std::string_view bytes_run_;  // of the records; to be written
  int64_t position_ = 0;        // in rejects.bytes
  int64_t records_ = 0;
};

}  // namespace lakegate
