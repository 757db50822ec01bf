// Patterns that need no automaton: a sequence of character classes, such as ^[A-Z]{2}\d{6}$ or
// ^[\w.+-]+@[\w.-]+\.[a-z]{2,}$, or a list of words, ^(red|green)$. About ten times faster than
// RE2.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

// A compiled pattern that gives the same answers as RE2. Reading it from several threads is safe.
//
// Every item of the sequence must have one possible length, given the text: it is as long as it
// can be, because what follows cannot begin with one of its characters. One item may break this
// rule; what stands behind it is then matched from the end of the text.
class SpanPattern {
 public:
  // Nothing if `pattern` (RE2 syntax, valid) is not of this kind; then RE2 has to do it.
  static std::optional<SpanPattern> Recognise(std::string_view pattern);

  // `text` is valid UTF-8.
  bool Matches(std::string_view text) const;

 private:
  friend class SpanPatternReader;
  using Class = std::bitset<256>;
  struct Item {
    Class allowed;  // bytes below 128
    uint32_t least = 1;
    uint32_t most = 1;
  };
  struct Span {
    uint32_t table = 0;  // of tables_
    uint32_t least = 1;
    uint32_t most = 1;
  };
  using Table = std::array<bool, 256>;

  bool Compile(const std::vector<Item>& items);
  bool MatchesWord(std::string_view text) const;

  std::vector<Table> tables_;
  std::vector<Span> forward_;       // matched from the start
  std::vector<Span> backward_;      // matched from the end, the last one first
  std::optional<Span> between_;     // what is left over; only then is there a backward_
  bool to_the_end_ = true;          // false: no $
  std::vector<std::string> words_;  // instead of spans
};

}  // namespace lakegate
