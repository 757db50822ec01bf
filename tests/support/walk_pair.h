// The quick walker and the exact one on the same line: what the quick one accepts, the exact one
// must accept with the same values.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "read/json_explain.h"
#include "read/json_walker.h"
#include "read/line_walker.h"
#include "read/window_buffer.h"
#include "tests/support/seen_records.h"

namespace lakegate {

class WalkPair {
 public:
  WalkPair(const JsonLayout* layout, const ReadLimits& limits)
      : exact_(layout, limits),
        sse2_(layout, limits, InstructionSet::kSse2),
        best_(layout, limits, ChosenInstructionSet()) {}

  // True if the quick walkers took the line. `line` may contain '\n': it ends there.
  bool Compare(std::string_view line) {
    text_.assign(line);
    text_.push_back('\n');
    // Whatever stands behind the line must not matter: it would go on plausibly.
    for (const std::string_view behind : {"\"", "}", "1", "\n"}) {
      text_.resize(line.size() + 1);
      while (text_.size() < line.size() + 1 + kWindowPadding) text_ += behind;
      const bool by_sse2 = Take(sse2_);
      const bool by_best = Take(best_);
      EXPECT_EQ(by_sse2, by_best) << line;
      if (behind == "\n") return by_sse2;
      EXPECT_EQ(by_sse2, Take(sse2_)) << line;
    }
    return false;
  }

  int64_t compared = 0;
  int64_t taken = 0;
  int64_t explained = 0;  // not taken, and not from the line's beginning on

 private:
  bool Take(LineWalker& quick) {
    const char* end = quick.Walk(text_.data());
    ++compared;
    if (!end) CompareExplanations(quick);
    if (!end) return false;
    ++taken;
    const auto size = static_cast<size_t>(end - text_.data());
    EXPECT_EQ(size, text_.find('\n'));
    const std::string_view line(text_.data(), size);
    const auto damage = exact_.Walk(line.ends_with('\r') ? line.substr(0, size - 1) : line);
    EXPECT_FALSE(damage.has_value()) << line << ": " << (damage ? damage->message : "");
    if (!damage) CompareRecords(line, quick.record(), exact_.record());
    return true;
  }

  // A line is explained from where it was walked to as it is from its beginning on.
  void CompareExplanations(const LineWalker& quick) {
    std::string_view line(text_.data(), text_.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const size_t well_formed = quick.WellFormed(line);
    explained += well_formed > 0 ? 1 : 0;
    const auto part = ExplainJson(line, well_formed);
    const auto whole = ExplainJson(line);
    ASSERT_EQ(part.has_value(), whole.has_value()) << line;
    if (!whole) return;
    ASSERT_EQ(part->column, whole->column) << line;
    ASSERT_EQ(part->message, whole->message) << line;
  }

  static void CompareRecords(std::string_view line, const RawRecord& quick,
                             const RawRecord& exact) {
    ASSERT_EQ(quick.values.size(), exact.values.size()) << line;
    for (size_t i = 0; i < quick.values.size(); ++i) {
      const RawValue& a = quick.values[i];
      const RawValue& b = exact.values[i];
      ASSERT_EQ(DescribeValue(a), DescribeValue(b)) << line << ", value " << i;
      ASSERT_EQ(a.next, b.next) << line << ", value " << i;
      if (a.has_digits()) {
        CompareDigits(a, b);
        continue;
      }
      ASSERT_EQ(a.first, b.first) << line << ", value " << i;
      ASSERT_EQ(a.count, b.count) << line << ", value " << i;
    }
    ASSERT_TRUE(std::equal(quick.unknown_keys.begin(), quick.unknown_keys.end(),
                           exact.unknown_keys.begin(), exact.unknown_keys.end()))
        << line;
  }

  // digits() are the text without its point; scale is how many stand behind it.
  static void CompareDigits(const RawValue& quick, const RawValue& exact) {
    std::string text(exact.text());
    const size_t point = text.find('.');
    const size_t scale = point == std::string::npos ? 0 : text.size() - point - 1;
    if (point != std::string::npos) text.erase(point, 1);
    ASSERT_EQ(quick.scale, scale) << exact.text();
    ASSERT_EQ(quick.digits(), std::stoll(text)) << exact.text();
    ASSERT_FALSE(quick.digits() == 0 && text[0] == '-') << exact.text();
  }

  JsonWalker exact_;
  LineWalker sse2_, best_;
  std::string text_;
};

}  // namespace lakegate
