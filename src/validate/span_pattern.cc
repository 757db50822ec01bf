#include "validate/span_pattern.h"

#include <algorithm>

#include "validate/span_pattern_reader.h"

namespace lakegate {
namespace {

// Whether an item that is as long as it can be is always the right one: what follows cannot begin
// with its characters. `next` goes in the direction of matching.
template <typename Items>
bool HasOneLength(const Items& items, size_t at, int step) {
  const auto& item = items[at];
  if (item.least == item.most) return true;
  for (size_t next = at + static_cast<size_t>(step); next < items.size();
       next += static_cast<size_t>(step)) {  // wraps below 0 to a huge number: the end
    if ((item.allowed & items[next].allowed).any()) return false;
    if (items[next].least > 0) break;
  }
  return true;
}

}  // namespace

std::optional<SpanPattern> SpanPattern::Recognise(std::string_view pattern) {
  SpanPatternReader reader(pattern);
  if (!reader.Read()) return std::nullopt;
  SpanPattern made;
  made.to_the_end_ = reader.to_the_end();
  made.words_ = reader.words();
  if (made.words_.empty() && !made.Compile(reader.items())) return std::nullopt;
  return made;
}

bool SpanPattern::Compile(const std::vector<Item>& items) {
  const auto span_of = [&](const Item& item) {
    Table table{};
    for (size_t c = 0; c < table.size(); ++c) table[c] = item.allowed.test(c);
    const auto known = std::find(tables_.begin(), tables_.end(), table);
    const auto index = static_cast<uint32_t>(known - tables_.begin());
    if (known == tables_.end()) tables_.push_back(table);
    return Span{index, item.least, item.most};
  };
  size_t at = 0;
  while (at < items.size() && HasOneLength(items, at, 1)) forward_.push_back(span_of(items[at++]));
  if (at == items.size()) return true;
  if (!to_the_end_) return false;
  between_ = span_of(items[at]);
  for (size_t last = items.size() - 1; last > at; --last) {
    if (!HasOneLength(items, last, -1)) return false;
    backward_.push_back(span_of(items[last]));
  }
  return true;
}

bool SpanPattern::MatchesWord(std::string_view text) const {
  return std::find(words_.begin(), words_.end(), text) != words_.end();
}

bool SpanPattern::Matches(std::string_view text) const {
  if (!words_.empty()) return MatchesWord(text);
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* to = from + text.size();
  for (const Span& span : forward_) {
    const Table& table = tables_[span.table];
    const auto left = static_cast<size_t>(to - from);
    const unsigned char* const limit = from + std::min<size_t>(span.most, left);
    const unsigned char* const start = from;
    while (from < limit && table[*from]) ++from;
    if (static_cast<size_t>(from - start) < span.least) return false;
  }
  if (!between_) return from == to || !to_the_end_;
  for (const Span& span : backward_) {
    const Table& table = tables_[span.table];
    const auto left = static_cast<size_t>(to - from);
    const unsigned char* const limit = to - std::min<size_t>(span.most, left);
    const unsigned char* const start = to;
    while (to > limit && table[to[-1]]) --to;
    if (static_cast<size_t>(start - to) < span.least) return false;
  }
  const auto length = static_cast<size_t>(to - from);
  if (length < between_->least || length > between_->most) return false;
  const Table& table = tables_[between_->table];
  while (from < to && table[*from]) ++from;
  return from == to;
}

}  // namespace lakegate
