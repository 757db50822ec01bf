#include "ledger/sqlite_database.h"

#include <sqlite3.h>

#include <utility>

#include "core/check.h"

namespace lakegate {

namespace {

constexpr size_t kIdleStatements = 200;

Error MakeError(int code, const std::string& path, const std::string& detail) {
  const std::string message = "ledger '" + path + "': " + detail;
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, message,
              "keep a copy of the file, then try `sqlite3 ledger.db .recover | sqlite3 new.db`, or "
              "restore it from a backup; the published tables are not affected"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kUnavailable, message,
              "another lakegate is writing to the ledger: try again when it is done"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorCode::kPermissionDenied, message,
              "make the ledger and its folder writable for this user"};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kPermissionDenied, message,
              "check that the folder of the ledger exists and is writable for this user"};
    case SQLITE_FULL:
      return {ErrorCode::kUnavailable, message,
              "free some space on the ledger's disk and run again"};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, message,
              "the ledger already holds another entry: read it again before writing"};
    default:
      return {ErrorCode::kUnavailable, message,
              "check the disk that holds the ledger, then run again"};
  }
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : database_(other.database_),
      sql_(std::move(other.sql_)),
      statement_(std::exchange(other.statement_, nullptr)) {}

SqliteStatement::~SqliteStatement() {
  if (statement_ != nullptr) database_->Reuse(std::move(sql_), statement_);
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->LastError();
}

int64_t SqliteStatement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

double SqliteStatement::Real(int column) const { return sqlite3_column_double(statement_, column); }

std::string SqliteStatement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<int64_t> SqliteStatement::OptionalInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::optional<std::string> SqliteStatement::OptionalText(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Text(column);
}

void SqliteStatement::Bind(int index, int64_t value) {
  LAKEGATE_CHECK(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK, "parameter exists");
}

void SqliteStatement::Bind(int index, double value) {
  LAKEGATE_CHECK(sqlite3_bind_double(statement_, index, value) == SQLITE_OK, "parameter exists");
}

void SqliteStatement::Bind(int index, std::string_view value) {
  const char* text = value.data() == nullptr ? "" : value.data();
  LAKEGATE_CHECK(sqlite3_bind_text64(statement_, index, text, value.size(), SQLITE_TRANSIENT,
                                     SQLITE_UTF8) == SQLITE_OK,
                 "parameter exists");
}

void SqliteStatement::Bind(int index, std::nullopt_t) {
  LAKEGATE_CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK, "parameter exists");
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path,
                                                             int busy_timeout_ms,
                                                             IfMissing if_missing) {
  sqlite3* handle = nullptr;
  const int create = if_missing == IfMissing::kCreate ? SQLITE_OPEN_CREATE : 0;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | create;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  LAKEGATE_CHECK(handle != nullptr, "out of memory");
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, handle));
  if (code != SQLITE_OK) return database->LastError();
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  for (auto& [sql, statement] : idle_) sqlite3_finalize(statement);
  LAKEGATE_CHECK(sqlite3_close(handle_) == SQLITE_OK, "no statement outlives its database");
}

Error SqliteDatabase::LastError() const {
  return MakeError(sqlite3_extended_errcode(handle_), path_, sqlite3_errmsg(handle_));
}

Result<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  if (auto idle = idle_.find(sql); idle != idle_.end()) {
    sqlite3_stmt* statement = idle->second;
    idle_.erase(idle);
    return SqliteStatement(*this, std::string(sql), statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return LastError();
  return SqliteStatement(*this, std::string(sql), statement);
}

void SqliteDatabase::Reuse(std::string sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (idle_.size() >= kIdleStatements) {
    sqlite3_finalize(statement);
    return;
  }
  idle_.emplace(std::move(sql), statement);
}

Result<int64_t> SqliteDatabase::RunToEnd(SqliteStatement& statement) {
  while (true) {
    LAKEGATE_ASSIGN(const bool has_row, statement.Step());
    if (!has_row) return sqlite3_changes64(handle_);
  }
}

Status SqliteDatabase::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return LastError();
  }
  return {};
}

int64_t SqliteDatabase::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }

Status SqliteDatabase::BeginTransaction() {
  if (transaction_depth_ == 0) {
    LAKEGATE_TRY(Execute("BEGIN IMMEDIATE"));
    transaction_failed_ = false;
  }
  ++transaction_depth_;
  return {};
}

Status SqliteDatabase::CommitTransaction() {
  if (transaction_depth_ > 1) {
    --transaction_depth_;
    return {};
  }
  if (transaction_failed_) {
    return Error{ErrorCode::kConflict,
                 "ledger '" + path_ + "': a part of the transaction has failed", "run again"};
  }
  if (sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    Error error = LastError();
    if ((sqlite3_extended_errcode(handle_) & 0xff) == SQLITE_IOERR) {
      error.code = ErrorCode::kCommitUnknown;
    }
    return error;
  }
  --transaction_depth_;
  return {};
}

void SqliteDatabase::RollBackTransaction() {
  transaction_failed_ = true;
  if (--transaction_depth_ > 0) return;
  // Fails only if SQLite has rolled back by itself already.
  sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<SqliteTransaction> SqliteTransaction::Begin(SqliteDatabase& database) {
  LAKEGATE_TRY(database.BeginTransaction());
  return SqliteTransaction(database);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  if (database_ != nullptr) database_->RollBackTransaction();
}

Status SqliteTransaction::Commit() {
  LAKEGATE_CHECK(database_ != nullptr, "a transaction is committed once");
  LAKEGATE_TRY(database_->CommitTransaction());
  database_ = nullptr;
  return {};
}

}  // namespace lakegate
