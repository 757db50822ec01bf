// Numbers from text against arithmetic on the digits themselves, and against strtod.
#include "validate/number_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "read/json_text.h"
#include "tests/support/test_scale.h"

namespace lakegate {
namespace {

struct Parsed {
  NumberOutcome outcome = NumberOutcome::kNotANumber;
  std::string units;  // sign and digits of the value in units of 10^-scale
};

// Long arithmetic: the digits as a text, the point moved by inserting zeros.
Parsed ParseSlowly(const std::string& text, int precision, int scale) {
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;
  std::string digits;
  int64_t point = -1;
  for (; i < text.size() && (std::isdigit(static_cast<unsigned char>(text[i])) || text[i] == '.');
       ++i) {
    if (text[i] != '.') {
      digits += text[i];
    } else if (point < 0) {
      point = static_cast<int64_t>(digits.size());
    } else {
      return {};
    }
  }
  if (digits.empty() || point == static_cast<int64_t>(digits.size())) return {};
  if (point < 0) point = static_cast<int64_t>(digits.size());
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return {};
    const std::string exponent = text.substr(i + 1);
    size_t used = exponent.find_first_of("0123456789");
    if (used > 1 || (used == 1 && exponent[0] != '+' && exponent[0] != '-')) return {};
    if (exponent.find_first_not_of("0123456789", used) != std::string::npos) return {};
    // Beyond 300 only the direction matters.
    point += std::clamp(std::strtoll(exponent.c_str(), nullptr, 10), -300LL, 300LL);
  }
  point += scale;
  while (point < 0) digits.insert(0, 1, '0'), ++point;
  while (point > static_cast<int64_t>(digits.size())) digits += '0';
  std::string whole = digits.substr(0, static_cast<size_t>(point));
  const std::string fraction = digits.substr(static_cast<size_t>(point));
  whole.erase(0, whole.find_first_not_of('0'));
  if (whole.size() > static_cast<size_t>(precision)) return {NumberOutcome::kOutOfRange, ""};
  if (fraction.find_first_not_of('0') != std::string::npos) return {NumberOutcome::kTooFine, ""};
  return {NumberOutcome::kFine, whole.empty() ? "0" : (negative ? "-" : "") + whole};
}

std::string ToText(Int128 value) {
  if (value == 0) return "0";
  std::string text;
  for (Int128 left = value < 0 ? -value : value; left > 0; left /= 10) {
    text.insert(0, 1, static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  return value < 0 ? "-" + text : text;
}

class NumberMaker {
 public:
  std::string Next() {
    std::string text = Pick(3) ? "" : Pick(4) ? "-" : "+";
    text += Digits(Pick(10) ? 6 : 45);
    if (Pick(2)) text += "." + Digits(Pick(10) ? 5 : 45);
    if (Pick(4) == 0)
      text += (Pick(2) ? "e" : "E") + std::string(Pick(2) ? "" : Pick(2) ? "-" : "+") + Digits(2);
    if (Pick(12) == 0 && !text.empty()) text[Pick(text.size())] = "0.e-+x 9"[Pick(8)];
    return text;
  }
  size_t Pick(size_t count) { return random_() % count; }

 private:
  std::string Digits(size_t most) {
    std::string digits;
    for (size_t i = Pick(most + 1); i > 0; --i) {
      digits += static_cast<char>('0' + (Pick(3) ? Pick(10) : 0));
    }
    return digits;
  }
  std::mt19937 random_{29};
};

TEST(ParseDecimal, AgainstLongArithmetic) {
  NumberMaker maker;
  int64_t outcomes[4] = {};
  for (int64_t i = 0; i < 1'000'000 * TestScale() && !HasFailure(); ++i) {
    const std::string text = maker.Next();
    const int precision = static_cast<int>(1 + maker.Pick(38));
    const int scale = static_cast<int>(maker.Pick(static_cast<size_t>(precision) + 1));
    const Parsed expected = ParseSlowly(text, precision, scale);
    Int128 value = 0;
    const NumberOutcome outcome = ParseDecimal(text, precision, scale, &value);
    ASSERT_EQ(outcome, expected.outcome) << text << " as decimal(" << precision << "," << scale;
    if (outcome == NumberOutcome::kFine) {
      ASSERT_EQ(ToText(value), expected.units) << text;
    }
    ++outcomes[static_cast<size_t>(outcome)];
  }
  for (const int64_t count : outcomes) EXPECT_GT(count, 10'000);
}

TEST(ParseInteger, AgainstLongArithmetic) {
  NumberMaker maker;
  int64_t fine = 0;
  for (int64_t i = 0; i < 500'000 * TestScale() && !HasFailure(); ++i) {
    const std::string text = maker.Next();
    ValueType type{TypeKind::kInteger};
    type.bits = static_cast<uint8_t>(8u << maker.Pick(4));
    type.is_signed = maker.Pick(2) != 0;
    const bool plain = text.find_first_of(".eE") == std::string::npos;
    const NumberSyntax syntax = IsJsonNumber(text) ? NumberSyntax::kJson : NumberSyntax::kText;
    Parsed expected = ParseSlowly(text, 38, 0);
    if (syntax == NumberSyntax::kText && !plain) expected = {NumberOutcome::kNotANumber, ""};
    int64_t value = 0;
    const NumberOutcome outcome = ParseInteger(text, type, syntax, &value);
    const Int128 wide = type.is_signed ? Int128{value} : Int128{static_cast<uint64_t>(value)};
    if (outcome == NumberOutcome::kFine) {
      ASSERT_EQ(ToText(wide), expected.units) << text;
      ++fine;
    } else if (expected.outcome == NumberOutcome::kFine) {
      ASSERT_EQ(outcome, NumberOutcome::kOutOfRange) << text;
      const Int128 limit = Int128{1} << (type.bits - (type.is_signed ? 1 : 0));
      const std::string top = ToText(limit),
                        magnitude = expected.units.substr(expected.units[0] == '-');
      const bool longer =
          magnitude.size() > top.size() || (magnitude.size() == top.size() && magnitude >= top);
      ASSERT_TRUE(longer || (!type.is_signed && expected.units[0] == '-')) << text;
    } else {
      ASSERT_EQ(outcome, expected.outcome) << text;
    }
  }
  EXPECT_GT(fine, 50'000);
}

TEST(ParseInteger, EdgesOfEveryWidth) {
  for (const int bits : {8, 16, 32, 64}) {
    for (const bool is_signed : {false, true}) {
      ValueType type{TypeKind::kInteger};
      type.bits = static_cast<uint8_t>(bits);
      type.is_signed = is_signed;
      const Int128 top = (Int128{1} << (bits - (is_signed ? 1 : 0))) - 1;
      const Int128 bottom = is_signed ? -top - 1 : Int128{0};
      int64_t value = 0;
      for (const auto syntax : {NumberSyntax::kJson, NumberSyntax::kText}) {
        EXPECT_EQ(ParseInteger(ToText(top), type, syntax, &value), NumberOutcome::kFine);
        EXPECT_EQ(static_cast<uint64_t>(value), static_cast<uint64_t>(top));
        EXPECT_EQ(ParseInteger(ToText(bottom), type, syntax, &value), NumberOutcome::kFine);
        EXPECT_EQ(ParseInteger(ToText(top + 1), type, syntax, &value), NumberOutcome::kOutOfRange);
        EXPECT_EQ(ParseInteger(ToText(bottom - 1), type, syntax, &value),
                  NumberOutcome::kOutOfRange);
      }
    }
  }
  int64_t value = 0;
  const ValueType type{TypeKind::kInteger};
  EXPECT_EQ(ParseInteger("1.0", type, NumberSyntax::kJson, &value), NumberOutcome::kFine);
  EXPECT_EQ(ParseInteger("1.0", type, NumberSyntax::kText, &value), NumberOutcome::kNotANumber);
  EXPECT_EQ(ParseInteger("1.5", type, NumberSyntax::kJson, &value), NumberOutcome::kTooFine);
  EXPECT_EQ(ParseInteger("1e400", type, NumberSyntax::kJson, &value), NumberOutcome::kOutOfRange);
  EXPECT_EQ(ParseInteger("0e400", type, NumberSyntax::kJson, &value), NumberOutcome::kFine);
  EXPECT_EQ(ParseInteger("1e999999999999999999999", type, NumberSyntax::kJson, &value),
            NumberOutcome::kOutOfRange);
}

TEST(ParseReal, AgainstStrtod) {
  NumberMaker maker;
  int64_t fine = 0;
  for (int64_t i = 0; i < 500'000 * TestScale() && !HasFailure(); ++i) {
    std::string text = maker.Next();
    if (maker.Pick(8) == 0)
      text += "e" + std::to_string(maker.Pick(700)).insert(0, maker.Pick(2) ? "-" : "");
    const bool is_number = ParseSlowly(text, 38, 0).outcome != NumberOutcome::kNotANumber;
    const double expected = is_number ? std::strtod(text.c_str(), nullptr) : 0;
    double value = 0;
    const NumberOutcome outcome = ParseReal(text, 64, &value);
    if (!is_number) {
      ASSERT_EQ(outcome, NumberOutcome::kNotANumber) << text;
    } else if (std::isinf(expected)) {
      ASSERT_EQ(outcome, NumberOutcome::kOutOfRange) << text;
    } else {
      ASSERT_EQ(outcome, NumberOutcome::kFine) << text;
      ASSERT_EQ(std::memcmp(&value, &expected, sizeof value), 0) << text;
      ++fine;
    }
  }
  EXPECT_GT(fine, 200'000);
}

TEST(ParseReal, Edges) {
  double value = 0;
  for (const char* text : {"", "+", "-", ".", "1.", "1.e5", "e5", "nan", "inf", "0x10", "1e", "+-5",
                           "--5", " 1", "1 ", "1,5"}) {
    EXPECT_EQ(ParseReal(text, 64, &value), NumberOutcome::kNotANumber) << text;
  }
  EXPECT_EQ(ParseReal("1e400", 64, &value), NumberOutcome::kOutOfRange);
  EXPECT_EQ(ParseReal("1e-400", 64, &value), NumberOutcome::kFine);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(ParseReal("3.4028235e38", 32, &value), NumberOutcome::kFine);  // the largest float
  EXPECT_EQ(ParseReal("3.4028236e38", 32, &value), NumberOutcome::kOutOfRange);
  EXPECT_EQ(ParseReal("+.5", 64, &value), NumberOutcome::kFine);
}

TEST(CanonicalNumber, EqualValuesHaveOneText) {
  for (const char* one : {"1", "1.0", "10e-1", "0.1e1", "1.000"}) {
    EXPECT_EQ(CanonicalNumber(one), CanonicalNumber("1")) << one;
  }
  EXPECT_EQ(CanonicalNumber("-0.0"), CanonicalNumber("0"));
  EXPECT_NE(CanonicalNumber("1"), CanonicalNumber("-1"));
  EXPECT_NE(CanonicalNumber("1"), CanonicalNumber("10"));
  EXPECT_NE(CanonicalNumber("1.1"), CanonicalNumber("11"));
}

}  // namespace
}  // namespace lakegate
