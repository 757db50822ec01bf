#include "read/line_walk.h"

#include <immintrin.h>

#include <cstring>

#include "core/digit_word.h"
#include "read/json_text.h"

#ifdef LAKEGATE_LINE_WALK_AVX2  // see line_walk_avx2.cc
#define LAKEGATE_WALK_LINE WalkLineAvx2
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#else
#define LAKEGATE_WALK_LINE WalkLineSse2
#endif

namespace lakegate {
namespace {

// Operands of comparisons: in memory they cost nothing, in registers they would be made anew for
// every string.
struct alignas(32) Repeat {
  char bytes[32];
  explicit constexpr Repeat(char byte) : bytes() {
    for (char& each : bytes) each = byte;
  }
};
constexpr Repeat kQuotes('"'), kBackslashes('\\'), kLastControls('\x1F');

constexpr RawValue kAbsent{};
static_assert(sizeof(RawValue) == 32);  // a Block

// 32 bytes of text; in the masks bit i stands for byte i.
#ifdef LAKEGATE_LINE_WALK_AVX2
struct Block {
  __m256i bytes;
  explicit Block(const char* at)
      : bytes(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at))) {}
  explicit Block(const Repeat& repeat)
      : bytes(_mm256_load_si256(reinterpret_cast<const __m256i*>(repeat.bytes))) {}
  static uint32_t Mask(__m256i flags) { return static_cast<uint32_t>(_mm256_movemask_epi8(flags)); }
  uint32_t Equal(const char* text) const {
    return Mask(_mm256_cmpeq_epi8(bytes, Block(text).bytes));
  }
  uint32_t High() const { return Mask(bytes); }
  void Add(const Block& other) { bytes = _mm256_or_si256(bytes, other.bytes); }
  // What ends the plain part of a string: a quote, a backslash, a control character.
  uint32_t Stops() const {
    const __m256i control =
        _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, Block(kLastControls).bytes), bytes);
    const __m256i quote = _mm256_cmpeq_epi8(bytes, Block(kQuotes).bytes);
    const __m256i backslash = _mm256_cmpeq_epi8(bytes, Block(kBackslashes).bytes);
    return Mask(_mm256_or_si256(_mm256_or_si256(quote, backslash), control));
  }
  void Store(RawValue* at) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), bytes); }
};
#else
struct Block {
  __m128i low, high;
  explicit Block(const char* at)
      : low(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))),
        high(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16))) {}
  static uint32_t Mask(__m128i first, __m128i second) {
    return static_cast<uint32_t>(_mm_movemask_epi8(first)) |
           (static_cast<uint32_t>(_mm_movemask_epi8(second)) << 16);
  }
  static __m128i Of(const Repeat& repeat) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(repeat.bytes));
  }
  uint32_t Equal(const char* text) const {
    const Block other(text);
    return Mask(_mm_cmpeq_epi8(low, other.low), _mm_cmpeq_epi8(high, other.high));
  }
  uint32_t High() const { return Mask(low, high); }
  void Add(const Block& other) {
    low = _mm_or_si128(low, other.low);
    high = _mm_or_si128(high, other.high);
  }
  static __m128i StopsOf(__m128i bytes) {
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, Of(kLastControls)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, Of(kQuotes));
    const __m128i backslash = _mm_cmpeq_epi8(bytes, Of(kBackslashes));
    return _mm_or_si128(_mm_or_si128(quote, backslash), control);
  }
  // What ends the plain part of a string: a quote, a backslash, a control character.
  uint32_t Stops() const { return Mask(StopsOf(low), StopsOf(high)); }
  void Store(RawValue* at) const {
    __m128i* to = reinterpret_cast<__m128i*>(at);
    _mm_storeu_si128(to, low);
    _mm_storeu_si128(to + 1, high);
  }
};
#endif

#define LAKEGATE_INLINE inline __attribute__((always_inline))
#define LAKEGATE_RARE __attribute__((noinline, cold))

using Position = const char*;  // in the line; null: not a plain record

// Space within a line: not '\n', which ends it.
LAKEGATE_INLINE Position SkipSpace(Position at) {
  while (*at == ' ' || *at == '\t' || *at == '\r') ++at;
  return at;
}

LAKEGATE_INLINE void Set(RawValue* value, RawKind kind, Position begin, Position end) {
  value->data = begin;
  value->size = static_cast<uint32_t>(end - begin);
  value->kind = kind;
}

// At the first quote, backslash or control character from `at` on.
LAKEGATE_INLINE Position EndOfPlainText(Position at) {
  for (;;) {
    const uint32_t stops = Block(at).Stops();
    if (stops != 0) return at + __builtin_ctz(stops);
    at += 32;
  }
}

