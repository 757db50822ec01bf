#include "read/window_buffer.h"

#include <cstring>

namespace lakegate {

void WindowBuffer::Start(ByteSource* source, int64_t offset) {
  source_ = source;
  begin_ = end_ = 0;
  offset_ = offset;
  at_end_ = false;
}

void WindowBuffer::Start(std::string_view text, int64_t offset) {
  text_ = text.data();
  begin_ = 0;
  end_ = text.size();
  offset_ = offset;
  at_end_ = true;
}

Status WindowBuffer::Fill() {
  const size_t kept = end_ - begin_;
  // A long record doubles the buffer; it stays large only until the next Start.
  const size_t wanted = std::max(kept * 2, kept + window_bytes_);
  if (buffer_.size() < wanted + 1 + kWindowPadding) {
    std::vector<char> larger(wanted + 1 + kWindowPadding);
    if (kept > 0) std::memcpy(larger.data(), buffer_.data() + begin_, kept);
    buffer_.swap(larger);
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  }
  text_ = buffer_.data();
  begin_ = 0;
  end_ = kept;
  const size_t room = std::max(kept, window_bytes_);
  LAKEGATE_ASSIGN(const size_t got, source_->Read({buffer_.data() + kept, room}));
  end_ += got;
  buffer_[end_] = '\n';  // see unread()
  at_end_ = got < room;
  return {};
}

}  // namespace lakegate
