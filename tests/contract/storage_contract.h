// What every Storage must do. An implementation's test instantiates the suite with a factory:
//   INSTANTIATE_TEST_SUITE_P(Local, StorageContract, testing::Values(MakeLocalStorage));
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/storage.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {

class StorageContract : public testing::TestWithParam<std::function<std::unique_ptr<Storage>()>> {
 protected:
  std::vector<std::string> ListNames(const std::string& relative) {
    std::vector<std::string> names;
    auto listed = storage_->List(lake_.Path(relative));
    EXPECT_OK(listed);
    if (!listed) return names;
    for (const FileInfo& info : *listed) {
      names.push_back(info.path.substr(lake_.root().size() + 1));
    }
    return names;
  }

  TempLake lake_;
  std::unique_ptr<Storage> storage_ = GetParam()();
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StorageContract);

TEST_P(StorageContract, ListsFilesBelowSortedByPath) {
  lake_.WriteFile("land/b/2.json", "22");
  lake_.WriteFile("land/a/1.json", "1");
  lake_.WriteFile("land/b.json", "");
  lake_.WriteFile("land/a/.hidden", "x");
  std::filesystem::create_directory(lake_.Path("land/empty"));
  EXPECT_EQ(ListNames("land"), (std::vector<std::string>{"land/a/.hidden", "land/a/1.json",
                                                         "land/b.json", "land/b/2.json"}));
  ASSERT_OK_AND_ASSIGN(const auto files, storage_->List(lake_.Path("land/b")));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].size, 2);
  EXPECT_EQ(files[0].kind, FileKind::kFile);
  EXPECT_NE(files[0].inode, 0U);
  EXPECT_GT(files[0].mtime_ns, 1'600'000'000'000'000'000);
}

TEST_P(StorageContract, ListOfAFileIsTheFileAndOfNothingAnError) {
  lake_.WriteFile("one.json", "1");
  EXPECT_EQ(ListNames("one.json"), std::vector<std::string>{"one.json"});
  EXPECT_TRUE(IsError(storage_->List(lake_.Path("none")), ErrorCode::kNotFound, "none"));
}

TEST_P(StorageContract, StatTellsFilesFromFolders) {
  lake_.WriteFile("folder/file", "abc");
  ASSERT_OK_AND_ASSIGN(const FileInfo file, storage_->Stat(lake_.Path("folder/file")));
  EXPECT_EQ(file.kind, FileKind::kFile);
  EXPECT_EQ(file.size, 3);
  ASSERT_OK_AND_ASSIGN(const FileInfo folder, storage_->Stat(lake_.Path("folder")));
  EXPECT_EQ(folder.kind, FileKind::kDirectory);
  EXPECT_EQ(folder.device, file.device);
  EXPECT_TRUE(IsError(storage_->Stat(lake_.Path("none")), ErrorCode::kNotFound, "none"));
  EXPECT_TRUE(IsError(storage_->Stat(lake_.Path("folder/file/x")), ErrorCode::kInvalidData, "x"));
}

TEST_P(StorageContract, ReadsAnyRange) {
  const std::string path = lake_.WriteFile("f", "0123456789");
  ASSERT_OK_AND_ASSIGN(const auto file, storage_->OpenRead(path));
  char buffer[8];
  ASSERT_OK_AND_ASSIGN(size_t got, file->ReadAt(0, std::span(buffer, 4)));
  EXPECT_EQ(std::string(buffer, got), "0123");
  ASSERT_OK_AND_ASSIGN(got, file->ReadAt(7, buffer));
  EXPECT_EQ(std::string(buffer, got), "789");
  ASSERT_OK_AND_ASSIGN(got, file->ReadAt(10, buffer));
  EXPECT_EQ(got, 0U);
  std::filesystem::rename(path, path + ".moved");
  ASSERT_OK_AND_ASSIGN(const FileInfo info, file->Stat());
  EXPECT_EQ(info.size, 10);
  ASSERT_OK_AND_ASSIGN(got, file->ReadAt(0, buffer));
  EXPECT_EQ(got, 8U);
}

TEST_P(StorageContract, OpensOnlyFiles) {
  EXPECT_TRUE(IsError(storage_->OpenRead(lake_.root()), ErrorCode::kInvalidData, "folder"));
  EXPECT_TRUE(IsError(storage_->OpenRead(lake_.Path("no")), ErrorCode::kNotFound, "no"));
}

