// What a job knows about keys across records: first copies (unique), targets (foreign keys).
#pragma once

#include <memory>
#include <vector>

#include "quality/reference_index.h"
#include "quality/unique_index.h"

namespace lakegate {

struct KeyIndexes {
  std::vector<std::unique_ptr<UniqueIndex>> unique;         // parallel to CheckPlan::unique_keys
  std::vector<std::unique_ptr<ReferenceIndex>> references;  // to foreign_keys; null: not checked
  bool collecting = false;  // the first of two passes: keys are collected, nothing is decided
};

}  // namespace lakegate
