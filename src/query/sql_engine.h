// SQL over Parquet files, for rules of contracts: reads what it was given and nothing else.
//
// Legal order: Open, AddTable and AddCsv any number of times, Seal once, Query any number of times.
// One thread. What a query computes is repeatable: one thread inside, now() is an argument, time
// zone UTC, no random numbers.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/value_type.h"

namespace lakegate {

struct SqlEngineOptions {
  std::string library_path;                   // of libduckdb.so; empty: the usual place
  int64_t memory_bytes = int64_t{256} << 20;  // of tables, sorts, joins, groups
  int64_t temp_bytes = int64_t{16} << 30;     // of what does not fit into that, on disk
  std::string temp_directory = "/tmp";        // where that goes; a folder of its own is made in it
  int threads = 1;                            // more: sums of doubles differ from run to run
  std::optional<TimestampUs> now_us;          // what now() and current_date say; none: machine's
};

// A column with the same value in every row: a partition column, whose value is a folder's name.
struct SqlConstant {
  std::string column;
  ValueType type;
  std::optional<std::string> text;  // none: null
};

// Of SqlTable::with_places.
inline constexpr const char* kRowFileColumn = "lakegate_file";
inline constexpr const char* kRowNumberColumn = "file_row_number";

struct SqlTable {
  std::string name;
  std::vector<std::string> files;  // Parquet, absolute or relative to the working folder
  std::vector<SqlConstant> constants;
  // Columns that are named by the files' folders (`column=value`), with their SQL types.
  std::vector<std::pair<std::string, std::string>> path_columns;
  // With no files: the columns of the empty table, with their SQL types (query/sql_type.h).
  std::vector<std::pair<std::string, std::string>> empty_columns;
  // Every row has its file, as it is named in `files`, and its number there, from 0.
  bool with_places = false;
};

struct QueryLimits {
  int64_t timeout_ms = 60'000;
  int64_t max_rows = 10'000;  // what is more is left out, see SqlResult::more_rows
  const std::atomic<bool>* cancelled = nullptr;
};

enum class SqlKind : uint8_t { kInteger, kDecimal, kReal, kBoolean, kText, kTemporal, kOther };

struct SqlColumn {
  std::string name;
  SqlKind kind = SqlKind::kOther;
};

using SqlRow = std::vector<std::optional<std::string>>;
using SqlRowVisitor = std::function<Status(const SqlRow&)>;

// Every value as text, exact: integers and decimals with all digits, doubles so that they read
// back as the same double; null is nothing.
struct SqlResult {
  std::vector<SqlColumn> columns;
  std::vector<SqlRow> rows;
  bool more_rows = false;
};

// "DuckDB v1.5.5"; kUnsupported if the library is not there.
Result<std::string> SqlEngineVersion(const std::string& library_path);

class SqlEngine {
 public:
  // kUnsupported: the library is not there.
  static Result<std::unique_ptr<SqlEngine>> Open(SqlEngineOptions options);
  virtual ~SqlEngine() = default;

  // Names of tables and columns compare without case, as SQL does: two that differ in case clash.
  virtual Status AddTable(const SqlTable& table) = 0;
  // A list with a header line; every column is text. It is read at once.
  virtual Status AddCsv(const std::string& name, const std::string& file) = 0;
  // From here on nothing but the files of the tables can be read, and nothing can be written or
  // changed.
  virtual Status Seal() = 0;
  // One SELECT. kInvalidConfig: the query is wrong, or not allowed; kUnavailable: it took too long
  // or too much memory; kCancelled.
  virtual Result<SqlResult> Query(std::string_view sql, const QueryLimits& limits) = 0;
  // The same for any number of rows, which are not held; max_rows means nothing here.
  virtual Status ForEachRow(std::string_view sql, const QueryLimits& limits,
                            const SqlRowVisitor& visit) = 0;
};

}  // namespace lakegate
