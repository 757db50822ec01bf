// Another table that a rule of a contract looks into.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/result.h"
#include "query/sql_engine.h"

namespace lakegate {

// What is known of it now: published files, or a list in a CSV file, or why there is neither.
struct OtherTable {
  std::optional<SqlTable> table;
  std::string csv_file;
  std::string why_missing;
};

// By the contract that describes the table and the schema object in it.
struct OtherTableName {
  std::string contract_file;
  std::string object;
};
using FindOtherTable = std::function<Result<OtherTable>(const OtherTableName& name)>;

// Adds it as `name`; it must not be missing.
Status AddOtherTable(const OtherTable& other, const std::string& name, SqlEngine* engine);

}  // namespace lakegate