TEST_P(StorageContract, APendingFileIsInvisibleUntilCommit) {
  for (const Durability durability : {Durability::kNone, Durability::kSync}) {
    ASSERT_OK_AND_ASSIGN(auto file,
                         storage_->Create(lake_.Path("f"), {WhenExists::kReplace, durability}));
    const std::string big(600'000, 'b');
    ASSERT_OK(file->Write("small"));
    ASSERT_OK(file->Write(big));
    ASSERT_OK(file->Write("end"));
    EXPECT_EQ(file->size(), 600'008);
    EXPECT_FALSE(lake_.Exists("f"));
    ASSERT_OK(file->Commit());
    EXPECT_EQ(lake_.ReadFile("f"), "small" + big + "end");
    file.reset();
    EXPECT_EQ(lake_.List(), std::vector<std::string>{"f"});
    ASSERT_OK(storage_->Remove(lake_.Path("f")));
  }
}

TEST_P(StorageContract, ADroppedPendingFileLeavesNothing) {
  lake_.WriteFile("f", "old");
  {
    ASSERT_OK_AND_ASSIGN(auto file, storage_->Create(lake_.Path("f"), {WhenExists::kReplace}));
    ASSERT_OK(file->Write("new"));
    for (const std::string& name : lake_.List()) EXPECT_TRUE(name == "f" || name[0] == '.');
  }
  EXPECT_EQ(lake_.List(), std::vector<std::string>{"f"});
  EXPECT_EQ(lake_.ReadFile("f"), "old");
}

TEST_P(StorageContract, CommitReplacesOnlyWhenAllowed) {
  lake_.WriteFile("f", "old");
  EXPECT_TRUE(IsError(WriteWholeFile(*storage_, lake_.Path("f"), "new", {WhenExists::kFail}),
                      ErrorCode::kAlreadyExists, "f"));
  EXPECT_EQ(lake_.ReadFile("f"), "old");
  EXPECT_OK(WriteWholeFile(*storage_, lake_.Path("f"), "new", {WhenExists::kReplace}));
  EXPECT_EQ(lake_.ReadFile("f"), "new");
  EXPECT_EQ(lake_.List(), std::vector<std::string>{"f"});
  EXPECT_TRUE(IsError(storage_->Create(lake_.Path("none/f"), {}), ErrorCode::kNotFound, "none/f"));
}

TEST_P(StorageContract, CommitAsChoosesTheName) {
  ASSERT_OK_AND_ASSIGN(auto file, storage_->Create(lake_.Path("f"), {}));
  ASSERT_OK(file->Write("x"));
  ASSERT_OK(file->CommitAs(lake_.Path("g")));
  EXPECT_EQ(lake_.List(), std::vector<std::string>{"g"});
}

TEST_P(StorageContract, MakesFoldersOnce) {
  EXPECT_OK(storage_->MakeDirectories(lake_.Path("a/b/c"), DirectoryAccess::kShared));
  EXPECT_OK(storage_->MakeDirectories(lake_.Path("a/b/c"), DirectoryAccess::kShared));
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"a/", "a/b/", "a/b/c/"}));
  lake_.WriteFile("file", "x");
  EXPECT_TRUE(IsError(storage_->MakeDirectories(lake_.Path("file"), DirectoryAccess::kShared),
                      ErrorCode::kInvalidData, "file"));
  EXPECT_TRUE(IsError(storage_->MakeDirectories(lake_.Path("file/x"), DirectoryAccess::kShared),
                      ErrorCode::kInvalidData, "file"));
}

TEST_P(StorageContract, OwnerOnlyFoldersAreClosedToOthers) {
  ASSERT_OK(storage_->MakeDirectories(lake_.Path("q/x"), DirectoryAccess::kOwnerOnly));
  for (const char* name : {"q", "q/x"}) {
    EXPECT_EQ(std::filesystem::status(lake_.Path(name)).permissions(),
              std::filesystem::perms::owner_all);
  }
}

TEST_P(StorageContract, RenamesFoldersOnlyToFreeNames) {
  lake_.WriteFile("a/f", "a");
  EXPECT_OK(storage_->RenameDirectory(lake_.Path("a"), lake_.Path("b")));
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"b/", "b/f"}));
  std::filesystem::create_directory(lake_.Path("empty"));
  EXPECT_TRUE(IsError(storage_->RenameDirectory(lake_.Path("b"), lake_.Path("empty")),
                      ErrorCode::kAlreadyExists, "empty"));
  EXPECT_TRUE(IsError(storage_->RenameDirectory(lake_.Path("none"), lake_.Path("x")),
                      ErrorCode::kNotFound, "none"));
  EXPECT_TRUE(IsError(storage_->RenameDirectory(lake_.Path("b"), lake_.Path("no/x")),
                      ErrorCode::kNotFound, "no/x"));
}

