// Checks every record of a unit against the plan and fills the UnitResult.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contract/check_plan.h"
#include "core/input_format.h"
#include "read/record_sink.h"
#include "validate/field_checker.h"
#include "validate/plain_check.h"
#include "validate/unit_result.h"

namespace lakegate {

// Sees every record that could be read, accepted or not, in input order. `index` counts all
// records of the unit from 0, the unreadable ones too.
class RecordObserver {
 public:
  virtual ~RecordObserver() = default;
  virtual void Observe(const RawRecord& record, int64_t index) = 0;
};

enum class CleanText : uint8_t {
  kNone,
  kCopyLines,   // the original bytes of each accepted record
  kCellsAsJson  // CSV rows as JSON objects, typed by the contract
};

struct RecordCheckerOptions {
  bool store_columns = false;
  CleanText clean = CleanText::kNone;
  bool keep_records = false;  // fill UnitResult::kept
  bool store_lines = false;   // fill UnitResult::lines
  // Records set aside beyond these, and their reasons, are only counted.
  size_t max_rejects_kept = SIZE_MAX;
  // Appends to UnitResult::index_text what is to be written about a record; null: nothing.
  void (*index_text)(const ReasonedRecord&, const CheckPlan&, ByteBuffer*) = nullptr;
  // Records whose reasons are kept when the index text has them. (A unit with a violation of a
  // reject_file rule keeps them all.)
  size_t max_reasons_kept = SIZE_MAX;
  bool is_csv = false;  // all values are cells
  // A result that holds so many records, or rejects of so many bytes, is full: the rest of the
  // unit goes to another one.
  int64_t max_records = kMaxPartRecords;
  size_t max_reject_bytes = size_t{4} << 20;
};

// One per thread. Borrows the plan and the observer (may be null).
class RecordChecker : public RecordSink {
 public:
  RecordChecker(const CheckPlan& plan, const RecordCheckerOptions& options,
                RecordObserver* observer);

  // The next records go to `result` (borrowed), which is cleared and shaped.
  void Start(UnitResult* result);
  void OnRecord(const RecordSpan& span, const RawRecord& record) override;
  void OnDamaged(const RecordSpan& span, Damage damage) override;
  bool WantsWords() const override { return result_->rejects.size() < options_.max_rejects_kept; }

 private:
  // The hardest action of the violations; counts each rule once.
  Action CountViolations();
  // `is_utf8`: known, as of JSON that could be read. `explain` appends the reasons.
  void SetAside(const RecordSpan& span, bool is_utf8,
                const std::function<void(std::vector<Reason>*)>& explain);
  void AddReject(ReasonedRecord record);
  void KeepWarning(const RecordSpan& span);
  void Accept(const RecordSpan& span, const RawRecord& record);
  void Keep(const RecordSpan& span, bool accepted);
  void CountRecord();
  void CountUnknownKeys(const RawRecord& record);
  // Null: there are too many different ones. `place`: among the record's.
  int64_t* UnknownKeyCount(std::string_view key, size_t place);
  void ExplainAll(std::vector<Reason>* reasons);
  // Appended; holds whatever a reason before it held.
  Reason& NewReason(std::vector<Reason>* reasons);
  // Of reasons that are written as text and not kept, the memory.
  void UseAgain(std::vector<Reason>* reasons);

  const CheckPlan& plan_;
  const RecordCheckerOptions options_;
  RecordObserver* const observer_;
  std::vector<std::unique_ptr<FieldChecker>> checkers_;
  std::vector<PlainCheck> plain_;  // parallel to checkers_
  std::vector<uint32_t> checked_;  // the fields that need it
  std::vector<Violation> violations_;
  std::vector<Reason> reasons_;       // of one record
  std::vector<Reason> used_reasons_;  // see UseAgain
  UnitResult* result_ = nullptr;
  // What the unknown keys of the record before were counted in: mostly the next one has the same.
  std::vector<std::pair<const std::string, int64_t>*> unknown_keys_;
};

// One CSV row as a JSON object and a line end: cells keep their text, typed by the contract.
void AppendRowAsJson(const CheckPlan& plan, const RawRecord& record, ByteBuffer* out);

}  // namespace lakegate