// The rest of a string whose first backslash is at `at`.
LAKEGATE_RARE Position EscapedString(WalkState& state, Position begin, Position at,
                                     RawValue* value) {
  while (*at == '\\') {
    if (static_cast<unsigned char>(at[1]) < 0x20) return nullptr;
    at = EndOfPlainText(at + 2);
  }
  if (*at != '"') return nullptr;
  const std::string* text = state.Unescape({begin, static_cast<size_t>(at - begin)});
  if (!text) return nullptr;
  Set(value, RawKind::kString, text->data(), text->data() + text->size());
  return at + 1;
}

// At the opening quote.
LAKEGATE_INLINE Position String(WalkState& state, Position at, RawValue* value) {
  const Position end = EndOfPlainText(at + 1);
  if (*end == '"') [[likely]] {
    Set(value, RawKind::kString, at + 1, end);
    return end + 1;
  }
  return *end == '\\' ? EscapedString(state, at + 1, end, value) : nullptr;
}

// Any JSON number; those of up to 18 digits without exponent get their digits.
LAKEGATE_RARE Position LongNumber(Position begin, RawValue* value) {
  Position at = begin + (*begin == '-' ? 1 : 0);
  int64_t digits = 0;
  int count = 0, scale = 0;
  bool is_plain = true, in_fraction = false;
  for (;; ++at) {
    const char c = *at;
    if (c >= '0' && c <= '9') {
      if (++count <= 18) digits = digits * 10 + (c - '0');
      scale += in_fraction ? 1 : 0;
    } else if (c == '.' && !in_fraction) {
      in_fraction = true;
    } else if (c == 'e' || c == 'E' || c == '+' || c == '-' || c == '.') {
      is_plain = false;
    } else {
      break;
    }
  }
  if (!IsJsonNumber({begin, static_cast<size_t>(at - begin)})) return nullptr;
  Set(value, RawKind::kNumber, begin, at);
  if (is_plain && count <= 18 && (*begin != '-' || digits != 0)) {
    value->SetDigits(*begin == '-' ? -digits : digits, scale);
  }
  return at;
}

LAKEGATE_INLINE Position Number(Position begin, RawValue* value) {
  const bool negative = *begin == '-';
  Position at = begin + (negative ? 1 : 0);
  int64_t digits = 0, fraction = 0;
  const int count = ShortDigits(at, &digits);
  if (count == 0 || (*at == '0' && count > 1)) return nullptr;
  if (count > 7) return LongNumber(begin, value);
  at += count;
  int scale = 0;
  if (*at == '.') {
    scale = ShortDigits(at + 1, &fraction);
    if (scale == 0) return nullptr;
    if (scale > 7) return LongNumber(begin, value);
    at += 1 + scale;
    digits = digits * kShortPowers[scale] + fraction;
  }
  if (*at == 'e' || *at == 'E') return LongNumber(begin, value);
  Set(value, RawKind::kNumber, begin, at);
  if (!negative || digits != 0) [[likely]] {  // -0 is more than its digits
    value->SetDigits(negative ? -digits : digits, scale);
  }
  return at;
}

LAKEGATE_INLINE Position Literal(Position at, const char (&word)[5], int size, RawKind kind,
                                 RawValue* value) {
  if (std::memcmp(at, word, 4) != 0) return nullptr;
  if (size == 5 && at[4] != 'e') return nullptr;
  Set(value, kind, at, at + size);
  return at + size;
}

Position Object(WalkState& state, Position at, WalkObject* known, int depth);
Position Array(WalkState& state, Position at, const WalkValue* items, int depth);

// A block of values that are absent; returns the index of the first.
LAKEGATE_INLINE uint32_t NewBlock(WalkState& state, size_t count) {
  const uint32_t begin = state.used;
  const size_t end = begin + count;
  if (end >= state.values.size()) [[unlikely]] {
    state.Grow(end + 1);
  }
  const Block absent(reinterpret_cast<const char*>(&kAbsent));
  RawValue* at = state.values.data() + begin;
  RawValue* const last = state.values.data() + end;
  for (; at < last; at += 2) {  // perhaps one more than asked for
    absent.Store(at);
    absent.Store(at + 1);
  }
  state.used = static_cast<uint32_t>(end);
  return begin;
}

