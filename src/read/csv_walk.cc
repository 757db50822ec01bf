#include "read/csv_walk.h"

#include <immintrin.h>

#ifdef LAKEGATE_CSV_WALK_AVX2  // see csv_walk_avx2.cc
#define LAKEGATE_WALK_ROW WalkRowAvx2
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2")
#else
#define LAKEGATE_WALK_ROW WalkRowSse2
#endif

namespace lakegate {
namespace {

// 64 bytes of text; in the masks bit i stands for byte i.
#ifdef LAKEGATE_CSV_WALK_AVX2
struct Block64 {
  __m256i low, high;
  explicit Block64(const char* at)
      : low(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at))),
        high(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32))) {}
  static uint64_t Mask(__m256i first, __m256i second) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(first)) |
           uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(second))} << 32;
  }
  static __m256i SpecialsOf(const CsvWalkState& state, __m256i bytes) {
    const __m256i cells =
        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(state.delimiter)),
                        _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\n')));
    const __m256i quotes =
        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(state.quote)),
                        _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(state.escape)));
    return _mm256_or_si256(cells, quotes);
  }
  uint64_t Specials(const CsvWalkState& state) const {
    return Mask(SpecialsOf(state, low), SpecialsOf(state, high));
  }
  uint64_t High() const { return Mask(low, high); }
};
#else
struct Block64 {
  __m128i parts[4];
  explicit Block64(const char* at) {
    for (int i = 0; i < 4; ++i) {
      parts[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
    }
  }
  static uint64_t Mask(__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); }
  static uint64_t SpecialsOf(const CsvWalkState& state, __m128i bytes) {
    const __m128i cells = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(state.delimiter)),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    const __m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(state.quote)),
                                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(state.escape)));
    return Mask(_mm_or_si128(cells, quotes));
  }
  uint64_t Specials(const CsvWalkState& state) const {
    return SpecialsOf(state, parts[0]) | SpecialsOf(state, parts[1]) << 16 |
           SpecialsOf(state, parts[2]) << 32 | SpecialsOf(state, parts[3]) << 48;
  }
  uint64_t High() const {
    return Mask(parts[0]) | Mask(parts[1]) << 16 | Mask(parts[2]) << 32 | Mask(parts[3]) << 48;
  }
};
#endif

// The state's moving parts, in registers while a row is walked.
class Specials {
 public:
  Specials(CsvWalkState* state, const char* row) : state_(*state), block_(state_.block) {
    if (!block_) {
      Load(row);
      return;
    }
    const auto passed = row - block_;  // up to 64
    mask_ = state_.specials;
    block_high_ = state_.block_high;
    high_ = passed < 64 ? block_high_ >> passed : 0;
  }

  // The next special; there is always one, for a '\n' stands at the end of the text.
  const char* Take() {
    while (mask_ == 0) Load(block_ + 64);
    const char* special = block_ + __builtin_ctzll(mask_);
    mask_ &= mask_ - 1;
    return special;
  }

  void Store() const {
    state_.block = block_;
    state_.specials = mask_;
    state_.block_high = block_high_;
    state_.high = high_;
  }

 private:
  void Load(const char* at) {
    const Block64 block(at);
    block_ = at;
    mask_ = block.Specials(state_);
    block_high_ = block.High();
    high_ |= block_high_;
  }

  CsvWalkState& state_;
  const char* block_;
  uint64_t mask_ = 0;
  uint64_t block_high_ = 0;
  uint64_t high_ = 0;
};

}  // namespace

const char* LAKEGATE_WALK_ROW(CsvWalkState* state, const char* at, const char* end) {
  Specials specials(state, at);
  const char delimiter = state->delimiter;
  const int quote = state->quote == '\n' ? -1 : static_cast<unsigned char>(state->quote);
  const uint32_t* slot = state->slots.data();
  const uint32_t* const last = slot + state->slots.size() - 1;
  RawValue* const values = state->values.data();
  const RawKind kind_of_empty = state->empty_is_null ? RawKind::kNull : RawKind::kCell;
  int64_t line_ends = 0;
  for (;; ++slot) {
    RawValue& value = values[*slot];
    const char* special = specials.Take();
    if (static_cast<unsigned char>(*special) == quote) {
      if (special != at) return nullptr;
      const char* inside = at + 1;
      for (;;) {
        special = specials.Take();
        if (static_cast<unsigned char>(*special) == quote) break;
        if (*special == '\n') {
          if (!state->multiline || special == end) return nullptr;
          ++line_ends;
        } else if (*special != delimiter) {
          return nullptr;  // an escape
        }
      }
      value.data = inside;
      value.size = static_cast<uint32_t>(special - inside);
      value.kind = RawKind::kQuotedCell;
      at = special + 1;
      special = specials.Take();
      const bool behind_return = *at == '\r' && special == at + 1 && *special == '\n';
      if (special != at && !behind_return) return nullptr;
    } else {
      auto size = static_cast<uint32_t>(special - at);
      if (*special == '\n' && size > 0 && special[-1] == '\r') --size;
      value.data = at;
      value.size = size;
      value.kind = size == 0 ? kind_of_empty : RawKind::kCell;
    }
    at = special + 1;
    if (*special == delimiter) {
      if (slot == last) return nullptr;
      continue;
    }
    if (*special != '\n' || slot != last) return nullptr;
    state->line_ends = line_ends;
    specials.Store();
    return special;
  }
}

}  // namespace lakegate

#ifdef LAKEGATE_CSV_WALK_AVX2
#pragma GCC pop_options
#endif
