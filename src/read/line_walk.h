// The hot half of the NDJSON reader: walks one line from left to right along the contract's
// layout, predicting each key. It knows plain records only; whatever is damaged, repeated, too
// deep or rare it leaves to JsonWalker, which says exactly what is wrong.
//
// Compiled twice, for SSE2 and for AVX2 (line_walk_avx2.cc).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "read/json_layout.h"
#include "read/open_keys.h"
#include "read/raw_record.h"
#include "read/text_arena.h"

namespace lakegate {

// A key as it mostly stands in a line, `"name":`, to be compared in one go.
inline constexpr size_t kKeyBytes = 32;

struct WalkObject;

// What the contract knows of a value: at most one of the two is set.
struct WalkValue {
  WalkObject* object = nullptr;      // members are known
  const WalkValue* items = nullptr;  // an array: what its items are
};

struct WalkMember {
  alignas(32) std::array<char, kKeyBytes> key{};
  uint32_t key_mask = 0;  // a bit for each byte of key
  uint8_t key_size = 0;   // 0: too long for one comparison; key is then no bytes of any text
  bool is_learned = false;
  uint16_t slot = 0;                // of its value among the object's; not of a learned one
  WalkMember* successor = nullptr;  // the one that followed it last; WalkObject::none()
  WalkValue value;
  // Of a learned one.
  std::string_view name() const { return {key.data() + 1, size_t{key_size} - 3}; }
};

inline constexpr uint32_t kMostLearned = 64;  // of an object: a bit each
inline constexpr size_t kMostKnown = 65'535;  // of an object: WalkMember::slot

struct WalkObject {
  explicit WalkObject(uint32_t known);  // that many members; the contract's are to be filled

  // The contract's; one that no key is equal to; then keys that the contract does not know, as
  // lines had them, so that these are predicted, too. They stay where they are.
  std::vector<WalkMember> members;
  uint32_t member_count = 0;           // the contract's
  std::vector<uint8_t> learned;        // hash table: 0, or 1 + index among the learned ones
  const JsonLayout* layout = nullptr;  // null: the contract does not know the object
  WalkMember* first = nullptr;         // the member that came first last time
  bool is_rare = false;                // left to JsonWalker

  WalkMember* none() { return &members[member_count]; }
};

// One walker's state. The values of the record are values[0 .. used).
struct WalkState {
  WalkObject* root = nullptr;
  int max_depth = 64;
  size_t max_values = 0;         // see ReadLimits
  WalkObject nothing{0};         // stands for an object that nothing is known of
  std::vector<RawValue> values;  // always as large as it ever was; `used` counts
  uint32_t used = 0;
  RawValue nested;    // the object or array that was walked last
  uint32_t high = 0;  // not 0: a byte >= 0x80 stands in the line, or in the 31 bytes behind it
  std::vector<std::string_view> unknown_keys;
  std::vector<std::unique_ptr<WalkObject>> learned_objects;
  OpenKeys open_keys;
  TextArena unescaped;

  // Not inline: code that is shared with other files must not be compiled for AVX2.
  void Clear();
  void Grow(size_t values);  // `values` becomes at least that large
  // The member that stands for this key without escapes; null: there are too many, or too long.
  WalkMember* Learn(WalkObject* object, std::string_view key);
  WalkObject* LearnObject();  // null: there are too many
  void ListUnknownKey(const WalkMember& learned);
  // `is_first`: of its object. False: the object has the key already.
  bool AddUnknownKey(std::string_view key, bool is_first, bool is_listed);
  void CloseUnknownKeys();
  // The text of a string's inside without escapes; null: an escape is wrong.
  const std::string* Unescape(std::string_view inside);
};

// Walks the line at `at`, which a '\n' must end; 64 bytes behind that '\n' must be readable.
// Returns where the '\n' is; null: not a plain record. UTF-8 is not checked (see `high`).
const char* WalkLineSse2(WalkState* state, const char* at);
const char* WalkLineAvx2(WalkState* state, const char* at);

}  // namespace lakegate
