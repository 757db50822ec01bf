// Rows of a query as values.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/result.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// All rows of a query, each made by `make(statement)`.
template <typename Row, typename Make>
Result<std::vector<Row>> AllRows(Result<SqliteStatement> statement, Make make) {
  if (!statement) return std::move(statement).error();
  std::vector<Row> rows;
  while (true) {
    LAKEGATE_ASSIGN(const bool has_row, statement->Step());
    if (!has_row) return rows;
    rows.push_back(make(*statement));
  }
}

// The first row, if there is one. Steps to the end all the same: an INSERT ... RETURNING outside a
// transaction is committed, or fails, only there.
template <typename Row, typename Make>
Result<std::optional<Row>> FirstRow(Result<SqliteStatement> statement, Make make) {
  if (!statement) return std::move(statement).error();
  LAKEGATE_ASSIGN(const bool has_row, statement->Step());
  if (!has_row) return std::optional<Row>();
  std::optional<Row> first(make(*statement));
  while (true) {
    LAKEGATE_ASSIGN(const bool has_more, statement->Step());
    if (!has_more) return first;
  }
}

}  // namespace lakegate
