// Moves of landed files to history: every operation fails or is the last one of its process, and
// afterwards no byte is lost, nothing is half there, and the next try comes to the same end (I5,
// I7).
#include "publish/history_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/faulty_storage.h"
#include "tests/support/publish_scene.h"

namespace lakegate {
namespace {

constexpr const char* kLanded = "land/events/a.json.gz";
constexpr const char* kSame = "land/events/b.json.gz";

class HistoryScene {
 public:
  HistoryScene() {
    auto opened = Ledger::Open(lake_.Path(".lakegate/ledger.db"), {});
    EXPECT_TRUE(IsOk(opened));
    ledger_ = std::move(opened).value();
    lake_.WriteFile(kLanded, content_);
    lake_.WriteFile(kSame, content_);
    a_ = Register(kLanded);
    b_ = Register(kSame);
  }

  LandedFile Register(const std::string& path) {
    const auto info = storage_->Stat(lake_.Path(path));
    EXPECT_TRUE(IsOk(info));
    auto file =
        ledger_->landed_files().Register({"events", lake_.Path(path), info->size, info->mtime_ns,
                                          Sha256Hex(lake_.ReadFile(path)), "-"},
                                         kSceneStartUs);
    EXPECT_TRUE(IsOk(file));
    return *file;
  }

  // As a run does it: clean up after others, copy, publish, remove from land; or give up.
  Status Move(Storage& storage, const std::string& run_id) {
    HistoryStore store(storage, *ledger_, lake_.Path("history"));
    LAKEGATE_TRY(store.ReleaseAbandoned(kSceneStartUs));
    LAKEGATE_TRY(ledger_->runs().Start({run_id, "events", "-", "events/-", 1, std::nullopt, 1}));
    if (Status copied = CopyBoth(store, run_id); !copied) {
      (void)store.Release(run_id);  // else the next ReleaseAbandoned does it
      return copied;
    }
    {
      LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_->Begin());
      LAKEGATE_TRY(ledger_->history_copies().Apply(run_id));
      LAKEGATE_TRY(transaction.Commit());
    }
    for (const int64_t id : {a_.id, b_.id}) {
      LAKEGATE_ASSIGN(const auto file, ledger_->landed_files().Find(id));
      LAKEGATE_TRY(store.RemoveFromLand(*file));
    }
    return {};
  }

  // I5: the bytes are in land or, whole, in history; what the ledger says is stored is stored.
  void ExpectNothingLost() {
    for (const LandedFile& before : {a_, b_}) {
      ASSERT_OK_AND_ASSIGN(const auto file, ledger_->landed_files().Find(before.id));
      ASSERT_OK_AND_ASSIGN(const std::string bytes,
                           ReadWholeFile(*storage_, file->stored_path, 1 << 20));
      EXPECT_EQ(bytes, content_);
    }
    for (const std::string& name : InHistory()) EXPECT_EQ(lake_.ReadFile(name), content_) << name;
  }

  // Files only; with `all` also the temporary ones of a killed process.
  std::vector<std::string> InHistory(bool all = false) const {
    std::vector<std::string> names;
    for (const std::string& name : lake_.List("history")) {
      const bool is_file = std::filesystem::is_regular_file(lake_.Path(name));
      if (is_file && (all || name.find("/.lakegate-") == std::string::npos)) names.push_back(name);
    }
    return names;
  }

