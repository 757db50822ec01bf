// Work happens in any order, results are taken in one: by file, unit and part. That makes the
// output independent of the number of threads, and bounds the memory: a worker that is too far
// ahead waits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include "core/result.h"
#include "run/unit_worker.h"

namespace lakegate {

// Shared by all workers; thread safe.
class OrderedCommit {
 public:
  // `commit` is called by one thread at a time, in order. Its error stops everything. At most
  // `max_ahead` bundles are being filled or wait; small ones that wait count by their memory.
  OrderedCommit(int max_ahead, std::function<Status(UnitBundle*)> commit)
      : max_ahead_(max_ahead), commit_(std::move(commit)) {}

  // Before a part of a unit is read: waits until it is near enough to the commit, and hands out a
  // bundle to fill. Null once the work was stopped. Who asks must have submitted all it holds.
  std::unique_ptr<UnitBundle> Begin(uint32_t file, int64_t unit, int64_t part);
  // Gives the filled bundle back. Commits it, and those that waited for it, if it is next.
  void Submit(std::unique_ptr<UnitBundle> bundle);
  // Stops the work with this error; the first one counts.
  void Stop(Error error);
  bool stopped();
  std::optional<Error> error();

 private:
  using Place = std::tuple<uint32_t, int64_t, int64_t>;
  static Place After(const UnitBundle& bundle);
  static int ShareOf(const UnitBundle& bundle);
  bool HasRoom() const;

  static constexpr int kWholeShare = 16;

  const int max_ahead_;
  const std::function<Status(UnitBundle*)> commit_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  Place next_{0, 0, 0};
  int begun_ = 0;  // handed out and not yet committed, in shares
  bool committing_ = false;
  std::map<Place, std::unique_ptr<UnitBundle>> waiting_;
  std::vector<std::unique_ptr<UnitBundle>> free_;
  std::optional<Error> error_;
};

}  // namespace lakegate
