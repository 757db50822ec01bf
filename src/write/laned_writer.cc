#include "write/laned_writer.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace lakegate {
namespace {

// What waits for a lane: the columns of a unit, then perhaps the end of the row group.
struct Task {
  std::vector<ColumnBuffer> columns;
  int64_t rows = 0;
  int64_t bytes = 0;
  bool ends_row_group = false;
};

int64_t BytesOf(const std::vector<ColumnBuffer>& columns) {
  int64_t bytes = 1;
  for (const ColumnBuffer& column : columns) bytes += static_cast<int64_t>(column.bytes());
  return bytes;
}

Status Write(TableWriter* writer, Task* task) {
  LAKEGATE_TRY(writer->Append(&task->columns, task->rows));
  return task->ends_row_group ? writer->EndRowGroup() : Status{};
}

class LanedWriter : public TableWriter {
 public:
  LanedWriter(const LaneOptions& options, std::vector<std::unique_ptr<TableWriter>> writers)
      : options_(options), lanes_(writers.size()) {
    for (size_t i = 0; i < writers.size(); ++i) lanes_[i].writer = std::move(writers[i]);
    if (options_.threads == 1 || lanes_.size() == 1) return;
    try {
      for (Lane& lane : lanes_) lane.thread = std::thread([this, &lane] { Work(&lane); });
    } catch (const std::system_error&) {  // lanes without a thread are the caller's
    }
  }

  ~LanedWriter() override { StopThreads(); }

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (rows == 0) return {};
    Task task;
    task.rows = rows;
    task.bytes = BytesOf(*columns);
    row_group_bytes_ += task.bytes;
    task.ends_row_group = row_group_bytes_ >= options_.row_group_bytes;
    Lane& lane = lanes_[current_];
    used_ = std::max(used_, current_ + 1);
    if (task.ends_row_group) {
      row_group_bytes_ = 0;
      current_ = (current_ + 1) % lanes_.size();
    }
    if (!lane.thread.joinable()) {
      LAKEGATE_TRY(lane.writer->Append(columns, rows));
      return task.ends_row_group ? lane.writer->EndRowGroup() : Status{};
    }
    return Enqueue(&lane, columns, std::move(task));
  }

  Status EndRowGroup() override { return {}; }  // row groups are decided here

  Result<std::vector<WrittenFile>> Finish() override {
    StopThreads();
    if (error_) return *error_;
    std::vector<WrittenFile> files;
    for (size_t i = 0; i < std::max<size_t>(used_, 1); ++i) {
      LAKEGATE_ASSIGN(std::vector<WrittenFile> written, lanes_[i].writer->Finish());
      files.insert(files.end(), written.begin(), written.end());
    }
    std::sort(files.begin(), files.end(),
              [](const WrittenFile& a, const WrittenFile& b) { return a.name < b.name; });
    return files;
  }

 private:
  struct Lane {
    std::unique_ptr<TableWriter> writer;
    std::thread thread;
    std::deque<Task> waiting;
  };

  Status Enqueue(Lane* lane, std::vector<ColumnBuffer>* columns, Task task) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return error_ || queued_bytes_ < options_.queue_bytes; });
    if (error_) return *error_;
    task.columns = std::move(*columns);
    columns->clear();
    if (!free_.empty()) {
      *columns = std::move(free_.back());
      free_.pop_back();
    }
    queued_bytes_ += task.bytes;
    lane->waiting.push_back(std::move(task));
    changed_.notify_all();
    return {};
  }

  void Work(Lane* lane) {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return finishing_ || error_ || !lane->waiting.empty(); });
      if (error_ || lane->waiting.empty()) return;
      Task task = std::move(lane->waiting.front());
      lane->waiting.pop_front();
      lock.unlock();
      Status written = Write(lane->writer.get(), &task);
      for (ColumnBuffer& column : task.columns) column.Clear();
      lock.lock();
      queued_bytes_ -= task.bytes;
      free_.push_back(std::move(task.columns));
      if (!written && !error_) error_ = written.error();
      changed_.notify_all();
    }
  }

  void StopThreads() {
    {
      std::lock_guard lock(mutex_);
      finishing_ = true;
    }
    changed_.notify_all();
    for (Lane& lane : lanes_) {
      if (lane.thread.joinable()) lane.thread.join();
    }
  }

  const LaneOptions options_;
  std::vector<Lane> lanes_;
  size_t current_ = 0;  // the lane of the current row group; the caller's
  size_t used_ = 0;     // lanes that ever got a row
  int64_t row_group_bytes_ = 0;

  std::mutex mutex_;  // guards all below, and the lanes' queues
  std::condition_variable changed_;
  int64_t queued_bytes_ = 0;
  std::vector<std::vector<ColumnBuffer>> free_;
  std::optional<Error> error_;
  bool finishing_ = false;
};

}  // namespace

int LanesFor(int64_t input_bytes) {
  // Two halve the time on two cores. Four would cost 80 MB more: beyond 200 MB in all.
  return input_bytes < (int64_t{64} << 20) ? 1 : 2;
}

Result<std::unique_ptr<TableWriter>> MakeLanedWriter(
    const LaneOptions& options,
    const std::function<Result<std::unique_ptr<TableWriter>>(int lane)>& make_writer) {
  std::vector<std::unique_ptr<TableWriter>> writers;
  for (int lane = 0; lane < options.lanes; ++lane) {
    LAKEGATE_ASSIGN(auto writer, make_writer(lane));
    writers.push_back(std::move(writer));
  }
  return std::unique_ptr<TableWriter>(std::make_unique<LanedWriter>(options, std::move(writers)));
}

}  // namespace lakegate
