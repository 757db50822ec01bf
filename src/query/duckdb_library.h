// DuckDB's C interface, loaded when the first query needs it: a start of the program without
// queries never touches the library (70 MB). Only this room includes duckdb.h.
#pragma once

#include <duckdb.h>

#include <string>

#include "core/result.h"

// Every function that this room calls, without its prefix duckdb_.
#define LAKEGATE_DUCKDB_CALLS(CALL)     \
  CALL(library_version)                 \
  CALL(create_config)                   \
  CALL(set_config)                      \
  CALL(destroy_config)                  \
  CALL(open_ext)                        \
  CALL(close)                           \
  CALL(connect)                         \
  CALL(disconnect)                      \
  CALL(interrupt)                       \
  CALL(free)                            \
  CALL(query)                           \
  CALL(extract_statements)              \
  CALL(extract_statements_error)        \
  CALL(destroy_extracted)               \
  CALL(prepare)                         \
  CALL(prepare_error)                   \
  CALL(destroy_prepare)                 \
  CALL(nparams)                         \
  CALL(prepared_statement_type)         \
  CALL(prepared_statement_column_count) \
  CALL(prepared_statement_column_name)  \
  CALL(prepared_statement_column_type)  \
  CALL(execute_prepared)                \
  CALL(execute_prepared_streaming)      \
  CALL(result_error)                    \
  CALL(result_error_type)               \
  CALL(destroy_result)                  \
  CALL(fetch_chunk)                     \
  CALL(destroy_data_chunk)              \
  CALL(data_chunk_get_size)             \
  CALL(data_chunk_get_column_count)     \
  CALL(data_chunk_get_vector)           \
  CALL(vector_get_data)                 \
  CALL(vector_get_validity)             \
  CALL(validity_row_is_valid)           \
  CALL(string_t_length)                 \
  CALL(string_t_data)

namespace lakegate {

struct DuckdbLibrary {
#define LAKEGATE_DUCKDB_MEMBER(name) decltype(&duckdb_##name) name = nullptr;
  LAKEGATE_DUCKDB_CALLS(LAKEGATE_DUCKDB_MEMBER)
#undef LAKEGATE_DUCKDB_MEMBER

  // Loads it once per path and process, and keeps it. `path` empty: where the build found it, else
  // wherever the loader looks. kUnsupported if it is not there or is no DuckDB of this interface.
  // Thread safe.
  static Result<const DuckdbLibrary*> Load(const std::string& path);
};

}  // namespace lakegate
