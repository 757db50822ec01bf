// Keys of another table's rows as the hashes that this table's records get for equal keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/hash.h"
#include "quality/key_set.h"

namespace lakegate {

class ReferenceKeyHasher {
 public:
  // Copies what it needs of the plan.
  ReferenceKeyHasher(const CheckPlan& plan, const ForeignKey& key);
  // One text per column of the key, in the types of the plan's fields, dates and times in ISO 8601.
  // Nothing: it is no value of those types, so that no record can refer to it.
  std::optional<Hash128> Hash(const std::vector<std::string>& texts);

 private:
  CheckPlan columns_;  // only the key's fields
  std::vector<RawValue> values_;
  RawRecord record_;
  KeyExtractor extractor_;
};

}  // namespace lakegate
