#include "storage/local_storage.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "storage/errno_error.h"
#include "tests/contract/storage_contract.h"
#include "tests/support/faulty_storage.h"

namespace lakegate {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, StorageContract, testing::Values(MakeLocalStorage));

// A wrapper that never fails must not be noticed.
std::unique_ptr<Storage> MakeWrapped() {
  static const std::unique_ptr<Storage> inner = MakeLocalStorage();
  static FaultPlan plan;
  return std::make_unique<FaultyStorage>(*inner, plan);
}
INSTANTIATE_TEST_SUITE_P(Wrapped, StorageContract, testing::Values(MakeWrapped));

class LocalStorageTest : public testing::Test {
 protected:
  std::vector<std::string> List(const std::string& relative) {
    std::vector<std::string> names;
    auto files = storage_->List(lake_.Path(relative));
    EXPECT_OK(files);
    if (files) {
      for (const FileInfo& info : *files) {
        names.push_back(info.path.substr(lake_.root().size() + 1));
      }
    }
    return names;
  }

  TempLake lake_;
  std::unique_ptr<Storage> storage_ = MakeLocalStorage();
};

TEST_F(LocalStorageTest, FollowsLinksButNotLoops) {
  lake_.WriteFile("real/f", "x");
  lake_.WriteFile("land/g", "x");
  std::filesystem::create_symlink(lake_.Path("real/f"), lake_.Path("land/link"));
  std::filesystem::create_directory_symlink(lake_.Path("real"), lake_.Path("land/other"));
  std::filesystem::create_directory_symlink(lake_.Path("land"), lake_.Path("land/loop"));
  std::filesystem::create_symlink(lake_.Path("nowhere"), lake_.Path("land/broken"));
  std::filesystem::create_symlink(lake_.Path("land/circle"), lake_.Path("land/circle"));
  EXPECT_EQ(List("land"), (std::vector<std::string>{"land/g", "land/link", "land/other/f"}));
}

TEST_F(LocalStorageTest, LeavesPipesOutAndDoesNotWaitForThem) {
  lake_.WriteFile("land/f", "x");
  ASSERT_EQ(mkfifo(lake_.Path("land/pipe").c_str(), 0600), 0);
  EXPECT_EQ(List("land"), std::vector<std::string>{"land/f"});
  EXPECT_TRUE(
      IsError(storage_->OpenRead(lake_.Path("land/pipe")), ErrorCode::kInvalidData, "pipe"));
}

TEST_F(LocalStorageTest, DoesNotPutAFileInThePlaceOfAPipe) {
  ASSERT_EQ(mkfifo(lake_.Path("pipe").c_str(), 0600), 0);
  EXPECT_TRUE(IsError(storage_->Create(lake_.Path("pipe"), {WhenExists::kReplace}),
                      ErrorCode::kInvalidData, "pipe"));
}

