// Which rows of an upsert stay: those that were just staged, and those that are stored, by key and
// by the column that says which is newer. Nothing is written here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "query/sql_engine.h"

namespace lakegate {

struct UpsertMerge {
  std::vector<std::string> key;
  std::string order_by;
  std::string tombstone;        // column; empty: nothing is deleted
  std::string tombstone_value;  // its text
  std::string sequence;         // column of the staged rows: their order in the input
  SqlTable staged;
  SqlTable stored;   // live files; its path_columns are partition columns that the files lack
  SqlTable deleted;  // keys that were taken out, with their order_by: same columns as `stored`
};

// Where a row stands.
struct RowPlace {
  std::string file;
  int64_t row = 0;  // in it, from 0
};

struct MergedRows {
  std::vector<RowPlace> kept;     // staged rows that become rows of the table
  std::vector<RowPlace> deleted;  // staged rows that take their key out of it
  std::vector<RowPlace> lost;     // stored or deleted rows that give way to those
};

// The larger order_by wins, null is smaller than all else; of equal ones the later row, and any
// staged row against a stored one. kInvalidConfig: the columns cannot be compared (their types
// changed); kUnsupported: the SQL engine is not there; kUnavailable, kCancelled.
Result<MergedRows> MergeUpsert(const UpsertMerge& merge, const SqlEngineOptions& engine,
                               const std::atomic<bool>* cancelled);

}  // namespace lakegate
