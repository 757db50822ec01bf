// Reads the part of RE2's syntax that SpanPattern knows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "validate/span_pattern.h"

namespace lakegate {

// One use: Read() tells whether all of the pattern was understood.
class SpanPatternReader {
 public:
  explicit SpanPatternReader(std::string_view pattern) : rest_(pattern) {}

  bool Read();
  const std::vector<SpanPattern::Item>& items() const { return items_; }
  const std::vector<std::string>& words() const { return words_; }
  bool to_the_end() const { return to_the_end_; }

 private:
  bool Take(char c);
  bool ReadWords();
  bool ReadItems();
  bool ReadItem();
  bool ReadClass(SpanPattern::Class* allowed);
  bool ReadClassPart(SpanPattern::Class* allowed);
  bool ReadEscape(SpanPattern::Class* allowed);
  bool ReadQuantifier(SpanPattern::Item* item);
  bool ReadCounts(SpanPattern::Item* item);
  bool ReadNumber(uint32_t* number);

  std::string_view rest_;
  std::vector<SpanPattern::Item> items_;
  std::vector<std::string> words_;
  bool to_the_end_ = false;
};

}  // namespace lakegate
