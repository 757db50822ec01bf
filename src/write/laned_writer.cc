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

class LanedWriter : public TableWriter {
 public:
  LanedWriter(const LaneOptions& options, MakeLaneWriter make_writer)
      : options_(options),
        make_writer_(std::move(make_writer)),
        lanes_(static_cast<size_t>(options.lanes)) {
    if (options_.threads == 1 || lanes_.size() == 1) return;
    try {
      for (Lane& lane : lanes_) lane.thread = std::thread([this, &lane] { Work(&lane); });
    } catch (const std::system_error&) {  // lanes without a thread are the caller's
    }
  }

  ~LanedWriter() override { StopThreads(/*is_whole=*/false); }

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (rows == 0) return {};
    Task task;
    task.rows = rows;
    task.bytes = BytesOf(*columns);
    Lane& lane = lanes_[current_];
    used_ = std::max(used_, current_ + 1);
    current_ = (current_ + 1) % lanes_.size();
    lane.row_group_bytes += task.bytes;
    task.ends_row_group = lane.row_group_bytes >= options_.row_group_bytes;
    if (task.ends_row_group) lane.row_group_bytes = 0;
    if (!lane.thread.joinable()) return Write(&lane, columns, rows, task.ends_row_group);
    return Enqueue(&lane, columns, std::move(task));
  }

  Status EndRowGroup() override { return {}; }  // row groups are decided here

  Result<std::vector<WrittenFile>> Finish() override {
    StopThreads(/*is_whole=*/true);
    if (error_) return *error_;
    std::vector<WrittenFile> files;
    for (size_t i = 0; i < std::max<size_t>(used_, 1); ++i) {
      if (!lanes_[i].is_finished) LAKEGATE_TRY(FinishLane(&lanes_[i]));
      files.insert(files.end(), lanes_[i].files.begin(), lanes_[i].files.end());
    }
    std::sort(files.begin(), files.end(),
              [](const WrittenFile& a, const WrittenFile& b) { return a.name < b.name; });
    return files;
  }

 private:
  struct Lane {
    std::unique_ptr<TableWriter> writer;  // made by the lane's thread when it is needed
    std::thread thread;
    std::deque<Task> waiting;
    int64_t row_group_bytes = 0;  // given to the lane; the caller's
    std::vector<WrittenFile> files;
    bool is_finished = false;
  };

  Status MakeWriterOf(Lane* lane) {
    if (lane->writer) return {};
    LAKEGATE_ASSIGN(lane->writer, make_writer_(static_cast<int>(lane - lanes_.data())));
    return {};
  }

  Status Write(Lane* lane, std::vector<ColumnBuffer>* columns, int64_t rows, bool ends_row_group) {
    LAKEGATE_TRY(MakeWriterOf(lane));
    LAKEGATE_TRY(lane->writer->Append(columns, rows));
    return ends_row_group ? lane->writer->EndRowGroup() : Status{};
  }

  Status FinishLane(Lane* lane) {
    LAKEGATE_TRY(MakeWriterOf(lane));
    LAKEGATE_ASSIGN(lane->files, lane->writer->Finish());
    lane->is_finished = true;
    return {};
  }

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
      if (error_) return;
      if (lane->waiting.empty()) {
        if (!lane->writer || !is_whole_) return;
        lock.unlock();
        Status finished = FinishLane(lane);
        lock.lock();
        if (!finished && !error_) error_ = finished.error();
        return;
      }
      Task task = std::move(lane->waiting.front());
      lane->waiting.pop_front();
      lock.unlock();
      Status written = Write(lane, &task.columns, task.rows, task.ends_row_group);
      for (ColumnBuffer& column : task.columns) column.Clear();
      lock.lock();
      queued_bytes_ -= task.bytes;
      free_.push_back(std::move(task.columns));
      if (!written && !error_) error_ = written.error();
      changed_.notify_all();
    }
  }

  // `is_whole`: nothing more is to come, and the lanes' files are to be finished.
  void StopThreads(bool is_whole) {
    {
      std::lock_guard lock(mutex_);
      finishing_ = true;
      is_whole_ = is_whole;
    }
    changed_.notify_all();
    for (Lane& lane : lanes_) {
      if (lane.thread.joinable()) lane.thread.join();
    }
  }

  const LaneOptions options_;
  const MakeLaneWriter make_writer_;
  std::vector<Lane> lanes_;
  size_t current_ = 0;  // the lane of the next rows; the caller's
  size_t used_ = 0;     // lanes that ever got a row

  std::mutex mutex_;  // guards all below, and the lanes' queues
  std::condition_variable changed_;
  int64_t queued_bytes_ = 0;
  std::vector<std::vector<ColumnBuffer>> free_;
  std::optional<Error> error_;
  bool finishing_ = false;
  bool is_whole_ = false;
};

}  // namespace

int LanesFor(int64_t input_bytes) {
  // Two halve the time on two cores. Four would cost 80 MB more: beyond 200 MB in all.
  return input_bytes < (int64_t{64} << 20) ? 1 : 2;
}

std::unique_ptr<TableWriter> MakeLanedWriter(const LaneOptions& options,
                                             MakeLaneWriter make_writer) {
  return std::make_unique<LanedWriter>(options, std::move(make_writer));
}

}  // namespace lakegate
