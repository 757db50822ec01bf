// A leaf's values of some consecutive rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/column_buffer.h"
#include "write/leaf_levels.h"

namespace lakegate {

// A place between two rows: what lies before it.
struct LeafPlace {
  size_t entries = 0;
  size_t values = 0;
  int64_t rows = 0;
};

// `rows` further than `from`.
LeafPlace PlaceBehind(const LeafLevels& levels, const LeafPlace& from, int64_t rows);

struct LeafPiece {
  const ColumnBuffer& leaf;
  const LeafLevels& levels;
  LeafPlace begin, end;
  size_t values() const { return end.values - begin.values; }
};

// Calls `add(position)` for the position in the leaf of every value that is there.
template <typename Add>
void ForEachValue(const LeafPiece& piece, const Add& add) {
  if (piece.levels.in_sequence) {
    for (size_t i = piece.begin.values; i < piece.end.values; ++i) add(i);
  } else {
    for (size_t i = piece.begin.values; i < piece.end.values; ++i) {
      add(static_cast<size_t>(piece.levels.positions[i]));
    }
  }
}

// Each number as 64 bits: sign- or zero-extended, floats as their bits, of decimals the lower half.
// Points into the leaf or into `scratch`.
const uint64_t* GatherWords(const LeafPiece& piece, std::vector<uint64_t>* scratch);

}  // namespace lakegate
