#include "read/byte_source.h"

#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lakegate {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(ReadableFile* file, int64_t begin) : file_(file), offset_(begin) {}

  Result<size_t> Read(std::span<char> out) override {
    LAKEGATE_ASSIGN(const size_t got, file_->ReadAt(offset_, out));
    offset_ += static_cast<int64_t>(got);
    return got;
  }

 private:
  ReadableFile* file_;
  int64_t offset_;
};

class DescriptorSource : public ByteSource {
 public:
  explicit DescriptorSource(int descriptor) : descriptor_(descriptor) {}

  Result<size_t> Read(std::span<char> out) override {
    size_t filled = 0;
    while (filled < out.size()) {
      const ssize_t got = ::read(descriptor_, out.data() + filled, out.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return Error{ErrorCode::kUnavailable,
                     std::string("cannot read standard input: ") + std::strerror(errno), ""};
      }
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    return filled;
  }

 private:
  int descriptor_;
};

// Two threads share the queue: the producer below and the reader that calls Read.
class PipelinedSource : public ByteSource {
 public:
  PipelinedSource(std::unique_ptr<ByteSource> inner, size_t buffer_bytes, size_t buffers)
      : inner_(std::move(inner)), buffer_bytes_(buffer_bytes), buffers_(buffers) {
    producer_ = std::thread([this] { Produce(); });
  }

  ~PipelinedSource() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    producer_.join();
  }

  Result<size_t> Read(std::span<char> out) override {
    size_t filled = 0;
    while (filled < out.size()) {
      if (position_ == current_.size() && !NextBuffer()) break;
      const size_t count = std::min(out.size() - filled, current_.size() - position_);
      std::memcpy(out.data() + filled, current_.data() + position_, count);
      position_ += count;
      filled += count;
    }
    // A short count means the end of the data, so an error must not hide behind one.
    if (error_) return *error_;
    return filled;
  }

 private:
  // Waits for the producer; false at the end of the data or at an error.
  bool NextBuffer() {
    std::unique_lock lock(mutex_);
    if (!current_.empty()) free_.push_back(std::move(current_));
    current_.clear();
    position_ = 0;
    changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
    if (ready_.empty()) {
      error_ = producer_error_;
      return false;
    }
    current_ = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return true;
  }

  void Produce() {
    for (;;) {
      std::vector<char> buffer;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || ready_.size() < buffers_; });
        if (stopping_) return;
        if (!free_.empty()) {
          buffer = std::move(free_.back());
          free_.pop_back();
        }
      }
      buffer.resize(buffer_bytes_);
      Result<size_t> got = inner_->Read(buffer);
      std::lock_guard lock(mutex_);
      if (!got) producer_error_ = got.error();
      buffer.resize(got ? *got : 0);
      const bool last = !got || *got < buffer_bytes_;
      if (!buffer.empty()) ready_.push_back(std::move(buffer));
      finished_ = last;
      changed_.notify_all();
      if (last) return;
    }
  }

  std::unique_ptr<ByteSource> inner_;
  const size_t buffer_bytes_;
  const size_t buffers_;
  std::vector<char> current_;  // the reader's
  size_t position_ = 0;
  std::optional<Error> error_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<std::vector<char>> ready_;
  std::vector<std::vector<char>> free_;
  std::optional<Error> producer_error_;
  bool finished_ = false;
  bool stopping_ = false;
  std::thread producer_;
};

}  // namespace

std::unique_ptr<ByteSource> MakeFileSource(ReadableFile* file, int64_t begin) {
  return std::make_unique<FileSource>(file, begin);
}

std::unique_ptr<ByteSource> MakeDescriptorSource(int descriptor) {
  return std::make_unique<DescriptorSource>(descriptor);
}

std::unique_ptr<ByteSource> MakePipelinedSource(std::unique_ptr<ByteSource> inner,
                                                size_t buffer_bytes, size_t buffers) {
  return std::make_unique<PipelinedSource>(std::move(inner), buffer_bytes, buffers);
}

Compression DetectCompression(std::span<const char> head) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
  if (head.size() >= 2 && byte(0) == 0x1f && byte(1) == 0x8b) return Compression::kGzip;
  if (head.size() >= 4 && byte(0) == 0x28 && byte(1) == 0xb5 && byte(2) == 0x2f &&
      byte(3) == 0xfd) {
    return Compression::kZstd;
  }
  return Compression::kNone;
}

}  // namespace lakegate
