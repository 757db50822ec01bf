// Whether a record satisfies a lakegate.filter, by its typed values. No allocation per record.
#pragma once

#include <string_view>

#include "contract/check_plan.h"
#include "contract/record_filter.h"
#include "read/raw_record.h"

namespace lakegate {

// SQL's three truth values.
enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

// A value that is not of its column's type is null to a filter. Borrows both; thread safe.
class FilterEvaluator {
 public:
  FilterEvaluator(const CheckPlan& plan, const RecordFilter& filter)
      : plan_(plan), filter_(filter) {}

  Truth Evaluate(const RawRecord& record) const { return Evaluate(filter_.nodes.back(), record); }

 private:
  Truth Evaluate(const FilterNode& node, const RawRecord& record) const;
  Truth Chain(const FilterNode& node, const RawRecord& record, Truth decisive) const;
  Truth Compare(const FilterNode& node, const RawRecord& record) const;
  Truth CompareFields(const FilterNode& node, const RawRecord& record) const;
  Truth In(const FilterNode& node, const RawRecord& record) const;
  Truth Like(const FilterNode& node, const RawRecord& record) const;

  const CheckPlan& plan_;
  const RecordFilter& filter_;
};

bool IsLike(std::string_view text, const std::vector<LikeToken>& pattern);

}  // namespace lakegate
