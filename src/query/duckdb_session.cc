#include "query/duckdb_session.h"

#include <algorithm>

namespace lakegate {
namespace {

constexpr const char* kOneSelect = "write one SELECT, without parameters";

// "Binder Error: no such column; Candidate bindings: ..." in one line, without the excerpt of the
// query that the engine draws below.
std::string OneLine(const char* message) {
  std::string text = message ? message : "unknown error";
  if (const size_t excerpt = text.find("\nLINE "); excerpt != std::string::npos) {
    text.resize(excerpt);
  }
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Error ErrorOf(duckdb_error_type type, const char* message) {
  switch (type) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return {ErrorCode::kUnavailable, "the query needs too much memory: " + OneLine(message),
              "make it cheaper, or allow it more memory"};
    case DUCKDB_ERROR_INTERRUPT:
      return {ErrorCode::kUnavailable, "the query was interrupted", "run it again"};
    case DUCKDB_ERROR_IO:
      return {ErrorCode::kUnavailable, OneLine(message), "look at the file, then run it again"};
    default:
      return {ErrorCode::kInvalidConfig, OneLine(message), "correct the query"};
  }
}

SqlKind KindOf(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_BIGNUM:
      return SqlKind::kInteger;
    case DUCKDB_TYPE_DECIMAL:
      return SqlKind::kDecimal;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
      return SqlKind::kReal;
    case DUCKDB_TYPE_BOOLEAN:
      return SqlKind::kBoolean;
    case DUCKDB_TYPE_VARCHAR:
      return SqlKind::kText;
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_TIME:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return SqlKind::kTemporal;
    default:
      return SqlKind::kOther;
  }
}

}  // namespace

Result<std::unique_ptr<DuckdbSession>> DuckdbSession::Open(
    const DuckdbLibrary& library, const std::vector<std::pair<std::string, std::string>>& config) {
  std::unique_ptr<DuckdbSession> session(new DuckdbSession(library));
  duckdb_config options = nullptr;
  if (library.create_config(&options) != DuckDBSuccess) {
    return Error{ErrorCode::kUnavailable, "the SQL engine did not start: no memory", "free memory"};
  }
  std::string problem;
  for (const auto& [name, value] : config) {
    if (library.set_config(options, name.c_str(), value.c_str()) != DuckDBSuccess) {
      problem = name + " = " + value;
    }
  }
  char* message = nullptr;
  const duckdb_state opened =
      problem.empty() ? library.open_ext(":memory:", &session->database_, options, &message)
                      : DuckDBError;
  library.destroy_config(&options);
  if (opened == DuckDBSuccess &&
      library.connect(session->database_, &session->connection_) == DuckDBSuccess) {
    return session;
  }
  const std::string why = problem.empty() ? OneLine(message) : "it does not know " + problem;
  if (message != nullptr) library.free(message);
  return Error{ErrorCode::kUnsupported, "the SQL engine did not start: " + why,
               "lakegate doctor shows which library is used"};
}

DuckdbSession::~DuckdbSession() {
  if (connection_ != nullptr) library_.disconnect(&connection_);
  if (database_ != nullptr) library_.close(&database_);
}

Status DuckdbSession::Execute(const std::string& sql) {
  duckdb_result result;
  Status status;
  if (library_.query(connection_, sql.c_str(), &result) != DuckDBSuccess) {
    status = ErrorOf(library_.result_error_type(&result), library_.result_error(&result));
  }
  library_.destroy_result(&result);
  return status;
}

void DuckdbSession::AppendChunk(duckdb_data_chunk chunk, TextRows* rows) {
  const idx_t count = library_.data_chunk_get_size(chunk);
  const idx_t columns = library_.data_chunk_get_column_count(chunk);
  const size_t first = rows->size();
  rows->resize(first + count, std::vector<std::optional<std::string>>(columns));
  for (idx_t column = 0; column < columns; ++column) {
    const duckdb_vector vector = library_.data_chunk_get_vector(chunk, column);
    auto* const texts = static_cast<duckdb_string_t*>(library_.vector_get_data(vector));
    uint64_t* const validity = library_.vector_get_validity(vector);
    for (idx_t row = 0; row < count; ++row) {
      if (validity != nullptr && !library_.validity_row_is_valid(validity, row)) continue;
      (*rows)[first + row][column].emplace(library_.string_t_data(&texts[row]),
                                           library_.string_t_length(texts[row]));
    }
  }
}

