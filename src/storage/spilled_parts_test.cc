// Parts of one nameless file against strings.
#include "storage/spilled_parts.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

size_t OpenFiles() {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

std::string AllOf(const SpilledParts& spilled, size_t part) {
  std::string bytes(spilled.size(part), '\0');
  EXPECT_OK(spilled.ReadAll(part, bytes));
  return bytes;
}

TEST(SpilledParts, APartsBytesComeBackTogetherAndInOrder) {
  TempLake lake;
  const size_t before = OpenFiles();
  SpilledParts spilled(lake.root(), 20);
  EXPECT_EQ(OpenFiles(), before) << "nothing is spilled yet";
  std::vector<std::string> model(20);
  std::mt19937 random(5);
  for (int i = 0; i < 3000; ++i) {
    const size_t part = random() % 19;  // the last one stays empty
    const std::string bytes(random() % 700, static_cast<char>('a' + i % 26));
    ASSERT_OK(spilled.Append(part, bytes));
    model[part] += bytes;
  }
  for (size_t part = 0; part < model.size(); ++part) {
    EXPECT_EQ(AllOf(spilled, part), model[part]) << part;
  }
  EXPECT_EQ(OpenFiles(), before + 1);
  EXPECT_TRUE(lake.List().empty()) << "the file has no name";
}

TEST(SpilledParts, AFolderThatIsNotThereIsAnErrorThatNamesIt) {
  SpilledParts spilled("/no/such/folder", 2);
  ASSERT_OK(spilled.Append(0, {}));
  EXPECT_TRUE(
      IsError(spilled.Append(1, std::string("x")), ErrorCode::kUnavailable, "/no/such/folder"));
}

}  // namespace
}  // namespace lakegate
