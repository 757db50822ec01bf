// One thread's tools: reads a unit, checks its records, counts its metrics.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "contract/check_plan.h"
#include "quality/metrics.h"
#include "run/job_input.h"
#include "run/stage_watch.h"
#include "validate/record_checker.h"
#include "validate/unit_result.h"

namespace lakegate {

struct UnitBundle {
  uint32_t file = 0;  // index of the input
  int64_t unit = 0;
  int64_t part = 0;       // of the unit: the result of the one before was full
  bool ends_unit = true;  // no part follows
  bool last = false;      // of its file
  UnitResult result;
  UnitMetrics metrics;
  int share = 0;     // of what may be ahead of the commit: OrderedCommit's
  StageTimes times;  // if they are wanted
  // The file as a whole turned out to be unusable here (truncated gzip ...).
  std::optional<FileReason> file_damage;
};

struct WorkerOptions {
  RecordCheckerOptions checker;
  size_t window_bytes = kDefaultWindowBytes;
  bool profile = false;  // fill UnitBundle::times
};

class UnitWorker {
 public:
  // Borrows the plan and the layout.
  UnitWorker(const CheckPlan& plan, const MetricLayout& layout, const WorkerOptions& options);

  // A unit of a plain file, from its own first record, or from `exact_start` when the records
  // before it are known to end there. If bundle->ends_unit is false afterwards, it goes on where
  // the counts end.
  Status ReadPlain(JobInput* input, ByteRange range, std::optional<int64_t> exact_start,
                   UnitBundle* bundle);

  // A unit of a stream that was started; nobody else uses the stream during the call. True: it is
  // to be read by ReadPiece. False: the unit was read.
  Result<bool> TakeUnit(JobInput* input, UnitBundle* bundle);
  // What was taken last, from its first record or from the one at `start` on. If
  // bundle->ends_unit is false afterwards, it goes on where the counts end.
  Status ReadPiece(JobInput* input, std::optional<int64_t> start, UnitBundle* bundle);

 private:
  void UseReaderFor(JobInput* input);
  RecordChecker& CheckerFor(FileFormat format);
  RecordChecker& StartUnit(JobInput* input, UnitBundle* bundle);
  Result<bool> TakeUndamaged(JobInput* input, UnitBundle* bundle);
  Status ReadOnStream(JobInput* input, UnitBundle* bundle);
  Result<UnitCounts> Read(int64_t stop_offset, RecordChecker* checker, UnitBundle* bundle);
  Result<UnitCounts> ReadTimed(int64_t stop_offset, RecordChecker* checker, UnitBundle* bundle);

  const CheckPlan& plan_;
  const WorkerOptions options_;
  StageTimes times_;         // of the unit being read
  StreamPiece piece_;        // of a stream
  int64_t piece_ticks_ = 0;  // for taking it
  MetricObserver observer_;
  TimedObserver timed_observer_;
  std::unique_ptr<RecordChecker> ndjson_checker_;
  std::unique_ptr<RecordChecker> csv_checker_;
  std::unique_ptr<RecordReader> reader_;
  std::optional<uint32_t> reader_input_;  // index of the input that reader_ was made for
  WindowBuffer window_;
};

}  // namespace lakegate
