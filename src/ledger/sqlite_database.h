// A thin layer over SQLite: RAII and Result instead of return codes. Only this room includes
// sqlite3.h. Nothing here is thread safe: one database object per thread; several objects and
// processes may have the same file open.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lakegate {

class SqliteDatabase;

// One prepared statement with its parameters bound. Must not outlive its database.
class SqliteStatement {
 public:
  // Use SqliteDatabase::Query instead.
  SqliteStatement(SqliteDatabase& database, std::string sql, sqlite3_stmt* statement)
      : database_(&database), sql_(std::move(sql)), statement_(statement) {}
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();

  // True: there is a row, and the columns (from 0) can be read until the next Step.
  Result<bool> Step();
  int64_t Int(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;  // null: empty
  bool IsNull(int column) const;
  std::optional<int64_t> OptionalInt(int column) const;
  std::optional<std::string> OptionalText(int column) const;

  // Parameters are numbered from 1. A parameter that the SQL does not have is a bug.
  void Bind(int index, int64_t value);
  void Bind(int index, int value) { Bind(index, static_cast<int64_t>(value)); }
  void Bind(int index, double value);
  void Bind(int index, std::string_view value);
  void Bind(int index, const std::string& value) { Bind(index, std::string_view(value)); }
  void Bind(int index, const char* value) { Bind(index, std::string_view(value)); }
  void Bind(int index, std::nullopt_t);
  template <typename T>
  void Bind(int index, const std::optional<T>& value) {
    if (value) return Bind(index, *value);
    Bind(index, std::nullopt);
  }

 private:
  SqliteDatabase* database_;
  std::string sql_;
  sqlite3_stmt* statement_;
};

enum class IfMissing : uint8_t { kCreate, kFail };

class SqliteDatabase {
 public:
  // `path` may be ":memory:".
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path, int busy_timeout_ms,
                                                      IfMissing if_missing = IfMissing::kCreate);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  // Prepares `sql` (or takes it from the statements used before) and binds ?1, ?2, ...
  template <typename... Values>
  Result<SqliteStatement> Query(std::string_view sql, const Values&... values) {
    LAKEGATE_ASSIGN(SqliteStatement statement, Prepare(sql));
    int index = 0;
    (statement.Bind(++index, values), ...);
    return statement;
  }

  // Query, and steps to the end; returns the number of rows it changed.
  template <typename... Values>
  Result<int64_t> Run(std::string_view sql, const Values&... values) {
    LAKEGATE_ASSIGN(SqliteStatement statement, Query(sql, values...));
    return RunToEnd(statement);
  }

  // Several statements separated by ';', without parameters.
  Status Execute(const std::string& sql);
  int64_t last_row_id() const;
  const std::string& path() const { return path_; }
  // What the last call failed with.
  Error LastError() const;
  // Keeps a statement for the next Query with the same text.
  void Reuse(std::string sql, sqlite3_stmt* statement);

  // Use SqliteTransaction instead. Nested ones join; a failed inner one fails the outer Commit.
  Status BeginTransaction();
  Status CommitTransaction();
  void RollBackTransaction();

 private:
  SqliteDatabase(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  Result<SqliteStatement> Prepare(std::string_view sql);
  Result<int64_t> RunToEnd(SqliteStatement& statement);

  std::string path_;
  sqlite3* handle_;
  std::multimap<std::string, sqlite3_stmt*, std::less<>> idle_;
  int transaction_depth_ = 0;
  bool transaction_failed_ = false;
};

// BEGIN IMMEDIATE: from here on no other process writes. Dropped without Commit it rolls back.
// Begun inside another one it joins that; if it is then dropped, the outer Commit fails.
class [[nodiscard]] SqliteTransaction {
 public:
  static Result<SqliteTransaction> Begin(SqliteDatabase& database);
  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();
  // kCommitUnknown after an I/O error in the middle of the commit: it may still become visible.
  Status Commit();

 private:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(&database) {}
  SqliteDatabase* database_;  // null: moved away or ended
};

}  // namespace lakegate