// A number or literal.
LAKEGATE_INLINE Position OtherScalar(Position at, RawValue* value) {
  switch (*at) {
    case 't':
      return Literal(at, "true", 4, RawKind::kTrue, value);
    case 'f':
      return Literal(at, "fals", 5, RawKind::kFalse, value);
    case 'n':
      return Literal(at, "null", 4, RawKind::kNull, value);
    default:
      return Number(at, value);
  }
}

// A string, number or literal.
LAKEGATE_INLINE Position Scalar(WalkState& state, Position at, RawValue* value) {
  return *at == '"' ? String(state, at, value) : OtherScalar(at, value);
}

LAKEGATE_INLINE bool IsNested(char first) { return first == '{' || first == '['; }

// The way down. The value comes to state.nested: the slots may have moved.
__attribute__((noinline)) Position Nested(WalkState& state, Position at, const WalkValue& known,
                                          int depth) {
  return *at == '{' ? Object(state, at, known.object, depth) : Array(state, at, known.items, depth);
}

// Whatever the contract does not know: only its validity counts.
__attribute__((noinline)) Position UnknownValue(WalkState& state, Position at, int depth) {
  at = SkipSpace(at);
  if (IsNested(*at)) return Nested(state, at, WalkValue{}, depth);
  RawValue ignored;
  return Scalar(state, at, &ignored);
}

// Of one object: what the contract does not know.
struct Strangers {
  bool has_unknown = false;  // there are some in state.open_keys
  uint64_t learned = 0;      // those that were there, a bit each
};

// Behind a ':' that may have space around it.
LAKEGATE_INLINE Position SkipColon(Position at) {
  at = SkipSpace(at);
  return *at == ':' ? at + 1 : nullptr;
}

struct FoundKey {
  Position at;         // behind the colon; null: not a plain record
  WalkMember* member;  // null: nothing is known of it
};

// A key that was not the expected one, from its quote on. `last`: the member before it, if any.
__attribute__((noinline)) FoundKey OtherKey(WalkState& state, Position at, WalkObject* known,
                                            WalkMember* last, Strangers* strangers) {
  RawValue key;
  const Position begin = at + 1;
  at = String(state, at, &key);
  if (at) at = SkipColon(at);
  if (!at) return {nullptr, nullptr};
  const JsonLayout* layout = known ? known->layout : nullptr;
  const int index = layout ? layout->Find(key.text()) : -1;
  WalkMember* member = nullptr;
  if (index >= 0) {
    member = &known->members[static_cast<uint32_t>(index)];
  } else if (known) {
    if (key.data != begin) return {nullptr, nullptr};  // with escapes it might be a learned one
    member = state.Learn(known, key.text());
  }
  if (!member) {
    if (!state.AddUnknownKey(key.text(), !strangers->has_unknown, layout))
      return {nullptr, nullptr};
    strangers->has_unknown = true;
    return {at, nullptr};
  }
  (last ? last->successor : known->first) = member;  // learn the order of this file
  return {at, member};
}

// The value of a key that the contract does not know, which has no slot.
__attribute__((noinline)) Position LearnedMember(WalkState& state, Position at, WalkObject* known,
                                                 WalkMember* member, Strangers* strangers,
                                                 int depth) {
  const uint64_t bit = uint64_t{1} << (member - known->none() - 1);
  if ((strangers->learned & bit) != 0) return nullptr;  // repeated
  strangers->learned |= bit;
  if (known->layout) state.ListUnknownKey(*member);
  at = SkipSpace(at);
  if (*at != '{') return UnknownValue(state, at, depth);
  if (!member->value.object) member->value.object = state.LearnObject();
  return Object(state, at, member->value.object, depth);
}

// A value in slot `slot`; what is inside it may move the slots.
__attribute__((noinline)) Position NestedMember(WalkState& state, Position at,
                                                const WalkMember& member, uint32_t slot,
                                                int depth) {
  at = Nested(state, at, member.value, depth);
  state.values[slot] = state.nested;
  return at;
}

// The value of a known key; the object's values begin in slot `block`.
LAKEGATE_INLINE Position KnownMember(WalkState& state, Position at, const WalkMember& member,
                                     uint32_t block, int depth) {
  RawValue* value = state.values.data() + block + member.slot;
  if (value->kind != RawKind::kAbsent) return nullptr;  // repeated
  if (*at == '"') return String(state, at, value);
  if (static_cast<unsigned char>(*at) <= ' ') [[unlikely]] {
    at = SkipSpace(at);
    if (*at == '"') return String(state, at, value);
  }
  if (!IsNested(*at)) return OtherScalar(at, value);
  return NestedMember(state, at, member, block + member.slot, depth);
}

