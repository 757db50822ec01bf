// The records set aside: rejects.ndjson (one object a record, with every reason) and rejects.bytes
// (the original bytes, one record after the other). Layout: docs/formats/quarantine.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "contract/check_plan.h"
#include "core/result.h"
#include "storage/storage.h"
#include "validate/unit_result.h"

namespace lakegate {

// Both files appear at Commit, or neither does. Fed in input order by one thread.
class QuarantineWriter {
 public:
  // Makes `directory` (readable by its owner only) if it is missing; replaces older files there.
  static Result<std::unique_ptr<QuarantineWriter>> Open(Storage* storage, std::string directory,
                                                        const CheckPlan& plan,
                                                        Durability durability);

  // `record` has absolute line (from 1) and record (from 1) numbers. `index_text` is what
  // AppendIndexText makes of it; empty: it is made here. `source` gives the bytes of a too-long
  // record of a plain file; may be null.
  Status Write(const std::string& file, const ReasonedRecord& record, std::string_view index_text,
               ReadableFile* source);
  Status Commit();
  int64_t records() const { return records_; }

 private:
  QuarantineWriter(Storage* storage, std::string directory, const CheckPlan& plan)
      : storage_(storage), directory_(std::move(directory)), plan_(plan) {}
  Status CopyRange(ReadableFile* source, int64_t offset, int64_t length);
  Status Flush();

  Storage* const storage_;
  const std::string directory_;
  const CheckPlan& plan_;
  std::unique_ptr<PendingFile> index_;
  std::unique_ptr<PendingFile> bytes_;
  std::string file_, file_json_;  // of the record before
  std::string index_buffer_;
  std::string bytes_buffer_;
  int64_t position_ = 0;  // in rejects.bytes
  int64_t records_ = 0;
};

}  // namespace lakegate