Result<TextRows> DuckdbSession::Select(const std::string& sql) {
  duckdb_result result;
  if (library_.query(connection_, sql.c_str(), &result) != DuckDBSuccess) {
    const Error error =
        ErrorOf(library_.result_error_type(&result), library_.result_error(&result));
    library_.destroy_result(&result);
    return error;
  }
  TextRows rows;
  while (duckdb_data_chunk chunk = library_.fetch_chunk(result)) {
    AppendChunk(chunk, &rows);
    library_.destroy_data_chunk(&chunk);
  }
  library_.destroy_result(&result);
  return rows;
}

Status DuckdbSession::SelectEach(const std::string& sql,
                                 const std::function<Status(const TextRows&)>& visit) {
  duckdb_prepared_statement statement = nullptr;
  Status status;
  if (library_.prepare(connection_, sql.c_str(), &statement) != DuckDBSuccess) {
    status = Error{ErrorCode::kInvalidConfig, OneLine(library_.prepare_error(statement)),
                   "correct the query"};
    library_.destroy_prepare(&statement);
    return status;
  }
  duckdb_result result;
  const duckdb_state started = library_.execute_prepared_streaming(statement, &result);
  TextRows batch;
  while (started == DuckDBSuccess && status) {
    duckdb_data_chunk chunk = library_.fetch_chunk(result);
    if (chunk == nullptr) break;
    batch.clear();
    AppendChunk(chunk, &batch);
    library_.destroy_data_chunk(&chunk);
    status = visit(batch);
  }
  // A stream can also fail in its middle; then there is a message.
  const char* const message = library_.result_error(&result);
  if (status && (started != DuckDBSuccess || (message != nullptr && *message != 0))) {
    status = ErrorOf(library_.result_error_type(&result), message);
  }
  library_.destroy_result(&result);
  library_.destroy_prepare(&statement);
  return status;
}

Status DuckdbSession::CheckIsOneStatement(const std::string& sql) {
  duckdb_extracted_statements statements = nullptr;
  const idx_t count = library_.extract_statements(connection_, sql.c_str(), &statements);
  Status status;
  if (count == 0) {
    const char* message = library_.extract_statements_error(statements);
    status = Error{ErrorCode::kInvalidConfig, message ? OneLine(message) : "the query is empty",
                   kOneSelect};
  } else if (count > 1) {
    status = Error{ErrorCode::kInvalidConfig,
                   "a query is one statement, this has " + std::to_string(count), kOneSelect};
  }
  library_.destroy_extracted(&statements);
  return status;
}

Result<std::vector<SqlColumn>> DuckdbSession::Describe(const std::string& sql) {
  LAKEGATE_TRY(CheckIsOneStatement(sql));
  duckdb_prepared_statement statement = nullptr;
  Result<std::vector<SqlColumn>> described = std::vector<SqlColumn>();
  if (library_.prepare(connection_, sql.c_str(), &statement) != DuckDBSuccess) {
    described = Error{ErrorCode::kInvalidConfig, OneLine(library_.prepare_error(statement)),
                      "correct the query"};
  } else if (library_.prepared_statement_type(statement) != DUCKDB_STATEMENT_TYPE_SELECT ||
             library_.nparams(statement) != 0) {
    described = Error{ErrorCode::kInvalidConfig, "the query is no plain SELECT", kOneSelect};
  } else {
    for (idx_t i = 0; i < library_.prepared_statement_column_count(statement); ++i) {
      const char* name = library_.prepared_statement_column_name(statement, i);
      described->push_back(
          {name ? name : "", KindOf(library_.prepared_statement_column_type(statement, i))});
      library_.free(const_cast<char*>(name));
    }
  }
  library_.destroy_prepare(&statement);
  return described;
}

}  // namespace lakegate
