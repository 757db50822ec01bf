#include "query/query_watch.h"

#include <chrono>

namespace lakegate {
namespace {

constexpr auto kStep = std::chrono::milliseconds(10);

std::string Seconds(int64_t milliseconds) {
  std::string text = std::to_string(milliseconds / 1000);
  if (milliseconds % 1000 != 0) {
    text += "." + std::to_string(1000 + milliseconds % 1000).substr(1);
  }
  return text + " s";
}

}  // namespace

QueryWatch::QueryWatch(const DuckdbLibrary& library, duckdb_connection connection,
                       const QueryLimits& limits)
    : library_(library), connection_(connection), limits_(limits), thread_([this] { Watch(); }) {}

// An interrupt between two statements of a query is forgotten by the engine: it is repeated.
void QueryWatch::Watch() {
  const double end_s = MonotonicSeconds() + static_cast<double>(limits_.timeout_ms) / 1000;
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (limits_.cancelled && limits_.cancelled->load(std::memory_order_relaxed)) {
      why_ = Error{ErrorCode::kCancelled, "interrupted", ""};
    } else if (!why_ && MonotonicSeconds() >= end_s) {
      why_ = Error{ErrorCode::kUnavailable,
                   "the query took longer than " + Seconds(limits_.timeout_ms),
                   "make it cheaper, or allow it more time"};
    }
    if (why_) library_.interrupt(connection_);
    stop_.wait_for(lock, kStep);
  }
}

std::optional<Error> QueryWatch::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_.notify_one();
  if (thread_.joinable()) thread_.join();
  return why_;
}

}  // namespace lakegate
