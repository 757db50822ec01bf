// One database in memory and one connection to it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "query/duckdb_library.h"
#include "query/sql_engine.h"

namespace lakegate {

using TextRows = std::vector<std::vector<std::optional<std::string>>>;

// One thread. Errors: kInvalidConfig (the SQL is wrong or may not do that), kUnavailable (memory,
// disk, interrupted).
class DuckdbSession {
 public:
  static Result<std::unique_ptr<DuckdbSession>> Open(
      const DuckdbLibrary& library, const std::vector<std::pair<std::string, std::string>>& config);
  ~DuckdbSession();
  DuckdbSession(const DuckdbSession&) = delete;
  DuckdbSession& operator=(const DuckdbSession&) = delete;

  // Statements of our own.
  Status Execute(const std::string& sql);
  // A query of which every column is VARCHAR.
  Result<TextRows> Select(const std::string& sql);
  // The same without holding all rows: they are handed over in batches.
  Status SelectEach(const std::string& sql, const std::function<Status(const TextRows&)>& visit);
  // The columns of a text that must be one SELECT without parameters.
  Result<std::vector<SqlColumn>> Describe(const std::string& sql);

  const DuckdbLibrary& library() const { return library_; }
  duckdb_connection connection() const { return connection_; }

 private:
  explicit DuckdbSession(const DuckdbLibrary& library) : library_(library) {}
  Status CheckIsOneStatement(const std::string& sql);
  void AppendChunk(duckdb_data_chunk chunk, TextRows* rows);

  const DuckdbLibrary& library_;
  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

}  // namespace lakegate
