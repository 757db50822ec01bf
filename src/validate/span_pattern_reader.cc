#include "validate/span_pattern_reader.h"

#include <algorithm>
#include <limits>

namespace lakegate {
namespace {

constexpr uint32_t kUnlimited = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kMaxCount = 1000;  // RE2's
constexpr size_t kMaxItems = 64;

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f &&
         std::string_view("\\^$.|?*+()[]{}").find(c) == std::string_view::npos;
}

template <typename Set>
void AddRange(unsigned char first, unsigned char last, Set* allowed) {
  for (unsigned c = first; c <= last; ++c) allowed->set(c);
}

}  // namespace

bool SpanPatternReader::Take(char c) {
  if (rest_.empty() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

bool SpanPatternReader::Read() {
  if (!Take('^')) return false;
  if (rest_.find('|') != std::string_view::npos) return ReadWords();
  return ReadItems();
}

// ^(red|green)$ or ^(?:red|green)$
bool SpanPatternReader::ReadWords() {
  if (!Take('(')) return false;
  if (Take('?') && !Take(':')) return false;
  words_.emplace_back();
  while (!Take(')')) {
    if (Take('|')) {
      words_.emplace_back();
    } else if (Take('\\')) {
      if (rest_.empty() || IsPlain(rest_.front())) return false;  // \d, \b: no characters
      if (static_cast<unsigned char>(rest_.front()) < 0x20 || rest_.front() & 0x80) return false;
      words_.back() += rest_.front();
      rest_.remove_prefix(1);
    } else if (!rest_.empty() && IsPlain(rest_.front())) {
      words_.back() += rest_.front();
      rest_.remove_prefix(1);
    } else {
      return false;
    }
  }
  to_the_end_ = true;
  return Take('$') && rest_.empty();
}

bool SpanPatternReader::ReadItems() {
  int open = 0;
  while (!rest_.empty()) {
    if (rest_ == "$") {
      to_the_end_ = true;
      rest_ = {};
    } else if (Take('(')) {
      if (Take('?') && !Take(':')) return false;
      ++open;
    } else if (Take(')')) {
      --open;
      if (!rest_.empty() &&
          std::string_view("?*+{").find(rest_.front()) != std::string_view::npos) {
        return false;
      }
    } else if (!ReadItem() || items_.size() > kMaxItems) {
      return false;
    }
  }
  return open == 0 && !items_.empty();
}

bool SpanPatternReader::ReadItem() {
  SpanPattern::Item item;
  if (Take('[')) {
    if (!ReadClass(&item.allowed)) return false;
  } else if (Take('\\')) {
    if (!ReadEscape(&item.allowed)) return false;
  } else if (IsPlain(rest_.front())) {
    item.allowed.set(static_cast<unsigned char>(rest_.front()));
    rest_.remove_prefix(1);
  } else {
    return false;
  }
  if (!ReadQuantifier(&item)) return false;
  items_.push_back(item);
  return true;
}

// Behind the backslash: \d, \w, \s or a character without a meaning.
bool SpanPatternReader::ReadEscape(SpanPattern::Class* allowed) {
  if (rest_.empty()) return false;
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (c == 'd' || c == 'w') AddRange('0', '9', allowed);
  if (c == 'w') {
    AddRange('a', 'z', allowed);
    AddRange('A', 'Z', allowed);
    allowed->set('_');
  }
  if (c == 's') {
    for (const char space : {'\t', '\n', '\f', '\r', ' '}) allowed->set(static_cast<size_t>(space));
  }
  if (c == 'd' || c == 'w' || c == 's') return true;
  const auto byte = static_cast<unsigned char>(c);
  const bool is_word =
      (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
  if (is_word || byte <= 0x20 || byte >= 0x7f) return false;
  allowed->set(byte);
  return true;
}

// Behind [; negated classes have characters beyond ASCII.
bool SpanPatternReader::ReadClass(SpanPattern::Class* allowed) {
  if (rest_.empty() || rest_.front() == '^' || rest_.front() == ']') return false;
  while (!Take(']')) {
    if (!ReadClassPart(allowed)) return false;
  }
  return true;
}

bool SpanPatternReader::ReadClassPart(SpanPattern::Class* allowed) {
  if (rest_.empty()) return false;
  SpanPattern::Class part;
  if (Take('\\')) {
    if (!ReadEscape(&part)) return false;
  } else {
    const auto byte = static_cast<unsigned char>(rest_.front());
    if (byte < 0x20 || byte >= 0x7f || byte == '[') return false;  // [:alpha:] is not known
    part.set(byte);
    rest_.remove_prefix(1);
  }
  const bool is_range = rest_.size() > 1 && rest_[0] == '-' && rest_[1] != ']';
  if (!is_range) {
    *allowed |= part;
    return true;
  }
  if (part.count() != 1) return false;
  const auto last = static_cast<unsigned char>(rest_[1]);
  if (last < 0x20 || last >= 0x7f || last == '\\' || last == '[') return false;
  unsigned char first = 0;
  while (!part.test(first)) ++first;
  if (first > last) return false;
  rest_.remove_prefix(2);
  AddRange(first, last, allowed);
  return true;
}

bool SpanPatternReader::ReadQuantifier(SpanPattern::Item* item) {
  if (Take('?')) {
    item->least = 0;
  } else if (Take('*')) {
    item->least = 0;
    item->most = kUnlimited;
  } else if (Take('+')) {
    item->most = kUnlimited;
  } else if (Take('{')) {
    if (!ReadCounts(item)) return false;
  } else {
    return true;
  }
  // Lazy and repeated quantifiers: left to RE2.
  return rest_.empty() || std::string_view("?*+{").find(rest_.front()) == std::string_view::npos;
}

bool SpanPatternReader::ReadCounts(SpanPattern::Item* item) {
  if (!ReadNumber(&item->least)) return false;
  item->most = item->least;
  if (Take(',')) {
    item->most = kUnlimited;
    if (!rest_.empty() && rest_.front() != '}' && !ReadNumber(&item->most)) return false;
  }
  return Take('}') && item->least <= item->most;
}

bool SpanPatternReader::ReadNumber(uint32_t* number) {
  uint32_t value = 0;
  size_t digits = 0;
  while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9' && digits < 5) {
    value = value * 10 + static_cast<uint32_t>(rest_[digits] - '0');
    ++digits;
  }
  rest_.remove_prefix(digits);
  *number = value;
  return digits > 0 && value <= kMaxCount;
}

}  // namespace lakegate
