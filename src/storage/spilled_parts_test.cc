// Parts of one nameless file against strings.
#include "storage/spilled_parts.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
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

TEST(SpilledParts, WhatIsForgottenIsGoneAndTheRestIsNot) {
  TempLake lake;
  SpilledParts spilled(lake.root(), 3);
  const std::string bytes(100'000, 'x');
  for (int i = 0; i < 3; ++i) {
    for (size_t part = 0; part < 3; ++part) ASSERT_OK(spilled.Append(part, bytes));
  }
  spilled.Forget(1);
  EXPECT_EQ(AllOf(spilled, 0), bytes + bytes + bytes);
  EXPECT_EQ(AllOf(spilled, 1), "");
  EXPECT_EQ(AllOf(spilled, 2), bytes + bytes + bytes);
  ASSERT_OK(spilled.Append(1, std::string("new")));
  EXPECT_EQ(AllOf(spilled, 1), "new");
}

// The limit of a file's size, for as long as this lives.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST(SpilledParts, AWriteThatEndsMidwayIsAnErrorAndWhatWasThereStays) {
  TempLake lake;
  SpilledParts spilled(lake.root(), 2);
  const std::string bytes(60'000, 'x');
  ASSERT_OK(spilled.Append(0, bytes));
  Status full;
  {
    const SmallFiles limit(100'000);
    full = spilled.Append(1, bytes);
  }
  EXPECT_TRUE(IsError(full, ErrorCode::kUnavailable, "cannot write a temporary file"));
  EXPECT_NE(full.error().hint.find("ulimit -f"), std::string::npos);
  EXPECT_EQ(AllOf(spilled, 0), bytes);
  EXPECT_EQ(spilled.size(1), 0u);
}

TEST(SpilledParts, AFolderThatIsNotThereIsAnErrorThatNamesIt) {
  SpilledParts spilled("/no/such/folder", 2);
  ASSERT_OK(spilled.Append(0, {}));
  EXPECT_TRUE(
      IsError(spilled.Append(1, std::string("x")), ErrorCode::kUnavailable, "/no/such/folder"));
}

}  // namespace
}  // namespace lakegate
