#include "read/json_text.h"

#include <tmmintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/instruction_set.h"

namespace lakegate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(uint32_t code_point, std::string* out) {
  const auto put = [&](uint32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

// The four hex digits at `at`; -1 if they are not there.
int32_t HexQuad(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = text[i];
    int digit;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

// At the 'u' of \uXXXX. Moves *at behind the escape (both halves of a surrogate pair).
bool UnescapeUnicode(std::string_view inside, size_t* at, std::string* out) {
  const int32_t first = HexQuad(inside, *at + 1);
  if (first < 0) return false;
  *at += 5;
  if (first < 0xD800 || first > 0xDFFF) {
    AppendUtf8(static_cast<uint32_t>(first), out);
    return true;
  }
  if (first >= 0xDC00) return false;
  if (*at + 1 >= inside.size() || inside[*at] != '\\' || inside[*at + 1] != 'u') return false;
  const int32_t second = HexQuad(inside, *at + 2);
  if (second < 0xDC00 || second > 0xDFFF) return false;
  *at += 6;
  AppendUtf8(0x10000 + (static_cast<uint32_t>(first - 0xD800) << 10) +
                 static_cast<uint32_t>(second - 0xDC00),
             out);
  return true;
}

// Bit i: the i-th of sixteen bytes does not stand for itself.
unsigned NotPlain(__m128i bytes) {
  const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i controls = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
  const __m128i any = _mm_or_si128(_mm_or_si128(quotes, backslashes), controls);
  return static_cast<unsigned>(_mm_movemask_epi8(any));
}

// What stands behind the backslash of every byte; 0: it stands for itself, 'u': its number does.
struct Escapes {
  char letter[256] = {};
  constexpr Escapes() {
    for (int c = 0; c < 0x20; ++c) letter[c] = 'u';
    letter['\n'] = 'n';
    letter['\r'] = 'r';
    letter['\t'] = 't';
    letter['"'] = '"';
    letter['\\'] = '\\';
  }
};
constexpr Escapes kEscapes;
constexpr size_t kLongestEscape = 6;

// Two bytes are written in any case: there must be room. Returns the end.
char* AppendEscaped(unsigned char c, char* to) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char letter = kEscapes.letter[c];
  to[0] = letter != 0 ? '\\' : static_cast<char>(c);
  to[1] = letter;
  to += letter != 0 ? 2 : 1;
  if (letter != 'u') [[likely]]
    return to;
  *to++ = '0';
  *to++ = '0';
  *to++ = kHex[c >> 4];
  *to++ = kHex[c & 15];
  return to;
}

// Sixteen bytes; as many behind them may be read, and are written behind the end. Returns the end.
char* AppendBlock(const char* from, char* to) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  unsigned special = NotPlain(bytes);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  size_t done = 0;
  for (; special != 0; special &= special - 1) {
    const auto place = static_cast<size_t>(std::countr_zero(special));
    to = AppendEscaped(static_cast<unsigned char>(from[place]), to + (place - done));
    done = place + 1;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + done)));
  }
  return to + (sizeof(__m128i) - done);
}

// How eight bytes become up to sixteen, for each set of those that get a backslash before them:
// places of the shuffled bytes, where place 8 is a backslash.
struct Spreads {
  alignas(16) uint8_t of[256][16] = {};
  constexpr Spreads() {
    for (int set = 0; set < 256; ++set) {
      int size = 0;
      for (uint8_t place = 0; place < 8; ++place) {
        if ((set >> place & 1) != 0) of[set][size++] = 8;
        of[set][size++] = place;
      }
    }
  }
};
constexpr Spreads kSpreads;

__attribute__((target("ssse3"))) void StoreSpread(__m128i bytes, unsigned marked, char* to) {
  const auto* places = reinterpret_cast<const __m128i*>(kSpreads.of[marked]);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_shuffle_epi8(bytes, _mm_load_si128(places)));
}

