// Which values of a column's leaves are there, and how deep: Parquet's definition and repetition
// levels (the Dremel encoding; parquet-format, README.md "Nested Encoding").
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/column_buffer.h"

namespace lakegate {

// The levels of one leaf. Most leaves have a value in every row, or no lists above them: what is
// constant is not stored.
struct LeafLevels {
  int64_t entries = 0;      // levels; one for each value, null and empty list
  int max_definition = 0;   // this definition level: there is a value
  int max_repetition = 0;   // lists above the leaf
  bool all_present = true;  // every definition level is max_definition; none are stored
  std::vector<uint8_t> definition;
  std::vector<uint8_t> repetition;  // only if max_repetition > 0
  // The values that are there: the first `values` ones of the leaf, or those at `positions`.
  int64_t values = 0;
  bool in_sequence = true;
  std::vector<int32_t> positions;  // only if not in_sequence
};

using LeafVisitor = std::function<void(const ColumnBuffer& leaf, const LeafLevels& levels)>;

// Calls `visit` for every leaf of the column, from left to right. The column may be null, as may
// be all below it but the entries of maps and their keys.
void VisitLeaves(const ColumnBuffer& column, const LeafVisitor& visit);

}  // namespace lakegate
