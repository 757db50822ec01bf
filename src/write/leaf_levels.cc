#include "write/leaf_levels.h"

#include <utility>

namespace lakegate {
namespace {

void StoreDefinition(LeafLevels* levels) {
  if (!levels->all_present) return;
  levels->definition.assign(static_cast<size_t>(levels->entries),
                            static_cast<uint8_t>(levels->max_definition));
  levels->all_present = false;
}

void StorePositions(LeafLevels* levels) {
  if (!levels->in_sequence) return;
  levels->positions.resize(static_cast<size_t>(levels->values));
  for (int32_t i = 0; i < static_cast<int32_t>(levels->values); ++i) {
    levels->positions[static_cast<size_t>(i)] = i;
  }
  levels->in_sequence = false;
}

// Those whose value at `node` is null stay at the level where they are; the others go one deeper.
void AddOptional(const ColumnBuffer& node, LeafLevels* levels) {
  if (node.null_count() > 0) {
    StoreDefinition(levels);
    StorePositions(levels);
  }
  const auto present = static_cast<uint8_t>(levels->max_definition++);
  if (node.null_count() == 0) {
    for (uint8_t& level : levels->definition) level += level == present ? 1 : 0;
    return;
  }
  size_t read = 0;
  size_t kept = 0;
  for (uint8_t& level : levels->definition) {
    if (level != present) continue;
    const int32_t position = levels->positions[read++];
    if (node.IsNull(position)) continue;
    ++level;
    levels->positions[kept++] = position;
  }
  levels->positions.resize(kept);
  levels->values = static_cast<int64_t>(kept);
}

// From lists to their items. An empty list stays at the level where it is.
class ListSplitter {
 public:
  ListSplitter(const ColumnBuffer& list, LeafLevels* levels) : list_(list), levels_(*levels) {}

  void Split() {
    const auto present = static_cast<uint8_t>(levels_.max_definition);
    const auto deeper = static_cast<uint8_t>(++levels_.max_repetition);
    const bool has_repetition = deeper > 1;
    next_.max_definition = present + 1;
    next_.max_repetition = deeper;
    Reserve();
    size_t read = 0;
    for (size_t entry = 0; entry < static_cast<size_t>(levels_.entries); ++entry) {
      const uint8_t repetition = has_repetition ? levels_.repetition[entry] : uint8_t{0};
      const uint8_t level = levels_.all_present ? present : levels_.definition[entry];
      const bool is_list = level == present;
      const size_t position =
          !is_list || levels_.in_sequence ? read : static_cast<size_t>(levels_.positions[read]);
      read += is_list ? 1 : 0;
      const int32_t begin = is_list ? list_.offsets().ValueAt<int32_t>(position) : 0;
      const int32_t end = is_list ? list_.offsets().ValueAt<int32_t>(position + 1) : 0;
      if (begin == end) {
        Add(level, repetition);
        continue;
      }
      Add(static_cast<uint8_t>(present + 1), repetition);
      for (int32_t i = begin + 1; i < end; ++i) Add(static_cast<uint8_t>(present + 1), deeper);
      for (int32_t i = begin; i < end; ++i) next_.positions.push_back(i);
    }
    Finish();
    levels_ = std::move(next_);
  }

 private:
  void Reserve() {
    const auto items = static_cast<size_t>(levels_.entries + list_.children()[0].length());
    next_.definition.reserve(items);
    next_.repetition.reserve(items);
    next_.positions.reserve(items);
  }

  void Add(uint8_t definition, uint8_t repetition) {
    next_.definition.push_back(definition);
    next_.repetition.push_back(repetition);
  }

  void Finish() {
    next_.entries = static_cast<int64_t>(next_.definition.size());
    next_.values = static_cast<int64_t>(next_.positions.size());
    next_.all_present = next_.values == next_.entries;
    if (next_.all_present) next_.definition.clear();
    // The items of null lists, if there are any, lie between the others.
    next_.in_sequence = next_.positions.empty() || (next_.positions.front() == 0 &&
                                                    next_.positions.back() + 1 == next_.values);
    if (next_.in_sequence) next_.positions.clear();
  }

  const ColumnBuffer& list_;
  LeafLevels& levels_;
  LeafLevels next_;
};

void Visit(const ColumnBuffer& node, bool is_optional, LeafLevels levels,
           const LeafVisitor& visit) {
  if (is_optional) AddOptional(node, &levels);
  const auto& children = node.children();
  switch (node.type().kind) {
    case TypeKind::kArray:
      ListSplitter(node, &levels).Split();
      return Visit(children[0], true, std::move(levels), visit);
    case TypeKind::kMap: {
      ListSplitter(node, &levels).Split();
      const auto& entry = children[0].children();
      Visit(entry[0], false, levels, visit);
      return Visit(entry[1], true, std::move(levels), visit);
    }
    case TypeKind::kObject:
      for (const ColumnBuffer& child : children) Visit(child, true, levels, visit);
      return;
    default:
      visit(node, levels);
  }
}

}  // namespace

void VisitLeaves(const ColumnBuffer& column, const LeafVisitor& visit) {
  LeafLevels levels;
  levels.entries = levels.values = column.length();
  Visit(column, true, std::move(levels), visit);
}

}  // namespace lakegate
