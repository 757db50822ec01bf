#include "validate/plain_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "read/raw_record.h"
#include "validate/string_format.h"

namespace lakegate {
namespace {

// A text at the start of a buffer that goes on with what must not be looked at.
class Padded {
 public:
  std::string_view Text(std::string_view text, char behind) {
    buffer_.assign(text);
    buffer_.append(kTextPadding, behind);
    return {buffer_.data(), text.size()};
  }

 private:
  std::string buffer_;
};

// Calls `look` with all texts of these characters up to that length.
template <typename Look>
void ForAllTexts(std::string_view characters, size_t longest, const Look& look) {
  std::string text;
  const auto extend = [&](const auto& self) -> void {
    look(text);
    if (text.size() == longest) return;
    for (const char c : characters) {
      text.push_back(c);
      self(self);
      text.pop_back();
    }
  };
  extend(extend);
}

bool IsOfPlainCharacters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '@';
  });
}

void ExpectSameEmail(std::string_view text, Padded* padded) {
  const bool exact = IsEmail(text);
  for (const char behind : {'a', '@', '.', '-', '\0', '\xFF'}) {
    const bool quick = IsPlainEmail(padded->Text(text, behind));
    const bool must = exact && text.size() <= 32 && IsOfPlainCharacters(text);
    EXPECT_TRUE(quick ? exact : !must) << text;
  }
}

TEST(IsPlainEmail, NeverPassesWhatIsNoneAndMissesNoPlainOne) {
  Padded padded;
  ForAllTexts("aZ9.-@_", 6, [&](const std::string& text) { ExpectSameEmail(text, &padded); });
}

TEST(IsPlainEmail, OfAnyLength) {
  Padded padded;
  std::mt19937 random(1);
  const std::string characters = "abcxyzABZ0129.-@.-@[`{/:^_ \x7f\x80\xc3";
  for (int i = 0; i < 200'000; ++i) {
    const size_t plain = random() % 3 == 0 ? characters.size() : 16;
    std::string text(random() % 40, 'x');
    for (char& c : text) {
      if (random() % 4 == 0) c = characters[random() % plain];
    }
    if (!text.empty() && random() % 2 == 0) text[random() % text.size()] = '@';
    ExpectSameEmail(text, &padded);
  }
}

TEST(ShortEnum, HasWhatIsInTheList) {
  Padded padded;
  const std::vector<std::string> values = {
      "a", "ab", "b0", std::string("a\0", 2), "0123456789abcdef", "0123456789abcde"};
  const ShortEnum choices(values);
  ASSERT_TRUE(choices.can_tell());
  const auto expect_same = [&](std::string_view text) {
    for (const char behind : {'\0', 'a', 'b', 'f'}) {
      EXPECT_EQ(choices.Has(padded.Text(text, behind)),
                std::find(values.begin(), values.end(), text) != values.end())
          << text;
    }
  };
  ForAllTexts(std::string_view("ab0\0", 4), 4, expect_same);
  const std::string longest = "0123456789abcdefa";
  for (size_t size = 0; size <= longest.size(); ++size) expect_same(longest.substr(0, size));
  EXPECT_FALSE(choices.Has({}));
}

TEST(ShortEnum, CannotTellOfLongEmptyOrManyValues) {
  EXPECT_FALSE(ShortEnum({"a", "0123456789abcdefg"}).can_tell());
  EXPECT_FALSE(ShortEnum({"a", ""}).can_tell());
  EXPECT_FALSE(ShortEnum(std::vector<std::string>(17, "a")).can_tell());
  EXPECT_FALSE(ShortEnum({}).can_tell());
}

// By its characters, one after the other.
std::optional<std::pair<int64_t, int>> Expected(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const std::string whole(text.substr(0, point));
  const std::string fraction(point < text.size() ? text.substr(point + 1) : "");
  const auto is_count = [](const std::string& digits) {
    return !digits.empty() && digits.size() <= 7 &&
           digits.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!is_count(whole) || (point < text.size() && !is_count(fraction))) return std::nullopt;
  const int64_t number = std::stoll(whole + fraction);
  if (is_negative && number == 0) return std::nullopt;
  return std::pair(is_negative ? -number : number, static_cast<int>(fraction.size()));
}

void ExpectSameDigits(std::string_view text, Padded* padded) {
  const auto expected = Expected(text);
  for (const char behind : {'0', '9', '.', '-', '\0', ',', '\xFF'}) {
    int64_t digits = -1;
    int scale = -1;
    const bool is_read = ReadPlainDigits(padded->Text(text, behind), &digits, &scale);
    const bool may_miss = behind == '0' || behind == '9';  // it cannot see where the text ends
    ASSERT_TRUE(is_read ? expected.has_value() : may_miss || !expected)
        << text << " before " << behind;
    if (is_read) {
      EXPECT_EQ(std::pair(digits, scale), *expected) << text;
    }
  }
}

TEST(ReadPlainDigits, OfAllShortTexts) {
  Padded padded;
  ForAllTexts("-019./:+", 6, [&](const std::string& text) { ExpectSameDigits(text, &padded); });
}

TEST(ReadWholeDigits, OfAllLengthsAndCharacters) {
  Padded padded;
  std::mt19937 random(3);
  for (int i = 0; i < 400'000; ++i) {
    std::string text(random() % 20, '0');
    for (char& c : text) c = static_cast<char>('0' + random() % 10);
    if (!text.empty() && i % 2 == 0) text[random() % text.size()] = static_cast<char>(random());
    const bool are_digits = text.find_first_not_of("0123456789") == std::string::npos;
    for (const char behind : {'0', ',', '\0', '\xFF'}) {
      int64_t value = -1;
      const bool is_read = ReadWholeDigits(padded.Text(text, behind), &value);
      ASSERT_EQ(is_read, are_digits && !text.empty() && text.size() <= 16) << text;
      if (is_read) {
        EXPECT_EQ(value, std::stoll(text));
      }
    }
  }
  int64_t value = 0;
  EXPECT_FALSE(ReadWholeDigits({}, &value));
}

TEST(ReadPlainDigits, OfAnyLength) {
  Padded padded;
  std::mt19937 random(2);
  const std::string others = "-+./: e\x80\xb0";
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 18, '0');
    for (char& c : text) c = static_cast<char>('0' + random() % 10);
    if (!text.empty() && random() % 2 == 0) text[random() % text.size()] = '.';
    if (!text.empty() && random() % 3 == 0) text[0] = '-';
    if (!text.empty() && random() % 8 == 0) text[random() % text.size()] = others[random() % 9];
    ExpectSameDigits(text, &padded);
  }
}

}  // namespace
}  // namespace lakegate