// As AppendBlock, without branches on where and how many quotes and backslashes there are.
__attribute__((target("ssse3,popcnt"))) inline char* SpreadBlock(const char* from, char* to) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  if (_mm_movemask_epi8(control) != 0) return AppendBlock(from, to);
  const auto marked = static_cast<unsigned>(_mm_movemask_epi8(
      _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, backslash))));
  const unsigned first = marked & 0xFF;
  StoreSpread(_mm_unpacklo_epi64(bytes, backslash), first, to);
  // Counted, not looked up: the next block does not wait for a table.
  StoreSpread(_mm_unpackhi_epi64(bytes, backslash), marked >> 8, to + 8 + std::popcount(first));
  return to + 16 + std::popcount(marked);
}

// Blocks that follow each other.
char* AppendBlocks(const char* from, size_t blocks, char* to) {
  for (; blocks > 0; --blocks, from += sizeof(__m128i)) to = AppendBlock(from, to);
  return to;
}
__attribute__((target("ssse3,popcnt"))) char* SpreadBlocks(const char* from, size_t blocks,
                                                           char* to) {
  for (; blocks > 0; --blocks, from += sizeof(__m128i)) to = SpreadBlock(from, to);
  return to;
}

constexpr size_t kBlock = sizeof(__m128i);
constexpr size_t kPiece = 256;
constexpr size_t kPieceRoom = kPiece * kLongestEscape + 3 * kBlock;  // blocks are stored whole

// The rest of a text, of less than two blocks, and the last quote. Returns the end.
template <typename Append>
char* EscapeRest(std::string_view text, Append append, char* to) {
  char rest[3 * kBlock];  // there is room behind it, and bytes that stand for themselves
  std::fill(std::copy(text.begin(), text.end(), rest), std::end(rest), ' ');
  const size_t blocks = (text.size() + kBlock - 1) / kBlock;
  to = append(rest, blocks, to) - (blocks * kBlock - text.size());
  *to++ = '"';
  return to;
}

// Calls `write_piece` for each piece of the JSON string, with what writes it to a place with room
// for kPieceRoom bytes and returns the end.
template <typename WritePiece>
void ForPieces(std::string_view text, WritePiece write_piece) {
  static const auto append =
      ChosenInstructionSet() == InstructionSet::kAvx2 ? SpreadBlocks : AppendBlocks;
  size_t at = 0;
  bool is_first = true;
  bool is_last = false;
  while (!is_last) {
    write_piece([&](char* to) {
      if (is_first) *to++ = '"';
      is_first = false;
      // Bytes behind a block are read, too: the last one waits for EscapeRest.
      const size_t left = (text.size() - at) / kBlock;
      const size_t blocks = std::min(left - std::min<size_t>(left, 1), kPiece / kBlock - 2);
      to = append(text.data() + at, blocks, to);
      at += blocks * kBlock;
      is_last = at + 2 * kBlock > text.size();
      return is_last ? EscapeRest(text.substr(at), append, to) : to;
    });
  }
}

}  // namespace

bool IsJsonNumber(std::string_view token) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t start = i;
    while (i < token.size() && IsDigit(token[i])) ++i;
    return i > start;
  };
  if (i < token.size() && token[i] == '-') ++i;
  if (i < token.size() && token[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (i < token.size() && token[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
    ++i;
    if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == token.size();
}

bool UnescapeJson(std::string_view inside, std::string* out) {
  for (size_t i = 0; i < inside.size();) {
    if (inside[i] != '\\') {
      out->push_back(inside[i++]);
      continue;
    }
    if (++i == inside.size()) return false;
    switch (inside[i]) {
      case '"':
      case '\\':
      case '/':
        out->push_back(inside[i++]);
        break;
      case 'b':
        out->push_back('\b'), ++i;
        break;
      case 'f':
        out->push_back('\f'), ++i;
        break;
      case 'n':
        out->push_back('\n'), ++i;
        break;
      case 'r':
        out->push_back('\r'), ++i;
        break;
      case 't':
        out->push_back('\t'), ++i;
        break;
      case 'u':
        if (!UnescapeUnicode(inside, &i, out)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

void AppendJsonString(std::string_view text, std::string* out) {
  char room[kPieceRoom];
  ForPieces(text,
            [&](auto escape) { out->append(room, static_cast<size_t>(escape(room) - room)); });
}

void AppendJsonString(std::string_view text, ByteBuffer* out) {
  ForPieces(text, [&](auto escape) {
    char* const to = out->Grow(kPieceRoom);
    out->Truncate(static_cast<size_t>(escape(to) - out->data()));
  });
}

}  // namespace lakegate
