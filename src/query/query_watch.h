// Interrupts a query that takes too long or is no longer wanted.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "query/duckdb_library.h"
#include "query/sql_engine.h"

namespace lakegate {

// Watches from its making to Stop (or its end). Borrows all it is given.
class QueryWatch {
 public:
  QueryWatch(const DuckdbLibrary& library, duckdb_connection connection, const QueryLimits& limits);
  ~QueryWatch() { Stop(); }
  QueryWatch(const QueryWatch&) = delete;
  QueryWatch& operator=(const QueryWatch&) = delete;

  // The reason why the query was interrupted, if it was. After this nothing is interrupted.
  std::optional<Error> Stop();

 private:
  void Watch();

  const DuckdbLibrary& library_;
  const duckdb_connection connection_;
  const QueryLimits limits_;
  std::mutex mutex_;  // guards the two below
  bool stopped_ = false;
  std::optional<Error> why_;
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace lakegate
