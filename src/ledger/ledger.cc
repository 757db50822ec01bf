#include "ledger/ledger.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "ledger/migrations.h"
#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

constexpr int kWalRetryMs = 5;
constexpr const char* kMakeWritable =
    "make the folder of the ledger writable for this user, or set `ledger:` in lakegate.yaml";

Status PrepareFolder(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Error{
        ErrorCode::kPermissionDenied,
        "cannot create the ledger's folder '" + folder.string() + "': " + failure.message(),
        kMakeWritable};
  }
  // Without this SQLite would say only "unable to open database file".
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{ErrorCode::kPermissionDenied,
                 "the ledger's folder '" + folder.string() + "' is not writable", kMakeWritable};
  }
  if (std::filesystem::is_directory(path, failure)) {
    return Error{ErrorCode::kInvalidConfig, "the ledger '" + path + "' is a folder, not a file",
                 "set `ledger:` in lakegate.yaml to a file"};
  }
  return {};
}

// SQLite does not wait by itself when somebody else has the file open during this switch, which
// happens once in the life of a ledger.
Status SwitchToWal(SqliteDatabase& database, int busy_timeout_ms) {
  for (int waited_ms = 0;; waited_ms += kWalRetryMs) {
    Status switched = database.Execute("PRAGMA journal_mode = WAL");
    const bool may_retry = !switched && switched.error().code == ErrorCode::kUnavailable;
    if (!may_retry || waited_ms >= busy_timeout_ms) return switched;
    std::this_thread::sleep_for(std::chrono::milliseconds(kWalRetryMs));
  }
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path,
                                             const LedgerOptions& options) {
  if (options.if_missing == IfMissing::kCreate) LAKEGATE_TRY(PrepareFolder(path));
  LAKEGATE_ASSIGN(auto database,
                  SqliteDatabase::Open(path, options.busy_timeout_ms, options.if_missing));
  LAKEGATE_TRY(database->Execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  // First: another program's database is refused before anything in it is changed.
  LAKEGATE_TRY(MigrateLedger(*database));
  LAKEGATE_TRY(SwitchToWal(*database, options.busy_timeout_ms));
  return std::unique_ptr<Ledger>(new Ledger(std::move(database), options));
}

Ledger::Ledger(std::unique_ptr<SqliteDatabase> database, const LedgerOptions& options)
    : database_(std::move(database)),
      landed_files_(*database_),
      partitions_(*database_),
      runs_(*database_),
      publications_(*database_),
      leases_(*database_, options.probe),
      intents_(*database_),
      retired_folders_(*database_),
      metric_history_(*database_),
      backfills_(*database_),
      quarantine_items_(*database_),
      history_copies_(*database_),
      part_sources_(*database_),
      bookmarks_(*database_),
      outbox_(*database_) {}

Status Ledger::CheckIntegrity() {
  LAKEGATE_ASSIGN(const auto finding,
                  FirstRow<std::string>(database_->Query("PRAGMA quick_check(1)"),
                                        [](const SqliteStatement& row) { return row.Text(0); }));
  if (finding == "ok") return {};
  return Error{
      ErrorCode::kCorrupt,
      "ledger '" + database_->path() + "' is damaged: " + finding.value_or("no answer"),
      "keep a copy of the file, then try `sqlite3 ledger.db .recover | sqlite3 new.db`, or "
      "restore it from a backup"};
}

}  // namespace lakegate
