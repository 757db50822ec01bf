#include "run/unit_source.h"

#include <algorithm>

namespace lakegate {
namespace {

// While one thread inflates the first stream, another may begin with the next file; not with many
// units, for they wait for the commit and hold up those that are due before them.
constexpr size_t kOpenStreams = 2;
constexpr int64_t kUnitsOfLaterStream = 2;

}  // namespace

UnitSource::UnitSource(Storage* storage, const CheckPlan& plan, WorkPlan* work,
                       const ReadOptions& options, std::vector<bool> skipped,
                       std::vector<std::unique_ptr<JobInput>>* inputs)
    : storage_(storage),
      plan_(plan),
      work_(*work),
      options_(options),
      skipped_(std::move(skipped)),
      inputs_(*inputs) {}

Result<std::optional<UnitSource::Task>> UnitSource::Next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto task = FromStreams()) return task;
    if (unit_ < units_) {
      if (streams_.empty()) {
        const auto file = static_cast<uint32_t>(next_file_ - 1);
        return std::optional<Task>(MakeTask(current_, file, unit_++));
      }
    } else if (next_file_ == work_.inputs.size()) {
      if (streams_.empty()) return std::optional<Task>();
    } else if (streams_.size() < kOpenStreams) {
      LAKEGATE_TRY(OpenNext());
      continue;
    }
    changed_.wait(lock);
  }
}

UnitSource::Task UnitSource::MakeTask(JobInput* input, uint32_t file, int64_t index) const {
  Task task;
  task.input = input;
  task.unit.order = work_.order;
  task.unit.input = work_.inputs[file];
  task.unit.file = file;
  task.unit.index = index;
  if (!input) return task;
  task.unit.format = input->format();
  task.unit.compression = input->compression();
  if (!input->is_stream()) task.unit.range = input->unit_range(index);
  return task;
}

std::optional<UnitSource::Task> UnitSource::FromStreams() {
  for (Stream& stream : streams_) {
    const bool is_first = &stream == &streams_.front();
    if (stream.is_held || (!is_first && stream.unit >= kUnitsOfLaterStream)) continue;
    stream.is_held = true;
    Task task = MakeTask(stream.input, stream.file, stream.unit++);
    task.holds_stream = true;
    return task;
  }
  return std::nullopt;
}

Status UnitSource::OpenNext() {
  const size_t file = next_file_++;
  unit_ = 0;
  units_ = 1;
  current_ = nullptr;
  if (skipped_[file]) return {};
  LAKEGATE_ASSIGN(inputs_[file],
                  JobInput::Open(storage_, work_.inputs[file].path, plan_, options_));
  JobInput* input = inputs_[file].get();
  LAKEGATE_TRY(input->Pin(&work_.inputs[file]));
  input->index = static_cast<uint32_t>(file);
  if (!input->reasons().empty()) {
    current_ = input;
  } else if (input->is_stream()) {
    units_ = 0;
    streams_.push_back({input, static_cast<uint32_t>(file)});
  } else {
    current_ = input;
    units_ = input->unit_count();
  }
  return {};
}

void UnitSource::GiveBack(const Task& task, StreamState state) {
  std::lock_guard lock(mutex_);
  const auto stream = std::find_if(streams_.begin(), streams_.end(),
                                   [&](const Stream& open) { return open.file == task.unit.file; });
  stream->is_held = false;
  if (state == StreamState::kEnded) streams_.erase(stream);
  changed_.notify_all();
}

}  // namespace lakegate
