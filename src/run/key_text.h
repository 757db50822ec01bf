// The key of a record that violates a rule about keys, as the reason shows it. Slow: only for
// those.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "contract/check_plan.h"
#include "core/result.h"
#include "read/record_reader.h"
#include "run/job_input.h"

namespace lakegate {

// Reads single records again from their bytes. Borrows the plan. Not thread safe.
class KeyText {
 public:
  explicit KeyText(const CheckPlan& plan);
  // As JSON text: the value, or a list of a composite key's values. Masked values give "***".
  Result<std::string> Read(JobInput* input, std::string_view record, int64_t offset,
                           const std::vector<FieldPath>& fields);

 private:
  const CheckPlan& plan_;
  std::unique_ptr<RecordReader> reader_;
  std::optional<uint32_t> reader_input_;  // index of the input that reader_ was made for
  WindowBuffer window_;
};

}  // namespace lakegate
