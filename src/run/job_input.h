// One input file of a job, opened and understood: format, compression, header.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/input_format.h"
#include "core/result.h"
#include "read/byte_source.h"
#include "read/csv_header.h"
#include "read/record_reader.h"
#include "read/stream_cutter.h"
#include "run/work_unit.h"
#include "storage/storage.h"
#include "validate/unit_result.h"

namespace lakegate {

inline constexpr const char* kStandardInput = "-";

// What the file as a whole must be, before any record counts.
struct FileExpectations {
  int64_t min_bytes = 1;
  std::optional<int64_t> max_bytes;
};

struct ReadOptions {
  InputFormat format;                       // dialect and limits
  std::optional<FileFormat> forced_format;  // else by the name
  FileExpectations expect;
  size_t window_bytes = kDefaultWindowBytes;
  int64_t min_unit_bytes = int64_t{1} << 20;
  int64_t max_unit_bytes = int64_t{2} << 20;
  int64_t max_part_records = kMaxPartRecords;
};

// The reason to hold a file whose bytes are no text of its format: `error` is kInvalidData of a
// ByteSource or of ReadCsvPreamble.
FileReason DamageReason(const Error& error);

// Unit = byte range of a plain file, a function of its size alone. A compressed file or a pipe is
// a stream: read in order, its units cut at the same places whatever the number of threads.
class JobInput {
 public:
  // Opens the file and looks at its first bytes. reasons() tells what is wrong with it as data;
  // an Error is a failed operation (not there, no permission, a folder).
  static Result<std::unique_ptr<JobInput>> Open(Storage* storage, const std::string& path,
                                                const CheckPlan& plan, const ReadOptions& options);

  // Which of the job's files this is; set by the job.
  uint32_t index = 0;

  const std::string& path() const { return path_; }
  int64_t size() const { return info_.size; }  // on disk; 0 for a pipe
  FileFormat format() const { return format_; }
  Compression compression() const { return compression_; }
  bool is_stream() const { return is_stream_; }
  const std::vector<FileReason>& reasons() const { return reasons_; }
  ReadableFile* file() { return file_.get(); }  // null for a pipe

  // Plain files.
  int64_t unit_count() const { return unit_count_; }
  ByteRange unit_range(int64_t unit) const;
  int64_t unit_bytes() const { return unit_bytes_; }

  // Before the first record: byte order mark, skipped lines, header.
  int64_t preamble_bytes() const { return data_offset_; }
  int64_t preamble_lines() const { return preamble_lines_; }

  // Streams only: reads the preamble of the decompressed bytes. May add reasons.
  Status StartStream();
  StreamCutter* stream() { return stream_.get(); }  // behind the preamble, once it was started
  // A record is a line, so that a stream's pieces can be read in any order.
  bool has_line_records() const;
  std::unique_ptr<RecordReader> MakeReader() const;
  // kConflict: the open file is not the version that `pinned` names. What is not pinned yet, is
  // then.
  Status Pin(PinnedInput* pinned) const;
  // Whether the open file is still what it was when it was opened.
  Status CheckUnchanged();

 private:
  JobInput(const CheckPlan& plan, const ReadOptions& options) : plan_(plan), options_(options) {}
  Status Sniff();
  bool IsUtf16() const;
  Status ReadPreamble(WindowBuffer* window);
  void PlanUnits();

  const CheckPlan& plan_;
  const ReadOptions& options_;
  CsvDialect dialect_;
  std::string path_;
  FileInfo info_;
  std::unique_ptr<ReadableFile> file_;
  std::unique_ptr<ByteSource> source_;  // of a stream, until it is started
  std::unique_ptr<StreamCutter> stream_;
  FileFormat format_ = FileFormat::kNdjson;
  Compression compression_ = Compression::kNone;
  bool is_stream_ = false;
  std::vector<FileReason> reasons_;
  std::shared_ptr<const CsvColumns> columns_;  // shared by the readers of all threads
  int64_t data_offset_ = 0;
  int64_t preamble_lines_ = 0;
  int64_t unit_bytes_ = 0;
  int64_t unit_count_ = 0;
};

}  // namespace lakegate