LAKEGATE_INLINE Position Finish(WalkState& state, RawKind kind, Position begin, Position end,
                                uint32_t first, uint32_t count) {
  state.nested = RawValue{};
  Set(&state.nested, kind, begin, end);
  state.nested.first = first;
  state.nested.count = count;
  return end;
}

// Behind a member: at the quote of the next one, or at the '}'. Null: neither.
LAKEGATE_INLINE Position NextMember(Position at) {
  uint16_t usual;
  std::memcpy(&usual, at, sizeof usual);
  if (usual == (',' | '"' << 8)) [[likely]] {
    return at + 1;
  }
  at = SkipSpace(at);
  if (*at == '}') return at;
  if (*at != ',') return nullptr;
  at = SkipSpace(at + 1);
  return *at == '"' ? at : nullptr;
}

// At '{'.
Position Object(WalkState& state, Position at, WalkObject* known, int depth) {
  if (depth > state.max_depth) return nullptr;
  if (known && known->is_rare) return nullptr;
  const Position begin = at;
  const uint32_t block = known ? NewBlock(state, known->member_count) : kNoValue;
  WalkMember* expected = known ? known->first : state.nothing.none();
  WalkMember* last = nullptr;
  uint32_t members = 0;
  Strangers strangers;
  if (*++at != '"') at = SkipSpace(at);
  if (*at != '"' && *at != '}') return nullptr;
  for (; *at != '}'; ++members) {
    WalkMember* member = expected;
    if ((member->key_mask & ~Block(at).Equal(member->key.data())) == 0) [[likely]] {
      at += member->key_size;
    } else {
      const FoundKey found = OtherKey(state, at, known, last, &strangers);
      if (!found.at) return nullptr;
      at = found.at;
      member = found.member;
    }
    if (!member) {
      at = UnknownValue(state, at, depth + 1);
    } else {
      last = member;
      expected = member->successor;
      at = member->is_learned ? LearnedMember(state, at, known, member, &strangers, depth + 1)
                              : KnownMember(state, at, *member, block, depth + 1);
    }
    if (at) at = NextMember(at);
    if (!at) return nullptr;
  }
  if (strangers.has_unknown) state.CloseUnknownKeys();
  return Finish(state, RawKind::kObject, begin, at + 1, block, members);
}

// One item of a known array; its slot is behind what is inside it, as JsonWalker puts it.
LAKEGATE_INLINE Position Item(WalkState& state, Position at, const WalkValue& known, int depth,
                              uint32_t* slot) {
  if (!IsNested(*at)) {
    *slot = NewBlock(state, 1);
    return Scalar(state, at, &state.values[*slot]);
  }
  at = Nested(state, at, known, depth);
  *slot = NewBlock(state, 1);
  state.values[*slot] = state.nested;
  return at;
}

// Not 0: a byte >= 0x80 stands in [begin, end).
LAKEGATE_INLINE uint32_t HighBytes(Position begin, Position end) {
  Block all(begin);
  for (begin += 32; begin < end; begin += 32) all.Add(Block(begin));
  return all.High();
}

// At '['. Items are chained if `items` is given, else only checked.
Position Array(WalkState& state, Position at, const WalkValue* items, int depth) {
  if (depth > state.max_depth) return nullptr;
  const Position begin = at;
  uint32_t first = kNoValue, last = kNoValue, count = 0;
  at = SkipSpace(at + 1);
  if (*at == ']') return Finish(state, RawKind::kArray, begin, at + 1, first, 0);
  for (;;) {
    if (items) {
      uint32_t slot = 0;
      at = Item(state, at, *items, depth + 1, &slot);
      (last == kNoValue ? first : state.values[last].next) = slot;
      last = slot;
      if (state.used > state.max_values) return nullptr;
    } else {
      at = UnknownValue(state, at, depth + 1);
    }
    if (!at) return nullptr;
    ++count;
    if (*at != ',') {
      at = SkipSpace(at);
      if (*at == ']') break;
      if (*at != ',') return nullptr;
    }
    at = SkipSpace(at + 1);
  }
  return Finish(state, RawKind::kArray, begin, at + 1, first, count);
}

}  // namespace

const char* LAKEGATE_WALK_LINE(WalkState* state, const char* begin) {
  state->Clear();
  const char* at = SkipSpace(begin);
  if (*at != '{') return nullptr;
  at = Object(*state, at, state->root, 1);
  if (!at) return nullptr;
  at = SkipSpace(at);
  state->high = HighBytes(begin, at);
  return *at == '\n' ? at : nullptr;
}

}  // namespace lakegate

#ifdef LAKEGATE_LINE_WALK_AVX2
#pragma GCC pop_options
#endif
