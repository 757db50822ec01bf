#include "validate/string_format.h"

#include <arpa/inet.h>
#include <emmintrin.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "validate/temporal_text.h"

namespace lakegate {
namespace {

enum CharClass : uint8_t { kEmailLocal = 1, kLabel = 2 };

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> table{};
  const auto add = [&](std::string_view chars, uint8_t classes) {
    for (const char c : chars) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<uint8_t>(entry | classes);
    }
  };
  const std::string_view digits = "0123456789";
  const std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  add(digits, kEmailLocal | kLabel);
  add(letters, kEmailLocal | kLabel);
  add(".!#$%&'*+/=?^_`{|}~-", kEmailLocal);
  add("-", kLabel);
  return table;
}
constexpr auto kClasses = MakeClasses();

// Where the characters of that class that stand at `from` end.
size_t EndOf(CharClass wanted, std::string_view text, size_t from) {
  while (from < text.size() && (kClasses[static_cast<unsigned char>(text[from])] & wanted) != 0) {
    ++from;
  }
  return from;
}

// 16 bytes: which are hexadecimal digits, which are dashes.
struct HexMasks {
  int hex;
  int dash;
};
HexMasks MasksOf(const char* p) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const auto within = [](__m128i v, char low, char high) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(static_cast<char>(low - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(high + 1))));
  };
  const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
  const __m128i hex = _mm_or_si128(within(bytes, '0', '9'), within(lower, 'a', 'f'));
  return {_mm_movemask_epi8(hex), _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')))};
}

// Labels of letters, digits and inner dashes, at most 63 each, separated by dots.
bool AreLabels(std::string_view text) {
  for (size_t start = 0;;) {
    const size_t end = EndOf(kLabel, text, start);
    if (end == start || end - start > 63 || text[start] == '-' || text[end - 1] == '-') {
      return false;
    }
    if (end == text.size()) return true;
    if (text[end] != '.') return false;
    start = end + 1;
  }
}

}  // namespace

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  const HexMasks a = MasksOf(text.data());
  const HexMasks b = MasksOf(text.data() + 16);
  const HexMasks c = MasksOf(text.data() + 20);
  // Dashes at 8, 13, 18, 23; of the second load at 2 and 7, of the third at 3.
  return a.dash == 0x2100 && a.hex == (0xFFFF & ~0x2100) && b.dash == 0x0084 &&
         b.hex == (0xFFFF & ~0x0084) && c.dash == 0x0008 && c.hex == (0xFFFF & ~0x0008);
}

bool IsEmail(std::string_view text) {
  const size_t at = EndOf(kEmailLocal, text, 0);
  return at > 0 && at < text.size() && text[at] == '@' && AreLabels(text.substr(at + 1));
}

bool IsIpv4(std::string_view text) {
  int octets = 0;
  size_t i = 0;
  for (;;) {
    int value = 0;
    size_t digits = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9' && digits < 4; ++i, ++digits) {
      value = value * 10 + (text[i] - '0');
    }
    if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[i - digits] == '0')) {
      return false;
    }
    ++octets;
    if (i == text.size()) return octets == 4;
    if (text[i++] != '.' || octets == 4) return false;
  }
}

bool IsIpv6(std::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return false;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = 0;
  in6_addr address;
  return inet_pton(AF_INET6, copy, &address) == 1;
}

bool IsHostname(std::string_view text) {
  return !text.empty() && text.size() <= 253 && AreLabels(text);
}

bool IsDateTime(std::string_view text) {
  int64_t us = 0;
  bool has_offset = false;
  if (text.size() < 20 || text[16] != ':' || text[10] == ' ') return false;
  const TemporalOutcome outcome = ParseIsoTimestamp(text, 0, &us, &has_offset);
  const bool colon = text.back() == 'Z' || text.back() == 'z' || text[text.size() - 3] == ':';
  return outcome != TemporalOutcome::kWrong && has_offset && colon;
}

bool HasFormat(std::string_view text, StringFormat format) {
  switch (format) {
    case StringFormat::kUuid:
      return IsUuid(text);
    case StringFormat::kEmail:
      return IsEmail(text);
    case StringFormat::kIpv4:
      return IsIpv4(text);
    case StringFormat::kIpv6:
      return IsIpv6(text);
    case StringFormat::kUri:
      return IsUri(text);
    case StringFormat::kHostname:
      return IsHostname(text);
    case StringFormat::kDateTime:
      return IsDateTime(text);
  }
  return false;
}

const char* Name(StringFormat format) {
  switch (format) {
    case StringFormat::kUuid:
      return "uuid";
    case StringFormat::kEmail:
      return "email";
    case StringFormat::kIpv4:
      return "ipv4";
    case StringFormat::kIpv6:
      return "ipv6";
    case StringFormat::kUri:
      return "uri";
    case StringFormat::kHostname:
      return "hostname";
    case StringFormat::kDateTime:
      return "date-time";
  }
  return "?";
}

const char* Example(StringFormat format) {
  switch (format) {
    case StringFormat::kUuid:
      return "123e4567-e89b-12d3-a456-426614174000";
    case StringFormat::kEmail:
      return "ann@example.org";
    case StringFormat::kIpv4:
      return "192.0.2.1";
    case StringFormat::kIpv6:
      return "2001:db8::1";
    case StringFormat::kUri:
      return "https://example.org/a";
    case StringFormat::kHostname:
      return "www.example.org";
    case StringFormat::kDateTime:
      return "2025-01-31T12:00:00Z";
  }
  return "?";
}

}  // namespace lakegate
