// Decides in input order which records violate rules about keys: later copies, orphans.
#pragma once

#include <utility>
#include <vector>

#include "contract/check_plan.h"
#include "core/result.h"
#include "run/check_job.h"
#include "run/key_indexes.h"
#include "run/key_text.h"
#include "run/unit_worker.h"

namespace lakegate {

// Called for one unit after the other by one thread at a time. Borrows all.
class KeyDecider {
 public:
  KeyDecider(const CheckPlan& plan, const MetricLayout& layout, KeyIndexes* indexes,
             const std::vector<FileOutcome>& files,
             const std::vector<std::unique_ptr<JobInput>>* inputs);

  bool has_keys() const { return !plan_.unique_keys.empty() || !plan_.foreign_keys.empty(); }
  // `line` is the number of the unit's first line, from 1.
  Status Collect(const UnitBundle& bundle, int64_t line);
  // Sets the violating records of the unit aside, with their reasons.
  Status Decide(UnitBundle* bundle, int64_t line);
  // Before the next unit: the records of this one are behind us.
  void Advance(const UnitBundle& bundle) { sequence_ += bundle.result.records; }
  // A unique index outgrew its memory: what was decided since is not to be used.
  bool needs_two_passes() const { return needs_two_passes_; }

 private:
  Status FindCopies(const UnitBundle& bundle, size_t unique, int64_t line);
  Status FindOrphans(const UnitBundle& bundle, size_t reference);
  // Without a message; the value is the key as its record wrote it.
  Result<Reason> KeyReason(const UnitBundle& bundle, uint32_t record, ReasonCode code, int rule,
                           const std::vector<FieldPath>& fields);
  void AddReasons(UnitResult* result);
  void RemoveSetAside(UnitResult* result);

  const CheckPlan& plan_;
  const MetricLayout& layout_;
  KeyIndexes& indexes_;
  const std::vector<FileOutcome>& files_;
  const std::vector<std::unique_ptr<JobInput>>& inputs_;
  KeyText key_text_;
  std::vector<std::pair<uint32_t, Reason>> found_;  // in this unit, by record
  int64_t sequence_ = 0;                            // records of the run before this unit
  bool needs_two_passes_ = false;
};

}  // namespace lakegate
