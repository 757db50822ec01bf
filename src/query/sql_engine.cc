#include "query/sql_engine.h"

#include <unistd.h>

#include <atomic>

#include "core/sql_quote.h"
#include "query/duckdb_session.h"
#include "query/query_guard.h"
#include "query/query_watch.h"
#include "query/sql_type.h"

namespace lakegate {
namespace {

// No two engines of a machine share a folder for what does not fit into memory.
std::string OwnFolder(const std::string& parent) {
  static std::atomic<int> count{0};
  return parent + "/lakegate-sql-" + std::to_string(getpid()) + "-" +
         std::to_string(count.fetch_add(1));
}

// now() and its relatives, shadowed: a backfill with --now judges as it would have then.
std::string ClockMacros(TimestampUs now_us) {
  const std::string instant = "make_timestamptz(" + std::to_string(now_us) + ")";
  const std::string local = "(make_timestamp(" + std::to_string(now_us) + "))";
  std::string sql;
  for (const char* name : {"now", "get_current_timestamp", "transaction_timestamp"}) {
    sql += std::string("CREATE MACRO ") + name + "() AS " + instant + ";";
  }
  for (const char* name : {"current_date", "today"}) {
    sql += std::string("CREATE MACRO ") + name + "() AS CAST(" + local + " AS DATE);";
  }
  for (const char* name : {"current_localtime", "get_current_time"}) {
    sql += std::string("CREATE MACRO ") + name + "() AS CAST(" + local + " AS TIME);";
  }
  return sql + "CREATE MACRO current_localtimestamp() AS " + local + ";";
}

std::string FileList(const std::vector<std::string>& files) {
  std::string list;
  for (const std::string& file : files) list += (list.empty() ? "" : ", ") + QuoteSqlText(file);
  return "[" + list + "]";
}

std::string ViewText(const SqlTable& table) {
  std::string columns = "*", from, types;
  if (table.files.empty()) {
    columns.clear();
    for (const auto& [name, type] : table.empty_columns) {
      columns +=
          (columns.empty() ? "" : ", ") + ("CAST(NULL AS " + type + ") AS ") + QuoteSqlName(name);
    }
    from = " WHERE false";
  } else {
    for (const auto& [name, type] : table.path_columns) {
      types += (types.empty() ? "" : ", ") + QuoteSqlText(name) + ": " + type;
    }
    const std::string places = table.with_places
                                   ? std::string(", filename = ") + QuoteSqlText(kRowFileColumn) +
                                         ", file_row_number = true"
                                   : "";
    // By name: a table may hold partitions of an older contract.
    from = " FROM read_parquet(" + FileList(table.files) + ", union_by_name = true" + places +
           ", hive_partitioning = " +
           (types.empty() ? "false" : "true, hive_types = {" + types + "}") + ")";
  }
  for (const SqlConstant& constant : table.constants) {
    columns += (columns.empty() ? "" : ", ") +
               ("CAST(" + (constant.text ? QuoteSqlText(*constant.text) : "NULL") + " AS " +
                SqlTypeOf(constant.type) + ") AS ") +
               QuoteSqlName(constant.column);
  }
  return "CREATE VIEW " + QuoteSqlName(table.name) + " AS SELECT " + columns + from;
}

class DuckdbEngine : public SqlEngine {
 public:
  DuckdbEngine(std::unique_ptr<DuckdbSession> session, QueryGuard guard)
      : session_(std::move(session)), guard_(std::move(guard)) {}

  Status AddTable(const SqlTable& table) override {
    if (table.files.empty() && table.empty_columns.empty() && table.constants.empty()) {
      return Error{ErrorCode::kInvalidData, "the table '" + table.name + "' has no columns",
                   "name its files, or the columns of the empty table"};
    }
    if (Status made = session_->Execute(ViewText(table)); !made) {
      return made.error().While("opening the table '" + table.name + "'");
    }
    files_.insert(files_.end(), table.files.begin(), table.files.end());
    return {};
  }

  Status AddCsv(const std::string& name, const std::string& file) override {
    const Status made = session_->Execute(
        "CREATE TABLE " + QuoteSqlName(name) + " AS SELECT * FROM read_csv(" + QuoteSqlText(file) +
        ", header = true, all_varchar = true, auto_detect = true, allow_quoted_nulls = false)");
    return made ? made : Status(made.error().While("reading the list '" + file + "'"));
  }

