// What a query of a contract may not do, found before the engine plans it.
#pragma once

#include <set>
#include <string>

#include "query/duckdb_session.h"

namespace lakegate {

// Made of the functions that the loaded engine has, so that it stays complete.
class QueryGuard {
 public:
  static Result<QueryGuard> Make(DuckdbSession* session);
  // kInvalidConfig: it is no single SELECT, or calls a function that reads files, reaches outside,
  // changes the engine, or gives another result each time. `sql` must be free of NUL.
  Status Check(DuckdbSession* session, const std::string& sql) const;

 private:
  std::set<std::string> refused_;  // lower case
};

}  // namespace lakegate
