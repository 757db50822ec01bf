#include "validate/plain_text.h"

#include <emmintrin.h>

#include <algorithm>

namespace lakegate {
namespace {

// Of 32 bytes, a bit each.
struct EmailMasks {
  uint64_t alphanumeric = 0;
  uint64_t dot_or_dash = 0;
  uint64_t dot = 0;
  uint64_t at = 0;

  void Add(const char* from, int shift) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i inside = _mm_or_si128(Within(bytes, '0', '9'), Within(lower, 'a', 'z'));
    const __m128i dots = Equal(bytes, '.');
    alphanumeric |= Mask(inside) << shift;
    dot |= Mask(dots) << shift;
    dot_or_dash |= Mask(_mm_or_si128(dots, Equal(bytes, '-'))) << shift;
    at |= Mask(Equal(bytes, '@')) << shift;
  }

 private:
  static __m128i Within(__m128i bytes, char low, char high) {  // bytes >= 0x80 are below
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(low - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(high + 1))));
  }
  static __m128i Equal(__m128i bytes, char wanted) {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted));
  }
  static uint64_t Mask(__m128i flags) { return static_cast<uint32_t>(_mm_movemask_epi8(flags)); }
};

// The first `size` bytes are 0xFF from &kOnes[16 - size] on.
constexpr std::array<uint8_t, 32> kOnes = [] {
  std::array<uint8_t, 32> ones{};
  std::fill(ones.begin(), ones.begin() + 16, uint8_t{0xFF});
  return ones;
}();

}  // namespace

bool IsPlainEmail(std::string_view padded) {
  static_assert(kTextPadding >= 32);
  const size_t size = padded.size();
  if (size - 1 > 31) return false;  // empty ones, too: they may stand nowhere
  EmailMasks masks;
  masks.Add(padded.data(), 0);
  masks.Add(padded.data() + 16, 16);
  const uint64_t behind = uint64_t{1} << size;
  const uint64_t all = behind - 1;
  const uint64_t at = masks.at & all;
  if (at <= 1 || (at & (at - 1)) != 0) return false;  // none, the first character, or several
  if (((masks.alphanumeric | masks.dot_or_dash | at) & all) != all) return false;
  // Labels behind the '@' begin and end with a letter or digit: thus none is empty.
  const uint64_t dots = masks.dot & all & ~(at | (at - 1));
  const uint64_t edges = ((dots | at) << 1) | ((dots | behind) >> 1);
  return (edges & ~(masks.alphanumeric & all)) == 0;
}

ShortEnum::ShortEnum(const std::vector<std::string>& values) {
  const auto is_short = [](const std::string& value) {
    return !value.empty() && value.size() <= kMostBytes;
  };
  if (values.size() > kMostValues || !std::all_of(values.begin(), values.end(), is_short)) return;
  for (const std::string& text : values) {
    Value value;
    std::copy(text.begin(), text.end(), value.bytes.begin());
    value.size = text.size();
    values_.push_back(value);
  }
}

bool ShortEnum::Has(std::string_view padded) const {
  static_assert(kTextPadding >= kMostBytes);
  const size_t size = padded.size();
  if (size - 1 >= kMostBytes) return false;
  const auto load = [](const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
  };
  const __m128i text = _mm_and_si128(load(padded.data()), load(&kOnes[16 - size]));
  bool found = false;
  for (const Value& value : values_) {
    const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(text, load(value.bytes.data())));
    found |=
        static_cast<bool>(static_cast<int>(equal == 0xFFFF) & static_cast<int>(size == value.size));
  }
  return found;
}

bool ReadPlainDigits(std::string_view padded, int64_t* digits, int* scale) {
  static_assert(kTextPadding >= 8);
  if (padded.empty()) return false;  // it may stand nowhere
  const char* at = padded.data();
  const char* const end = at + padded.size();
  const bool is_negative = *at == '-';
  at += is_negative ? 1 : 0;
  int64_t number = 0;
  const int count = ShortDigits(at, &number);
  if (count == 0 || count > 7) return false;
  at += count;
  *scale = 0;
  if (at != end) {
    int64_t fraction = 0;
    if (at > end || *at != '.') return false;
    *scale = ShortDigits(at + 1, &fraction);
    if (*scale == 0 || *scale > 7 || at + 1 + *scale != end) return false;
    number = number * kShortPowers[*scale] + fraction;
  }
  *digits = is_negative ? -number : number;
  return !is_negative || number != 0;
}

}  // namespace lakegate
