#include "write/leaf_piece.h"

#include <algorithm>
#include <cstring>

namespace lakegate {
namespace {

template <typename T>
void GatherAs(const LeafPiece& piece, uint64_t* out) {
  const char* from = piece.leaf.values().data();
  ForEachValue(piece, [&](size_t position) {
    T value;
    std::memcpy(&value, from + position * sizeof(T), sizeof(T));
    *out++ = static_cast<uint64_t>(value);
  });
}

}  // namespace

LeafPlace PlaceBehind(const LeafLevels& levels, const LeafPlace& from, int64_t rows) {
  LeafPlace end = from;
  end.rows += rows;
  if (levels.max_repetition == 0) {  // positions are rows
    end.entries += static_cast<size_t>(rows);
    end.values = end.entries;
    if (levels.in_sequence) return end;
    const auto& positions = levels.positions;
    end.values = static_cast<size_t>(
        std::lower_bound(positions.begin() + static_cast<std::ptrdiff_t>(from.values),
                         positions.end(), static_cast<int32_t>(end.rows)) -
        positions.begin());
    return end;
  }
  for (; end.entries < static_cast<size_t>(levels.entries); ++end.entries) {
    if (levels.repetition[end.entries] == 0 && rows-- == 0) break;
    end.values += levels.all_present || levels.definition[end.entries] == levels.max_definition;
  }
  return end;
}

const uint64_t* GatherWords(const LeafPiece& piece, std::vector<uint64_t>* scratch) {
  const ValueType& type = piece.leaf.type();
  const bool is_wide = (type.kind == TypeKind::kInteger && type.bits == 64) ||
                       (type.kind == TypeKind::kDouble && type.bits == 64) ||
                       type.kind == TypeKind::kTimestamp || type.kind == TypeKind::kTime;
  if (is_wide && piece.levels.in_sequence) {
    return reinterpret_cast<const uint64_t*>(piece.leaf.values().data()) + piece.begin.values;
  }
  scratch->resize(piece.values());
  uint64_t* out = scratch->data();
  if (type.kind == TypeKind::kBoolean) {
    const char* bits = piece.leaf.values().data();
    ForEachValue(piece, [&](size_t i) {
      *out++ = static_cast<uint64_t>(static_cast<uint8_t>(bits[i >> 3]) >> (i & 7) & 1);
    });
  } else if (type.kind == TypeKind::kDecimal) {
    GatherAs<Int128>(piece, out);
  } else if (is_wide) {
    GatherAs<uint64_t>(piece, out);
  } else if (type.kind == TypeKind::kDouble) {
    GatherAs<uint32_t>(piece, out);
  } else if (type.kind == TypeKind::kDate || type.bits == 32) {
    type.is_signed ? GatherAs<int32_t>(piece, out) : GatherAs<uint32_t>(piece, out);
  } else if (type.bits == 16) {
    type.is_signed ? GatherAs<int16_t>(piece, out) : GatherAs<uint16_t>(piece, out);
  } else {
    type.is_signed ? GatherAs<int8_t>(piece, out) : GatherAs<uint8_t>(piece, out);
  }
  return scratch->data();
}

}  // namespace lakegate
