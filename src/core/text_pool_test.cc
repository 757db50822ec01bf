// Against plain strings: texts of all sizes, cleared now and then.
#include "core/text_pool.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace lakegate {
namespace {

TEST(TextPool, TextsStayAsTheyWere) {
  std::mt19937 random(5);
  TextPool pool;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::pair<std::string, std::string_view>> kept;
    for (int i = 0; i < 400; ++i) {
      const size_t size = i % 97 == 5 ? 300'000 + random() % 300'000 : random() % 4000;
      const std::string text(size, static_cast<char>('a' + random() % 26));
      kept.emplace_back(text, pool.Keep(text));
    }
    TextPool moved = std::move(pool);
    pool = std::move(moved);
    for (const auto& [text, copy] : kept) ASSERT_TRUE(text == copy);
    pool.Clear();
  }
}

TEST(TextPool, MemoryDoesNotGrowFromRoundToRound) {
  TextPool pool;
  size_t after_first = 0;
  for (int round = 0; round < 50; ++round) {
    pool.Keep(std::string(300'000, 'x'));
    for (int i = 0; i < 500; ++i) {
      pool.Keep(std::string(2000, 'y'));
      if (i % 100 == 0) pool.Keep(std::string(200'000, 'z'));
    }
    if (round == 0) after_first = pool.memory();
    EXPECT_EQ(pool.memory(), after_first);
    EXPECT_LT(pool.memory(), 5'000'000u);
    pool.Clear();
  }
  EXPECT_EQ(pool.memory(), after_first - 300'000);
}

TEST(TextPool, ShortTextsFollowEachOther) {
  TextPool pool;
  const std::string_view one = pool.Keep("one");
  const std::string_view nothing = pool.Keep("");
  const std::string_view two = pool.Keep("two");
  EXPECT_EQ(one.data() + one.size(), nothing.data());
  EXPECT_EQ(one.data() + one.size(), two.data());
}

}  // namespace
}  // namespace lakegate
