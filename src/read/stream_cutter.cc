#include "read/stream_cutter.h"

#include <cstring>

#include "read/window_buffer.h"

namespace lakegate {

Result<bool> StreamCutter::Next(StreamPiece* piece) {
  if (piece->buffer.size() < piece_bytes_ + 1 + kWindowPadding) {
    piece->buffer.resize(piece_bytes_ + 1 + kWindowPadding);
  }
  char* text = piece->buffer.data();
  piece->offset = offset_;
  piece->size = 0;
  LAKEGATE_ASSIGN(const size_t got, Read({text, piece_bytes_}));
  piece->is_last = got < piece_bytes_;
  size_t size = got;
  if (!piece->is_last) {
    const void* newline = memrchr(text, '\n', got);
    size = newline ? static_cast<size_t>(static_cast<const char*>(newline) - text) + 1 : 0;
    PutBack({text + size, got - size});
    if (size == 0) return false;
  }
  text[size] = '\n';
  piece->size = size;
  return true;
}

Result<size_t> StreamCutter::Read(std::span<char> out) {
  const size_t kept = std::min(out.size(), kept_.size() - kept_begin_);
  std::memcpy(out.data(), kept_.data() + kept_begin_, kept);
  kept_begin_ += kept;
  size_t got = kept;
  if (kept < out.size()) {
    LAKEGATE_ASSIGN(const size_t more, source_->Read(out.subspan(kept)));
    got += more;
  }
  offset_ += static_cast<int64_t>(got);
  return got;
}

void StreamCutter::PutBack(std::string_view unread) {
  kept_.replace(0, kept_begin_, unread);
  kept_begin_ = 0;
  offset_ -= static_cast<int64_t>(unread.size());
}

}  // namespace lakegate
