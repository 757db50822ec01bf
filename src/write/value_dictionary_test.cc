#include "write/value_dictionary.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace lakegate {
namespace {

TEST(ValueDictionary, TextsOfAllLengthsAsAMapTellsThemApart) {
  std::mt19937_64 random(5);
  ValueDictionary dictionary;
  for (int round = 0; round < 2; ++round) {
    std::map<std::string, uint32_t> expected;
    while (expected.size() < 9000) {
      // Few letters: many differ in one place only, many are prefixes of others.
      std::string text(random() % 24, 'a');
      for (char& letter : text) letter = random() % 4 == 0 ? 'b' : '\0';
      const auto next = static_cast<uint32_t>(expected.size());
      const uint32_t index = expected.emplace(text, next).first->second;
      ASSERT_EQ(dictionary.IndexOf(text), index);
      ASSERT_EQ(dictionary.text(index), text);
    }
    EXPECT_EQ(dictionary.size(), expected.size());
    dictionary.Clear();
  }
}

TEST(ValueDictionary, NumbersUntilItIsFull) {
  ValueDictionary dictionary;
  for (uint64_t i = 0; i < ValueDictionary::kMaxValues; ++i) {
    ASSERT_EQ(dictionary.IndexOf(i * i), i);
  }
  EXPECT_EQ(dictionary.IndexOf(uint64_t{3}), ValueDictionary::kFull);
  EXPECT_EQ(dictionary.IndexOf(uint64_t{9}), 3u);
  EXPECT_EQ(dictionary.word(4), 16u);
  EXPECT_EQ(dictionary.size(), ValueDictionary::kMaxValues);
}

TEST(ValueDictionary, BytesAreADictionaryPage) {
  ValueDictionary dictionary;
  dictionary.IndexOf("ab");
  dictionary.IndexOf("");
  dictionary.IndexOf("ab");
  EXPECT_EQ(dictionary.bytes().view(), std::string_view("\2\0\0\0ab\0\0\0\0", 10));
}

}  // namespace
}  // namespace lakegate
