// Checks the files of one partition in one go: reads, checks, counts, sets aside, evaluates the
// gate. Writes to the outputs it is given and makes nothing visible itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/result.h"
#include "quality/gate.h"
#include "run/job_input.h"
#include "run/job_outputs.h"
#include "run/row_columns.h"
#include "run/stage_watch.h"
#include "run/work_unit.h"

namespace lakegate {

// Gives the keys that exist in the table a foreign key refers to, one call per row: the values of
// the target's columns as text in the source columns' types (ISO 8601 for times), none null.
// Returns why there is no such table now; empty: all keys were given.
using TargetRow = std::vector<std::string>;
using TargetKeys = std::function<Result<std::string>(
    const ForeignKey& key, const std::function<Status(const TargetRow&)>& add)>;
// What the rules that need a query came to, parallel to CheckPlan::queries. Called once, when the
// table's files are whole and nothing is decided yet. Error: kCancelled only; what goes wrong with
// a rule is in its measurement.
struct JobOutcome;
using MeasureQueries = std::function<Result<std::vector<Measurement>>(const JobOutcome& outcome)>;

struct JobOptions {
  ReadOptions read;
  int threads = 1;
  SpillOptions spill;
  int64_t min_records = 1;             // of all files together
  size_t max_samples = 100;            // reasoned records kept for reports
  bool keeps_all_rejects = true;       // false: only the samples; the outputs have no quarantine
  CleanText clean = CleanText::kNone;  // kCopyLines: CSV rows become JSON
  bool store_columns = false;          // the outputs have a table
  RowColumnOptions row_columns;        // of the table, behind the fields
  bool require_full_coverage = false;  // a rule that is skipped closes the gate
  TargetKeys target_keys;              // empty: foreign keys to other tables are skipped
  bool profile = false;                // measure the stages
  bool units_as_json = false;          // tests only: units and results go through their JSON
  const std::atomic<bool>* cancelled = nullptr;
  MeasureQueries measure;  // needed if the plan has queries, and then a table, too
};

struct FileOutcome {
  std::string path;
  FileFormat format = FileFormat::kNdjson;
  Compression compression = Compression::kNone;
  int64_t size = 0;                 // on disk
  bool rejected = false;            // nothing of it counts below the file's own numbers
  std::vector<FileReason> reasons;  // why
  int64_t records = 0;
  int64_t accepted = 0;
  int64_t blank_lines = 0;
  // Bytes after decompression; the first is the sum of the others (conservation).
  int64_t bytes_read = 0;
  int64_t accepted_bytes = 0;
  int64_t quarantined_bytes = 0;
  int64_t skipped_bytes = 0;  // byte order mark, header, blank and comment lines
  int64_t line_end_bytes = 0;
};

// A record with reasons, for reports.
struct Sample {
  uint32_t file = 0;
  bool set_aside = true;  // false: published with a warning
  ReasonedRecord record;  // absolute numbers, from 1; without bytes
  std::string bytes;      // the first ones of the record
};

struct JobOutcome {
  std::vector<FileOutcome> files;
  PartitionTotals totals;
  GateDecision gate;
  std::vector<Sample> samples;  // the first ones in input order
  UnknownKeys unknown_keys;
  int64_t more_unknown_keys = 0;
  std::vector<WrittenFile> table_files;
  int64_t units = 0;  // that the files were cut into
  bool too_few_records = false;
  double seconds = 0;
  StageTimes times;  // with JobOptions::profile
};

// Error: a failed operation, kConflict when an input is not the pinned one, or kCancelled. Bad data
// is in the outcome. The outputs of the last pass come back uncommitted (the table is finished) in
// `outputs`.
Result<JobOutcome> RunCheckJob(Storage* storage, const CheckPlan& plan, const WorkPlan& work,
                               const JobOptions& options, const OutputFactory& make_outputs,
                               JobOutputs* outputs);

}  // namespace lakegate
