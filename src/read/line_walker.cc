#include "read/line_walker.h"

#include <simdjson.h>

#include <algorithm>

#include "read/json_text.h"

namespace lakegate {
namespace {

// The walk goes down by calls; deeper lines are JsonWalker's.
constexpr int kDeepestWalk = 256;

}  // namespace

void WalkState::Clear() {
  used = 0;
  high = 0;
  unknown_keys.clear();
  open_keys.Clear();
  unescaped.Clear();
}

void WalkState::Grow(size_t wanted) { values.resize(std::max<size_t>(wanted * 2, 64)); }

bool WalkState::AddUnknownKey(std::string_view key, bool is_first, bool is_listed) {
  if (is_first) open_keys.Open();
  if (is_listed) unknown_keys.push_back(key);
  return open_keys.Add(key);
}

void WalkState::CloseUnknownKeys() { open_keys.Close(); }

const std::string* WalkState::Unescape(std::string_view inside) {
  std::string& text = unescaped.Next();
  return UnescapeJson(inside, &text) ? &text : nullptr;
}

LineWalker::LineWalker(const JsonLayout* layout, const ReadLimits& limits,
                       InstructionSet instructions)
    : walk_(instructions == InstructionSet::kAvx2 ? WalkLineAvx2 : WalkLineSse2) {
  state_.root = Add(*layout);
  state_.max_depth = std::min(limits.max_depth, kDeepestWalk);
}

WalkObject* LineWalker::Add(const JsonLayout& layout) {
  objects_.push_back(std::make_unique<WalkObject>());
  WalkObject* object = objects_.back().get();
  object->layout = &layout;
  object->is_rare = layout.is_map;
  for (const JsonLayout::Member& known : layout.members) {
    WalkMember member;
    const std::string key = '"' + known.quoted + ':';
    member.key_mask = UINT32_MAX;
    if (key.size() <= kKeyBytes) {
      std::copy(key.begin(), key.end(), member.key.begin());
      member.key_size = static_cast<uint32_t>(key.size());
      member.key_mask >>= kKeyBytes - key.size();
    }
    member.successor = static_cast<uint32_t>(object->members.size()) + 1;
    member.value = Know(known.object.get(), known.items.get());
    object->members.push_back(member);
  }
  object->member_count = static_cast<uint32_t>(object->members.size());
  WalkMember none;
  none.key_mask = 1;  // of a 0, where keys have a quote
  object->members.push_back(none);
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

}  // namespace lakegate
