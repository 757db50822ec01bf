#include "ledger/ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "ledger/migrations.h"
#include "ledger/sqlite_rows.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

class LedgerTest : public testing::Test {
 protected:
  TempLake lake_{TempPlace::kMemory};
  std::string path_ = lake_.Path(".lakegate/ledger.db");
};

TEST_F(LedgerTest, MakesItsFolderAndKeepsWhatWasWritten) {
  {
    ASSERT_OK_AND_ASSIGN(auto ledger, Ledger::Open(path_, {}));
    ASSERT_OK(ledger->partitions().SetState("d", "k", PartitionState::kReady, std::nullopt, 5));
  }
  ASSERT_OK_AND_ASSIGN(auto ledger, Ledger::Open(path_, {}));
  ASSERT_OK_AND_ASSIGN(const auto partition, ledger->partitions().Find("d", "k"));
  ASSERT_TRUE(partition.has_value());
  EXPECT_EQ(partition->state, PartitionState::kReady);
  EXPECT_OK(ledger->CheckIntegrity());
}

TEST_F(LedgerTest, WritesAheadFullyWithForeignKeys) {
  ASSERT_OK(Ledger::Open(path_, {}));
  ASSERT_OK_AND_ASSIGN(auto database, SqliteDatabase::Open(path_, 1000));
  const auto text = [](const SqliteStatement& row) { return row.Text(0); };
  ASSERT_OK_AND_ASSIGN(const auto mode,
                       FirstRow<std::string>(database->Query("PRAGMA journal_mode"), text));
  EXPECT_EQ(mode, "wal");
  ASSERT_OK_AND_ASSIGN(const auto version,
                       FirstRow<std::string>(database->Query("PRAGMA user_version"), text));
  EXPECT_EQ(version, std::to_string(NewestLedgerVersion()));
  ASSERT_OK_AND_ASSIGN(auto ledger, Ledger::Open(path_, {}));
  // Foreign keys: a metric of an unknown run.
  EXPECT_TRUE(IsError(ledger->metric_history().Record("d", "k", "no-run", {{"r", 1.0}}, 5),
                      ErrorCode::kConflict, "FOREIGN KEY"));
}

TEST_F(LedgerTest, RefusesANewerVersion) {
  ASSERT_OK(Ledger::Open(path_, {}));
  {
    ASSERT_OK_AND_ASSIGN(auto database, SqliteDatabase::Open(path_, 1000));
    ASSERT_OK(database->Execute("PRAGMA user_version = 9999"));
  }
  EXPECT_TRUE(IsError(Ledger::Open(path_, {}), ErrorCode::kUnsupported, "version 9999"));
}

TEST_F(LedgerTest, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  {
    ASSERT_OK_AND_ASSIGN(auto database, SqliteDatabase::Open(lake_.Path("other.db"), 1000));
    ASSERT_OK(database->Execute("CREATE TABLE t (a)"));
  }
  const std::string before = lake_.ReadFile("other.db");
  EXPECT_TRUE(IsError(Ledger::Open(lake_.Path("other.db"), {}), ErrorCode::kInvalidConfig,
                      "not a Lakegate ledger"));
  EXPECT_EQ(lake_.ReadFile("other.db"), before);
}

TEST_F(LedgerTest, SaysThatAFileIsDamaged) {
  lake_.WriteFile("bad.db", std::string(5000, 'x'));
  EXPECT_TRUE(IsError(Ledger::Open(lake_.Path("bad.db"), {}), ErrorCode::kCorrupt, "bad.db"));
  // A good header with rubbish behind it.
  ASSERT_OK(Ledger::Open(path_, {}));
  std::string bytes = lake_.ReadFile(".lakegate/ledger.db");
  std::fill(bytes.begin() + 4096, bytes.end(), 'x');
  lake_.WriteFile(".lakegate/ledger.db", bytes);
  auto ledger = Ledger::Open(path_, {});
  if (ledger) {
    EXPECT_TRUE(IsError((*ledger)->CheckIntegrity(), ErrorCode::kCorrupt, "ledger.db"));
  } else {
    EXPECT_EQ(ledger.error().code, ErrorCode::kCorrupt);
  }
}

TEST_F(LedgerTest, SaysWhyItCannotWrite) {
  std::filesystem::create_directories(lake_.Path("folder.db"));
  EXPECT_TRUE(
      IsError(Ledger::Open(lake_.Path("folder.db"), {}), ErrorCode::kInvalidConfig, "is a folder"));
  lake_.WriteFile("file", "x");
  EXPECT_TRUE(IsError(Ledger::Open(lake_.Path("file/ledger.db"), {}), ErrorCode::kPermissionDenied,
                      "file"));
  ASSERT_OK(Ledger::Open(path_, {}));
  std::filesystem::permissions(lake_.root(), std::filesystem::perms(0755));
  std::filesystem::permissions(lake_.Path(".lakegate"), std::filesystem::perms(0555));
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);  // rights do not bind root
    _exit(IsError(Ledger::Open(path_, {}), ErrorCode::kPermissionDenied, ".lakegate") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::permissions(lake_.Path(".lakegate"), std::filesystem::perms(0755));
}

TEST_F(LedgerTest, ADroppedTransactionIsUndone) {
  ASSERT_OK_AND_ASSIGN(auto ledger, Ledger::Open(path_, {}));
  {
    ASSERT_OK_AND_ASSIGN(auto transaction, ledger->Begin());
    ASSERT_OK(ledger->partitions().SetState("d", "k", PartitionState::kReady, std::nullopt, 5));
  }
  ASSERT_OK_AND_ASSIGN(auto partition, ledger->partitions().Find("d", "k"));
  EXPECT_FALSE(partition.has_value());
  // An inner one that is dropped spoils the outer one.
  {
    ASSERT_OK_AND_ASSIGN(auto outer, ledger->Begin());
    ASSERT_OK(ledger->partitions().SetState("d", "k", PartitionState::kReady, std::nullopt, 5));
    { ASSERT_OK_AND_ASSIGN(auto inner, ledger->Begin()); }
    EXPECT_TRUE(IsError(outer.Commit(), ErrorCode::kConflict, "part of the transaction"));
  }
  ASSERT_OK_AND_ASSIGN(partition, ledger->partitions().Find("d", "k"));
  EXPECT_FALSE(partition.has_value());
}

TEST_F(LedgerTest, WaitsForAnotherWriterOnlySoLong) {
  ASSERT_OK_AND_ASSIGN(auto first, Ledger::Open(path_, {}));
  LedgerOptions impatient;
  impatient.busy_timeout_ms = 10;
  ASSERT_OK_AND_ASSIGN(auto second, Ledger::Open(path_, impatient));
  ASSERT_OK_AND_ASSIGN(auto transaction, first->Begin());
  EXPECT_TRUE(IsError(second->Begin(), ErrorCode::kUnavailable, "locked"));
  // Opening and reading do not wait.
  EXPECT_OK(Ledger::Open(path_, impatient));
  EXPECT_OK(second->partitions().List("d"));
}

TEST_F(LedgerTest, ManyMayOpenANewOneAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> opened = 0;
  for (int number = 0; number < 8; ++number) {
    threads.emplace_back([&, number] {
      auto ledger = Ledger::Open(path_, {});
      EXPECT_OK(ledger);
      if (!ledger) return;
      EXPECT_OK((*ledger)->partitions().SetState("d", std::to_string(number),
                                                 PartitionState::kReady, std::nullopt, 5));
      ++opened;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(opened, 8);
}

}  // namespace
}  // namespace lakegate