// Rights do not bind root, so a child becomes somebody else.
TEST_F(LocalStorageTest, NamesTheFolderThatCannotBeRead) {
  lake_.WriteFile("land/closed/f", "x");
  lake_.WriteFile("land/open", "x");
  ASSERT_EQ(chmod(lake_.root().c_str(), 0755), 0);
  ASSERT_EQ(chmod(lake_.Path("land/closed").c_str(), 0), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    const bool names_it =
        IsError(storage_->List(lake_.Path("land")), ErrorCode::kPermissionDenied, "land/closed") &&
        IsError(storage_->Create(lake_.Path("land/closed/g"), {}), ErrorCode::kPermissionDenied,
                "land/closed/g");
    _exit(names_it ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  ASSERT_EQ(chmod(lake_.Path("land/closed").c_str(), 0700), 0);
}

// A limit on file sizes fails a write just as a full disk does: half way, with an errno.
TEST_F(LocalStorageTest, AFailedWriteNamesTheFileAndLeavesNothing) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {100'000, 100'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string big(1'000'000, 'x');
    _exit(IsError(WriteWholeFile(*storage_, lake_.Path("f"), big, {}), ErrorCode::kUnavailable,
                  lake_.Path("f"))
              ? 0
              : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(lake_.List(), std::vector<std::string>());
}

// Also when there is room again: how much was written before is not known.
TEST_F(LocalStorageTest, AFailedWriteFailsAllThatFollow) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit = {300'000, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto file = storage_->Create(lake_.Path("f"), {});
    const std::string bytes(200'000, 'x');
    bool as_expected = file.has_value() && (*file)->Write(bytes).has_value();
    as_expected = as_expected && (*file)->Write(bytes).has_value();  // 262,144 are written
    as_expected = as_expected && !(*file)->Write(bytes).has_value();
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    for (const size_t size : {1, 100'000, 3'000'000}) {
      as_expected = as_expected && IsError((*file)->Write(std::string(size, 'y')),
                                           ErrorCode::kUnavailable, lake_.Path("f"));
    }
    as_expected =
        as_expected && IsError((*file)->Commit(), ErrorCode::kUnavailable, lake_.Path("f"));
    _exit(as_expected ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(LocalStorageTest, LongNamesWork) {
  const std::string name(255, 'n');
  EXPECT_OK(WriteWholeFile(*storage_, lake_.Path(name), "x", {}));
  EXPECT_TRUE(IsError(WriteWholeFile(*storage_, lake_.Path(name + "n"), "x", {}),
                      ErrorCode::kInvalidData, "nnn"));
  EXPECT_EQ(lake_.List(), std::vector<std::string>{name});
}

TEST_F(LocalStorageTest, RelativePathsWork) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(lake_.root());
  EXPECT_OK(storage_->MakeDirectories("a/b/", DirectoryAccess::kShared));
  EXPECT_OK(WriteWholeFile(*storage_, "bare", "x", {WhenExists::kFail, Durability::kSync}));
  auto files = storage_->List(".");
  std::filesystem::current_path(before);
  ASSERT_OK(files);
  ASSERT_EQ(files->size(), 1U);
  EXPECT_EQ(files->front().path, "./bare");
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"a/", "a/b/", "bare"}));
}

TEST_F(LocalStorageTest, ReplacesLeftoverTemporaryNames) {
  for (int number = 0; number < 200; ++number) {
    lake_.WriteFile(".lakegate-" + std::to_string(getpid()) + "-" + std::to_string(number) + ".tmp",
                    "left by a dead process");
  }
  EXPECT_OK(WriteWholeFile(*storage_, lake_.Path("f"), "x", {}));
  EXPECT_EQ(lake_.ReadFile("f"), "x");
}

TEST(ErrnoErrorTest, EveryCodeHasAHint) {
  for (int number = 1; number < 134; ++number) {
    const Error error = ErrnoError(number, "do", "path");
    EXPECT_NE(error.message.find("cannot do 'path': "), std::string::npos);
    EXPECT_FALSE(error.hint.empty());
  }
  EXPECT_EQ(ErrnoError(EACCES, "", "").code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(ErrnoError(EROFS, "", "").code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(ErrnoError(ENOENT, "", "").code, ErrorCode::kNotFound);
  EXPECT_EQ(ErrnoError(EEXIST, "", "").code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(ErrnoError(EIO, "", "").code, ErrorCode::kUnavailable);
  EXPECT_EQ(ErrnoError(ENOSPC, "", "").code, ErrorCode::kUnavailable);
  EXPECT_NE(ErrnoError(ENOSPC, "", "").hint.find("space"), std::string::npos);
  EXPECT_EQ(ErrnoError(EXDEV, "", "").code, ErrorCode::kUnsupported);
}

TEST(FaultyStorageTest, FailsTheChosenOperationBeforeOrAfterIt) {
  const TempLake lake;
  auto inner = MakeLocalStorage();
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    FaultPlan plan;
    FaultyStorage storage(*inner, plan);
    plan.FailAt(3, {ErrorCode::kUnavailable, "injected", "none"}, moment);
    EXPECT_TRUE(IsError(WriteWholeFile(storage, lake.Path("f"), "x", {WhenExists::kReplace}),
                        ErrorCode::kUnavailable, "injected"));
    EXPECT_EQ(lake.Exists("f"), moment == FaultMoment::kAfter);
    EXPECT_EQ(plan.operations(), 3);
    EXPECT_EQ(plan.log().back(), "Commit");
  }
}

}  // namespace
}  // namespace lakegate
