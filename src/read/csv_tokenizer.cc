#include "read/csv_tokenizer.h"

#include <emmintrin.h>

#include <cstring>

namespace lakegate {
namespace {

uint64_t Matches(__m128i a, __m128i b, __m128i c, __m128i d, char wanted) {
  const __m128i key = _mm_set1_epi8(wanted);
  const auto mask = [&](__m128i block) {
    return static_cast<uint64_t>(
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, key))));
  };
  return mask(a) | mask(b) << 16 | mask(c) << 32 | mask(d) << 48;
}

}  // namespace

void CsvTokenizer::LoadBlock(const char* at) {
  const auto load = [&](int i) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
  };
  const __m128i a = load(0), b = load(1), c = load(2), d = load(3);
  block_ = at;
  mask_ = Matches(a, b, c, d, dialect_.delimiter) | Matches(a, b, c, d, '\n');
  if (dialect_.quote) mask_ |= Matches(a, b, c, d, *dialect_.quote);
  if (dialect_.escape) mask_ |= Matches(a, b, c, d, *dialect_.escape);
  const __m128i any = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
  high_ |= static_cast<uint32_t>(_mm_movemask_epi8(any));
}

// The next delimiter, quote, escape or \n at or behind `at`; end_ if there is none.
const char* CsvTokenizer::FindSpecial(const char* at) {
  if (at - block_ >= 64) LoadBlock(block_ + 64);  // never skips a byte: high_ sees all
  uint64_t found = mask_ & (~uint64_t{0} << (at - block_));
  while (found == 0) {
    const char* following = block_ + 64;
    if (following >= end_) return end_;
    LoadBlock(following);
    found = mask_;
  }
  const char* special = block_ + __builtin_ctzll(found);
  return special < end_ ? special : end_;
}

CsvTokenizer::Outcome CsvTokenizer::Read(const char* begin, const char* end, bool at_end) {
  begin_ = begin;
  end_ = end;
  at_end_ = at_end;
  cells_.clear();
  unquoted_.Clear();
  line_ends_ = 0;
  spanning_ = nullptr;
  high_ = 0;
  LoadBlock(begin);
  const char* at = begin;
  for (;;) {
    if (dialect_.quote && at < end && *at == *dialect_.quote) {
      const Outcome outcome = QuotedCell(&at);
      if (outcome != Outcome::kRecord) return outcome;
    } else {
      const char* special = FindSpecial(at);
      while (special < end && IsEscape(*special)) special = FindSpecial(special + 1);
      if (special == end && !at_end) return Outcome::kNeedMore;
      const char* cell_end = special;
      if (special < end && *special != dialect_.delimiter && *special != '\n') {
        return Damaged(Outcome::kStrayQuote, special);
      }
      const bool line_end = special == end || *special == '\n';
      if (line_end && special < end && cell_end > at && cell_end[-1] == '\r') --cell_end;
      cells_.push_back({at, static_cast<uint32_t>(cell_end - at), RawKind::kCell});
      at = special;
    }
    if (at == end || *at == '\n') {
      EndOfLine(at);
      return Outcome::kRecord;
    }
    ++at;  // the delimiter
  }
}

void CsvTokenizer::EndOfLine(const char* newline) {
  record_end_ = newline;
  next_ = newline;
  if (newline == end_) return;
  if (newline > begin_ && newline[-1] == '\r') --record_end_;
  ++next_;
  ++line_ends_;
}

// At an opening quote. Leaves *at at the delimiter, the \n or the end behind the cell.
CsvTokenizer::Outcome CsvTokenizer::QuotedCell(const char** at) {
  const char quote = *dialect_.quote;
  const char* opening = *at;
  const char* inside = opening + 1;
  const char* p = inside;
  std::string* text = nullptr;  // set once the cell is not one piece of the source
  const auto copy_until = [&](const char* stop) {
    if (!text) text = &unquoted_.Next();
    text->append(inside, stop);
  };
  for (;;) {
    const char* special = FindSpecial(p);
    if (special == end_) {
      return at_end_ ? Damaged(Outcome::kOpenQuote, opening) : Outcome::kNeedMore;
    }
    p = special + 1;
    if (IsEscape(*special)) {
      copy_until(special);
      inside = p;
      if (p == end_ || *p == '\n') continue;  // a line end is never hidden
      ++p;
      continue;
    }
    if (*special == '\n') {
      if (!dialect_.multiline) return Damaged(Outcome::kOpenQuote, opening);
      if (line_ends_++ == 0) spanning_ = opening;
    }
    if (*special != quote) continue;
    if (p == end_ && !at_end_) return Outcome::kNeedMore;
    if (p < end_ && *p == quote && !dialect_.escape) {
      copy_until(p);
      inside = ++p;
      continue;
    }
    const char* behind = p;
    if (behind + 1 < end_ && behind[0] == '\r' && behind[1] == '\n') ++behind;
    if (behind + 1 == end_ && *behind == '\r' && !at_end_) return Outcome::kNeedMore;
    if (behind < end_ && *behind != dialect_.delimiter && *behind != '\n') {
      return Damaged(Outcome::kStrayQuote, special);
    }
    RawValue cell{inside, static_cast<uint32_t>(special - inside), RawKind::kQuotedCell};
    if (text) {
      copy_until(special);
      TextArena::Pad(text);
      cell.data = text->data();
      cell.size = static_cast<uint32_t>(text->size());
    }
    cells_.push_back(cell);
    *at = behind;
    return Outcome::kRecord;
  }
}

// Only the first physical line is given up, so that the neighbours are never lost.
CsvTokenizer::Outcome CsvTokenizer::Damaged(Outcome outcome, const char* where) {
  const void* newline = std::memchr(begin_, '\n', static_cast<size_t>(end_ - begin_));
  if (!newline && !at_end_) return Outcome::kNeedMore;
  line_ends_ = 0;
  EndOfLine(newline ? static_cast<const char*>(newline) : end_);
  // Trouble in a later line: the quote that took the first line along is to blame.
  const bool is_later = spanning_ && where > record_end_;
  trouble_ = is_later ? spanning_ : where;
  return is_later ? Outcome::kOpenQuote : outcome;
}

}  // namespace lakegate