TEST_P(StorageContract, ExchangesFoldersOrSaysThatItCannot) {
  lake_.WriteFile("a/f", "a");
  lake_.WriteFile("b/g", "b");
  const Status exchanged = storage_->ExchangeDirectories(lake_.Path("a"), lake_.Path("b"));
  if (!exchanged) {
    EXPECT_TRUE(IsError(exchanged, ErrorCode::kUnsupported, "exchange"));
    EXPECT_EQ(lake_.ReadFile("a/f"), "a");
    return;
  }
  EXPECT_EQ(lake_.ReadFile("a/g"), "b");
  EXPECT_EQ(lake_.ReadFile("b/f"), "a");
  EXPECT_TRUE(IsError(storage_->ExchangeDirectories(lake_.Path("a"), lake_.Path("none")),
                      ErrorCode::kNotFound, "none"));
  EXPECT_EQ(lake_.ReadFile("a/g"), "b");
}

TEST_P(StorageContract, LinksFilesOrSaysThatItCannot) {
  lake_.WriteFile("a/f", "bytes");
  lake_.WriteFile("b/g", "other");
  const Status linked = storage_->Link(lake_.Path("a/f"), lake_.Path("b/f"));
  if (!linked) {
    EXPECT_TRUE(IsError(linked, ErrorCode::kUnsupported, "link"));
    return;
  }
  EXPECT_TRUE(IsError(storage_->Link(lake_.Path("a/f"), lake_.Path("b/g")),
                      ErrorCode::kAlreadyExists, "b/g"));
  EXPECT_TRUE(IsError(storage_->Link(lake_.Path("a/none"), lake_.Path("b/x")), ErrorCode::kNotFound,
                      "none"));
  EXPECT_OK(storage_->RemoveTree(lake_.Path("a")));
  EXPECT_EQ(lake_.ReadFile("b/f"), "bytes");
}

TEST_P(StorageContract, RemovesFilesAndTrees) {
  lake_.WriteFile("t/a/f", "x");
  lake_.WriteFile("t/g", "x");
  lake_.WriteFile("kept", "x");
  std::filesystem::create_symlink(lake_.Path("kept"), lake_.Path("t/link"));
  EXPECT_OK(storage_->Remove(lake_.Path("t/g")));
  EXPECT_TRUE(IsError(storage_->Remove(lake_.Path("t/g")), ErrorCode::kNotFound, "t/g"));
  EXPECT_FALSE(storage_->Remove(lake_.Path("t/a")));
  EXPECT_OK(storage_->RemoveTree(lake_.Path("t")));
  EXPECT_OK(storage_->RemoveTree(lake_.Path("t")));
  EXPECT_EQ(lake_.List(), std::vector<std::string>{"kept"});
}

TEST_P(StorageContract, RemovesOnlyFoldersWithoutAnything) {
  lake_.WriteFile("t/f", "x");
  EXPECT_EQ(MissingFolders(*storage_, lake_.Path("t")), std::vector<std::string>{});
  const std::vector<std::string> missing = {lake_.Path("t/a/b"), lake_.Path("t/a")};
  EXPECT_EQ(MissingFolders(*storage_, lake_.Path("t/a/b")), missing);
  EXPECT_OK(storage_->MakeDirectories(lake_.Path("t/a/b"), DirectoryAccess::kShared));
  EXPECT_OK(storage_->RemoveEmptyDirectory(lake_.Path("t")));
  EXPECT_OK(storage_->RemoveEmptyDirectory(lake_.Path("t/a")));
  EXPECT_EQ(MissingFolders(*storage_, lake_.Path("t/a/b")), std::vector<std::string>{});
  EXPECT_OK(storage_->RemoveEmptyDirectory(lake_.Path("t/a/b")));
  EXPECT_OK(storage_->RemoveEmptyDirectory(lake_.Path("t/a/b")));
  EXPECT_OK(storage_->RemoveEmptyDirectory(lake_.Path("t/a")));
  EXPECT_EQ(MissingFolders(*storage_, lake_.Path("t/a/b")), missing);
  EXPECT_FALSE(storage_->RemoveEmptyDirectory(lake_.Path("t/f")));
  EXPECT_EQ(lake_.List(), (std::vector<std::string>{"t/", "t/f"}));
}

TEST_P(StorageContract, SyncsFilesAndFolders) {
  lake_.WriteFile("t/f", "x");
  EXPECT_OK(storage_->Sync(lake_.Path("t/f")));
  EXPECT_OK(storage_->Sync(lake_.Path("t")));
  EXPECT_TRUE(IsError(storage_->Sync(lake_.Path("none")), ErrorCode::kNotFound, "none"));
}

TEST_P(StorageContract, WholeFilesHaveALimit) {
  const std::string path = lake_.WriteFile("f", "0123456789");
  ASSERT_OK_AND_ASSIGN(const std::string whole, ReadWholeFile(*storage_, path, 10));
  EXPECT_EQ(whole, "0123456789");
  EXPECT_TRUE(IsError(ReadWholeFile(*storage_, path, 9), ErrorCode::kInvalidData, "10 bytes"));
}

}  // namespace lakegate
