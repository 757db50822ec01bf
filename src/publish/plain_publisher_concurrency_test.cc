// Readers during publications, and several lakegates at once.
#include <dirent.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "publish/plain_publisher.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

constexpr const char* kDay = "ingestion_date=2025-01-01";
constexpr int kFilesPerVersion = 3;

std::vector<StagedContent> Version(int number) {
  std::vector<StagedContent> contents;
  for (int file = 0; file < kFilesPerVersion; ++file) {
    contents.push_back({std::to_string(number) + "/" + std::to_string(file), 1});
  }
  return contents;
}

// Which version every possible file name belongs to.
std::map<std::string, int> NamesOfVersions(int versions) {
  std::map<std::string, int> names;
  for (int number = 0; number < versions; ++number) {
    for (const StagedContent& staged : Version(number)) {
      names[PartName(0, Sha256Hex(staged.content), "parquet")] = number;
    }
  }
  return names;
}

// One listing, as a reader's glob does it. Empty text: whole, else what was wrong.
std::string ListOnce(const std::string& folder, const std::map<std::string, int>& names) {
  DIR* directory = opendir(folder.c_str());
  if (directory == nullptr) return "the folder is not there";
  std::map<int, int> files_of_version;
  while (const dirent* entry = readdir(directory)) {
    if (entry->d_name[0] == '.') continue;
    const auto known = names.find(entry->d_name);
    ++files_of_version[known == names.end() ? -1 : known->second];
  }
  closedir(directory);
  if (files_of_version.size() == 1 && files_of_version.begin()->second == kFilesPerVersion) {
    return "";
  }
  return "versions and their files: " + testing::PrintToString(files_of_version);
}

TEST(PlainPublisherConcurrencyTest, ReaderNeverSeesAnEmptyOrMixedFolder) {
  constexpr int kVersions = 200;
  PublishScene scene(60'000'000);
  ASSERT_OK(scene.Publish(kDay, Version(0)));
  const auto names = NamesOfVersions(kVersions);
  const std::string folder = scene.lake().Path(PublishScene::LivePath(kDay));
  std::atomic<bool> stop = false;
  std::atomic<int64_t> listings = 0;
  std::string wrong;
  std::thread reader([&] {
    while (!stop && wrong.empty()) {
      wrong = ListOnce(folder, names);
      ++listings;
    }
  });
  for (int number = 1; number < kVersions; ++number) {
    EXPECT_OK(scene.Publish(kDay, Version(number)));
    scene.clock().Advance(1'000'000);  // so that old versions are removed meanwhile
  }
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, "");
  EXPECT_GT(listings, kVersions);
  scene.clock().Advance(60'000'000);
  ASSERT_OK(scene.publisher().Recover());
  scene.ExpectConsistent(kDay);
}

// Publishes until it has done so `times` times; whoever holds the lease is waited for.
bool PublishRepeatedly(const TempLake& lake, int seed, int times) {
  auto storage = MakeLocalStorage();
  const FakeClock clock(kSceneStartUs);
  ScenePublisher publisher(lake, *storage, clock, seed, 0);
  for (int done = 0; done < times;) {
    auto outcome = publisher.Publish(kDay, Version(seed * 1000 + done));
    if (outcome) {
      ++done;
    } else if (outcome.error().code != ErrorCode::kConflict) {
      ADD_FAILURE() << outcome.error().message;
      return false;
    } else {
      usleep(1000);
    }
  }
  return true;
}

TEST(PlainPublisherConcurrencyTest, ProcessesTakeTurns) {
  constexpr int kProcesses = 3;
  constexpr int kTimes = 10;
  PublishScene scene;
  std::vector<pid_t> children;
  for (int number = 0; number < kProcesses; ++number) {
    const pid_t child = fork();
    if (child == 0) _exit(PublishRepeatedly(scene.lake(), 10 + number, kTimes) ? 0 : 1);
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  ASSERT_OK_AND_ASSIGN(const auto current,
                       scene.ledger().publications().FindCurrent(kSceneDataset, kDay));
  ASSERT_TRUE(current.has_value());
  EXPECT_EQ(current->version, kProcesses * kTimes);
  scene.ExpectConsistent(kDay);
}

// A lake is copied with `cp -r` while a publication is open: inodes differ in the copy.
TEST(PlainPublisherConcurrencyTest, CopiedLakeRecoversByItsFiles) {
  for (const int killed_at : {20, 24}) {
    SCOPED_TRACE(killed_at);
    PublishScene scene;
    ASSERT_OK(scene.Publish(kDay, Version(1)));
    auto copy_at = [&](int number) {
      FaultPlan plan;
      FaultyStorage storage(scene.storage(), plan);
      ScenePublisher faulty(scene.lake(), storage, scene.clock(), 2, 0);
      plan.CallBefore(number, [&] {
        std::filesystem::copy(scene.lake().root(), scene.lake().root() + "-copy",
                              std::filesystem::copy_options::recursive);
      });
      ASSERT_OK(faulty.Publish(kDay, Version(2)));
    };
    copy_at(killed_at);
    const std::string copy_root = scene.lake().root() + "-copy";
    auto ledger = Ledger::Open(copy_root + "/.lakegate/ledger.db", {});
    ASSERT_OK(ledger);
    PublishOptions options;
    options.lake_root = copy_root;
    scene.clock().Advance(120'000'000);
    PlainPublisher publisher(scene.storage(), **ledger, scene.clock(), options);
    ASSERT_OK_AND_ASSIGN(const RecoveryReport report, publisher.Recover());
    EXPECT_TRUE(report.problems.empty());
    ASSERT_OK_AND_ASSIGN(const auto current,
                         (*ledger)->publications().FindCurrent(kSceneDataset, kDay));
    ASSERT_OK_AND_ASSIGN(const auto files,
                         ListFolder(scene.storage(), copy_root + "/tables/events/" + kDay));
    EXPECT_TRUE(SameNamesAndSizes(files, current->files));
    ASSERT_OK_AND_ASSIGN(const auto staged, scene.storage().List(copy_root + "/.lakegate/staging"));
    EXPECT_TRUE(staged.empty());
    ASSERT_OK(scene.storage().RemoveTree(copy_root));
  }
}

}  // namespace
}  // namespace lakegate
