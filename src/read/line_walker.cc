#include "read/line_walker.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>

#include "core/hash.h"
#include "read/json_text.h"

namespace lakegate {
namespace {

// The walk goes down by calls; deeper lines are JsonWalker's.
constexpr int kDeepestWalk = 256;
constexpr size_t kMostLearnedObjects = 200;

}  // namespace

WalkObject::WalkObject(uint32_t known) : members(known + 1), member_count(known) {
  members.reserve(size_t{known} + 1 + kMostLearned);
  none()->key_mask = 1;  // of a 0, where keys have a quote
  for (size_t i = 0; i <= known; ++i) members[i].successor = &members[i < known ? i + 1 : i];
  first = &members[0];
}

void WalkState::Clear() {
  used = 0;
  high = 0;
  unknown_keys.clear();
  open_keys.Clear();
  unescaped.Clear();
}

void WalkState::Grow(size_t wanted) { values.resize(std::max<size_t>(wanted * 2, 64)); }

WalkMember* WalkState::Learn(WalkObject* object, std::string_view key) {
  if (key.size() + 3 > kKeyBytes) return nullptr;
  std::vector<WalkMember>& members = object->members;
  const uint32_t first = object->member_count + 1;
  if (object->learned.empty()) object->learned.resize(size_t{2} * kMostLearned);
  std::vector<uint8_t>& table = object->learned;
  size_t slot = HashOf(key).low % table.size();
  for (; table[slot] != 0; slot = (slot + 1) % table.size()) {
    WalkMember& member = members[first + table[slot] - 1];
    if (member.name() == key) return &member;
  }
  if (members.size() == first + kMostLearned) return nullptr;
  table[slot] = static_cast<uint8_t>(members.size() - first + 1);
  WalkMember member;
  member.key_size = static_cast<uint8_t>(key.size() + 3);
  member.key_mask = UINT32_MAX >> (kKeyBytes - member.key_size);
  member.key[0] = '"';
  std::copy(key.begin(), key.end(), member.key.begin() + 1);
  member.key[key.size() + 1] = '"';
  member.key[key.size() + 2] = ':';
  member.successor = object->none();
  member.is_learned = true;
  members.push_back(member);
  return &members.back();
}

WalkObject* WalkState::LearnObject() {
  if (learned_objects.size() == kMostLearnedObjects) return nullptr;
  learned_objects.push_back(std::make_unique<WalkObject>(0));
  return learned_objects.back().get();
}

void WalkState::ListUnknownKey(const WalkMember& learned) {
  unknown_keys.push_back(learned.name());
}

bool WalkState::AddUnknownKey(std::string_view key, bool is_first, bool is_listed) {
  if (is_first) open_keys.Open();
  if (is_listed) unknown_keys.push_back(key);
  return open_keys.Add(key);
}

void WalkState::CloseUnknownKeys() { open_keys.Close(); }

const std::string* WalkState::Unescape(std::string_view inside) {
  std::string& text = unescaped.Next();
  if (!UnescapeJson(inside, &text)) return nullptr;
  TextArena::Pad(&text);
  return &text;
}

LineWalker::LineWalker(const JsonLayout* layout, const ReadLimits& limits,
                       InstructionSet instructions)
    : walk_(instructions == InstructionSet::kAvx2 ? WalkLineAvx2 : WalkLineSse2) {
  state_.root = Add(*layout);
  state_.max_depth = std::min(limits.max_depth, kDeepestWalk);
  state_.max_values = limits.max_values;
}

WalkObject* LineWalker::Add(const JsonLayout& layout) {
  objects_.push_back(std::make_unique<WalkObject>(static_cast<uint32_t>(layout.members.size())));
  WalkObject* object = objects_.back().get();
  object->layout = &layout;
  object->is_rare = layout.is_map || layout.members.size() > kMostKnown;
  for (size_t i = 0; i < layout.members.size(); ++i) {
    const JsonLayout::Member& known = layout.members[i];
    WalkMember& member = object->members[i];
    member.slot = static_cast<uint16_t>(i);
    const std::string key = '"' + known.quoted + ':';
    member.key_mask = UINT32_MAX;
    if (key.size() <= kKeyBytes) {
      std::copy(key.begin(), key.end(), member.key.begin());
      member.key_size = static_cast<uint8_t>(key.size());
      member.key_mask >>= kKeyBytes - key.size();
    }
    member.value = Know(known.object.get(), known.items.get());
  }
  return object;
}

WalkValue LineWalker::Know(const JsonLayout* object, const JsonLayout* items) {
  WalkValue value;
  if (object) value.object = Add(*object);
  if (items) {
    items_.push_back(
        std::make_unique<WalkValue>(Know(items->item_object.get(), items->item_items.get())));
    value.items = items_.back().get();
  }
  return value;
}

const char* LineWalker::Walk(const char* begin) {
  const char* end = walk_(&state_, begin);
  if (!end) return nullptr;
  if (state_.high != 0 && !simdjson::validate_utf8(begin, static_cast<size_t>(end - begin))) {
    return nullptr;
  }
  record_.values = {state_.values.data(), state_.used};
  record_.unknown_keys = state_.unknown_keys;
  return end;
}

// Where the last scalar begins: all in front of it was walked. Nested values do not count, as one
// that could not be walked has the place of another one.
size_t LineWalker::WellFormed(std::string_view line) const {
  const uint32_t members = state_.root->member_count;
  if (state_.used < members) return 0;
  const auto begin = reinterpret_cast<uintptr_t>(line.data());
  size_t last = 0;
  for (uint32_t i = 0; i < members; ++i) {
    const RawValue& value = state_.values[i];
    const bool is_text = value.kind == RawKind::kString;
    if (!is_text && (value.kind < RawKind::kNull || value.kind > RawKind::kNumber)) continue;
    // A text that was unescaped stands elsewhere.
    const uintptr_t at = reinterpret_cast<uintptr_t>(value.data) - (is_text ? 1 : 0) - begin;
    if (at < line.size()) last = std::max<size_t>(last, at);
  }
  return simdjson::validate_utf8(line.data(), last) ? last : 0;
}

}  // namespace lakegate
