// Hands out the units of a frozen plan in order; opens each file when its turn comes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/result.h"
#include "run/job_input.h"
#include "storage/storage.h"

namespace lakegate {

// Shared by all workers; thread safe.
class UnitSource {
 public:
  struct Task {
    JobInput* input = nullptr;  // null: the file takes no part in this pass
    WorkUnit unit;
    bool holds_stream = false;  // nobody else gets a unit of it until GiveBack
  };

  // Borrows all. Files that are `skipped` take no part. An input of `work` that is opened is
  // pinned there, so that the next pass reads the same version.
  UnitSource(Storage* storage, const CheckPlan& plan, WorkPlan* work, const ReadOptions& options,
             std::vector<bool> skipped, std::vector<std::unique_ptr<JobInput>>* inputs);

  // Waits while others hold the streams whose turn it is. Nothing: all units are handed out.
  Result<std::optional<Task>> Next();
  enum class StreamState : uint8_t { kGoesOn, kEnded };
  void GiveBack(const Task& task, StreamState state);

 private:
  struct Stream {
    JobInput* input;
    uint32_t file;
    int64_t unit = 0;  // the next one
    bool is_held = false;
  };

  Task MakeTask(JobInput* input, uint32_t file, int64_t index) const;
  std::optional<Task> FromStreams();
  Status OpenNext();

  Storage* const storage_;
  const CheckPlan& plan_;
  WorkPlan& work_;
  const ReadOptions& options_;
  const std::vector<bool> skipped_;
  std::vector<std::unique_ptr<JobInput>>& inputs_;
  std::mutex mutex_;  // guards all below, and the opening of inputs
  std::condition_variable changed_;
  std::deque<Stream> streams_;  // open and not at their end, in order
  size_t next_file_ = 0;        // to be opened
  // The file that was opened last, if it is no stream; its units come after all streams_.
  JobInput* current_ = nullptr;
  int64_t unit_ = 0;
  int64_t units_ = 0;
};

}  // namespace lakegate