  Status Seal() override {
    LAKEGATE_TRY(session_->Execute("SET allowed_paths = " + FileList(files_)));
    return session_->Execute("SET enable_external_access = false; SET lock_configuration = true");
  }

  Result<SqlResult> Query(std::string_view text, const QueryLimits& limits) override {
    return Watched<Result<SqlResult>>(text, limits,
                                      [&](const std::string& sql) { return Run(sql, limits); });
  }

  Status ForEachRow(std::string_view text, const QueryLimits& limits,
                    const SqlRowVisitor& visit) override {
    return Watched<Status>(text, limits, [&](const std::string& sql) -> Status {
      LAKEGATE_TRY(guard_.Check(session_.get(), sql));
      LAKEGATE_TRY(session_->Describe(sql));
      return session_->SelectEach(AsText(sql), [&](const TextRows& rows) -> Status {
        for (const SqlRow& row : rows) LAKEGATE_TRY(visit(row));
        return {};
      });
    });
  }

 private:
  template <typename Outcome, typename Work>
  Outcome Watched(std::string_view text, const QueryLimits& limits, const Work& work) {
    const std::string sql(text);
    if (sql.find('\0') != std::string::npos) {
      return Error{ErrorCode::kInvalidConfig, "the query has a NUL character", "remove it"};
    }
    QueryWatch watch(session_->library(), session_->connection(), limits);
    Outcome outcome = work(sql);
    const std::optional<Error> interrupted = watch.Stop();
    if (!outcome && interrupted) return *interrupted;
    return outcome;
  }

  // The line end closes a comment at the end of the query; Describe made sure that it is whole.
  static std::string AsText(const std::string& sql) {
    return "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (" + sql + "\n)";
  }

  Result<SqlResult> Run(const std::string& sql, const QueryLimits& limits) {
    SqlResult result;
    LAKEGATE_TRY(guard_.Check(session_.get(), sql));
    LAKEGATE_ASSIGN(result.columns, session_->Describe(sql));
    LAKEGATE_ASSIGN(result.rows, session_->Select(AsText(sql) + " LIMIT " +
                                                  std::to_string(limits.max_rows + 1)));
    result.more_rows = static_cast<int64_t>(result.rows.size()) > limits.max_rows;
    if (result.more_rows) result.rows.pop_back();
    return result;
  }

  const std::unique_ptr<DuckdbSession> session_;
  const QueryGuard guard_;
  std::vector<std::string> files_;
};

}  // namespace

Result<std::string> SqlEngineVersion(const std::string& library_path) {
  LAKEGATE_ASSIGN(const DuckdbLibrary* const library, DuckdbLibrary::Load(library_path));
  return std::string("DuckDB ") + library->library_version();
}

Result<std::unique_ptr<SqlEngine>> SqlEngine::Open(SqlEngineOptions options) {
  LAKEGATE_ASSIGN(const DuckdbLibrary* const library, DuckdbLibrary::Load(options.library_path));
  const std::string folder = OwnFolder(options.temp_directory);
  const std::vector<std::pair<std::string, std::string>> config = {
      {"threads", std::to_string(options.threads)},
      {"memory_limit", std::to_string(options.memory_bytes) + "B"},
      {"temp_directory", folder},
      {"home_directory", folder},
      {"extension_directory", folder},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"allow_persistent_secrets", "false"},
  };
  LAKEGATE_ASSIGN(std::unique_ptr<DuckdbSession> session, DuckdbSession::Open(*library, config));
  // Not part of `config`: it is not obeyed there (seen in 1.5.5).
  LAKEGATE_TRY(session->Execute("SET max_temp_directory_size = '" +
                                std::to_string(options.temp_bytes) + "B'; SET TimeZone = 'UTC'"));
  LAKEGATE_ASSIGN(QueryGuard guard, QueryGuard::Make(session.get()));
  if (options.now_us) LAKEGATE_TRY(session->Execute(ClockMacros(*options.now_us)));
  return std::unique_ptr<SqlEngine>(new DuckdbEngine(std::move(session), std::move(guard)));
}

}  // namespace lakegate
