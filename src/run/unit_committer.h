// The ordered half of a job: takes units in file order, decides unique keys, adds up, hands out.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "contract/check_plan.h"
#include "core/result.h"
#include "quality/gate.h"
#include "run/check_job.h"
#include "run/key_decider.h"
#include "run/key_indexes.h"
#include "run/unit_worker.h"

namespace lakegate {

// Called by one thread at a time. Borrows all.
class UnitCommitter {
 public:
  UnitCommitter(const CheckPlan& plan, const MetricLayout& layout, const JobOptions& options,
                std::vector<std::unique_ptr<JobInput>>* inputs, KeyIndexes* indexes,
                JobOutputs* outputs, JobOutcome* outcome, UnitWorker* rereader);

  Status Commit(UnitBundle* bundle);
  // After the last unit: totals, counters of keys, the table.
  Status Finish();
  // A unique index outgrew its memory: start again in two passes.
  bool needs_two_passes() const { return decider_.needs_two_passes(); }
  // Records of a file were handed out before the file turned out to be unusable: start again
  // without it.
  bool file_rejected_midway() const { return file_rejected_midway_; }

 private:
  Status RejectedMidway();
  ReasonCode FirstRejectingCode(const UnitBundle& bundle) const;
  Status TakeInOrder(UnitBundle* bundle);
  Status Take(UnitBundle* bundle);
  Status Hand(UnitBundle* bundle);
  void Count(const UnitBundle& bundle);
  void KeepSamples(const UnitBundle& bundle);
  void NumberAbsolutely(ReasonedRecord* record) const;
  Status FinishFile(const UnitBundle& bundle);

  const CheckPlan& plan_;
  const MetricLayout& layout_;
  const JobOptions& options_;
  std::vector<std::unique_ptr<JobInput>>& inputs_;
  KeyIndexes& indexes_;
  JobOutputs& outputs_;
  JobOutcome& outcome_;
  UnitWorker& rereader_;
  KeyDecider decider_;
  RowColumns row_columns_;
  std::vector<KeyCounter> counters_;  // parallel to layout.keys; only those of metrics are fed
  std::vector<bool> is_counted_;
  int64_t expected_offset_ = 0;  // where the next records of the file must start
  int64_t line_ = 0;             // of their first line, from 1
  int64_t record_ = 0;           // of the first of them, from 1
  // File and unit that were read again: what else comes of it is taken already.
  std::optional<std::pair<uint32_t, int64_t>> reread_unit_;
  bool file_rejected_midway_ = false;
};

}  // namespace lakegate