  void ExpectMoved() {
    ExpectNothingLost();
    EXPECT_FALSE(std::filesystem::exists(lake_.Path(kLanded)));
    EXPECT_FALSE(std::filesystem::exists(lake_.Path(kSame)));
    const std::vector<std::string> stored = InHistory(true);
    // Once, though it was sent twice.
    EXPECT_EQ(stored, std::vector<std::string>{
                          "history/events/file_land_timestamp=1735689600/a_1735689600.json.gz"});
    struct stat info;
    ASSERT_FALSE(stored.empty());
    ASSERT_EQ(::stat(lake_.Path(stored[0]).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0222, 0U);
    ASSERT_OK_AND_ASSIGN(const auto copies, ledger_->history_copies().List());
    EXPECT_TRUE(copies.empty());
  }

  const std::string content_ = std::string(3000, 'x') + "\n";
  TempLake lake_{TempPlace::kMemory};
  std::unique_ptr<Storage> storage_ = MakeLocalStorage();
  std::unique_ptr<Ledger> ledger_;
  LandedFile a_, b_;

 private:
  Status CopyBoth(HistoryStore& store, const std::string& run_id) {
    for (const int64_t id : {a_.id, b_.id}) {
      LAKEGATE_ASSIGN(const auto file, ledger_->landed_files().Find(id));
      if (file->stored_path == file->path) LAKEGATE_TRY(store.Copy(run_id, *file));
    }
    return {};
  }
};

TEST(HistoryStoreTest, NamesHaveTheSecondAndTheWholeExtension) {
  LandedFile file;
  file.first_seen_us = 1'735'689'600'999'999;
  file.path = "land/x=1/a.b.csv.zst";
  EXPECT_EQ(HistoryName(file, 0), "file_land_timestamp=1735689600/a.b_1735689600.csv.zst");
  EXPECT_EQ(HistoryName(file, 1), "file_land_timestamp=1735689600/a.b_1735689600-2.csv.zst");
  file.path = "noextension";
  EXPECT_EQ(HistoryName(file, 0), "file_land_timestamp=1735689600/noextension_1735689600");
}

TEST(HistoryStoreTest, MovesOnceWhatWasSentTwice) {
  HistoryScene scene;
  ASSERT_OK(scene.Move(*scene.storage_, "r1"));
  scene.ExpectMoved();
}

TEST(HistoryStoreTest, AnyFailedOperationLosesNothingAndTheNextTryMoves) {
  int points = 0;
  for (const FaultMoment moment : {FaultMoment::kBefore, FaultMoment::kAfter}) {
    for (int number = 1;; ++number) {
      HistoryScene scene;
      FaultPlan plan;
      FaultyStorage faulty(*scene.storage_, plan);
      plan.FailAt(number, {ErrorCode::kUnavailable, "injected", ""}, moment);
      (void)scene.Move(faulty, "r1");
      if (plan.operations() < number) break;
      ++points;
      scene.ExpectNothingLost();
      ASSERT_OK(scene.Move(*scene.storage_, "r2")) << plan.log()[static_cast<size_t>(number) - 1];
      scene.ExpectMoved();
    }
  }
  EXPECT_GT(points, 30);
  RecordProperty("points", points);
}

TEST(HistoryStoreTest, AKillAtAnyOperationLosesNothingAndTheNextTryMoves) {
  int points = 0;
  for (int number = 1;; ++number) {
    HistoryScene scene;
    scene.ledger_.reset();  // must not be used across fork
    const pid_t child = fork();
    if (child == 0) {
      auto ledger = Ledger::Open(scene.lake_.Path(".lakegate/ledger.db"), {});
      if (!ledger) _exit(3);
      scene.ledger_ = std::move(ledger).value();
      FaultPlan plan;
      FaultyStorage faulty(*scene.storage_, plan);
      plan.CallBefore(number, [] { _exit(7); });
      _exit(scene.Move(faulty, "r1") ? 0 : 4);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    auto ledger = Ledger::Open(scene.lake_.Path(".lakegate/ledger.db"), {});
    ASSERT_OK(ledger);
    scene.ledger_ = std::move(ledger).value();
    if (WEXITSTATUS(status) == 0) break;
    ASSERT_EQ(WEXITSTATUS(status), 7);
    ++points;
    scene.ExpectNothingLost();
    ASSERT_OK(scene.Move(*scene.storage_, "r2"));
    scene.ExpectMoved();
  }
  EXPECT_GT(points, 15);
  RecordProperty("points", points);
}

TEST(HistoryStoreTest, OtherBytesUnderTheSameNameStayInLand) {
  HistoryScene scene;
  HistoryStore store(*scene.storage_, *scene.ledger_, scene.lake_.Path("history"));
  scene.lake_.WriteFile(kLanded, "changed after it was hashed\n");
  ASSERT_OK(scene.ledger_->runs().Start({"r1", "events", "-", "events/-", 1, std::nullopt, 1}));
  EXPECT_TRUE(IsError(store.Copy("r1", scene.a_), ErrorCode::kConflict, "was changed"));
  ASSERT_OK(store.Copy("r1", scene.b_));
  ASSERT_OK(scene.ledger_->history_copies().Apply("r1"));
  // The new bytes come between the publication and the removal.
  scene.lake_.WriteFile(kSame, "a new version\n");
  ASSERT_OK_AND_ASSIGN(const auto file, scene.ledger_->landed_files().Find(scene.b_.id));
  ASSERT_OK_AND_ASSIGN(const bool removed, store.RemoveFromLand(*file));
  EXPECT_FALSE(removed);
  EXPECT_EQ(scene.lake_.ReadFile(kSame), "a new version\n");
}

TEST(HistoryStoreTest, AStoredCopyThatWasDamagedKeepsTheLandedFile) {
  HistoryScene scene;
  HistoryStore store(*scene.storage_, *scene.ledger_, scene.lake_.Path("history"));
  ASSERT_OK(scene.ledger_->runs().Start({"r1", "events", "-", "events/-", 1, std::nullopt, 1}));
  ASSERT_OK(store.Copy("r1", scene.a_));
  ASSERT_OK(scene.ledger_->history_copies().Apply("r1"));
  ASSERT_OK_AND_ASSIGN(const auto file, scene.ledger_->landed_files().Find(scene.a_.id));
  ASSERT_OK(WriteWholeFile(*scene.storage_, file->stored_path, "damaged",
                           {WhenExists::kReplace, Durability::kNone}));
  ASSERT_OK_AND_ASSIGN(const bool removed, store.RemoveFromLand(*file));
  EXPECT_FALSE(removed);
  EXPECT_EQ(scene.lake_.ReadFile(kLanded), scene.content_);
}

}  // namespace
}  // namespace lakegate
