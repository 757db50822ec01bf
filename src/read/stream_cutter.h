// Cuts the text of a stream into pieces that end with a line: one thread inflates the next piece
// while others read theirs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "read/byte_source.h"

namespace lakegate {

// Whole lines of a stream; behind the last piece's text nothing follows.
struct StreamPiece {
  std::vector<char> buffer;  // reused; has kWindowPadding bytes and a '\n' behind the text
  size_t size = 0;
  int64_t offset = 0;  // of the first byte in the stream
  bool is_last = false;
  std::string_view text() const { return {buffer.data(), size}; }
  int64_t end() const { return offset + static_cast<int64_t>(size); }
};

// Used by one thread at a time. What Next leaves can be read as a ByteSource.
class StreamCutter : public ByteSource {
 public:
  StreamCutter(std::unique_ptr<ByteSource> source, size_t piece_bytes)
      : source_(std::move(source)), piece_bytes_(piece_bytes) {}

  // The lines that end within the next piece_bytes; at the end of the stream all that is left.
  // Where pieces are cut depends on the text and piece_bytes only. False: no line ends there;
  // nothing was taken.
  Result<bool> Next(StreamPiece* piece);
  Result<size_t> Read(std::span<char> out) override;
  // The last bytes that were read, in front of what is to be read.
  void PutBack(std::string_view unread);
  int64_t offset() const { return offset_; }  // of what is to be read

 private:
  const std::unique_ptr<ByteSource> source_;
  const size_t piece_bytes_;
  std::string kept_;  // in front of the source, from kept_begin_
  size_t kept_begin_ = 0;
  int64_t offset_ = 0;
};

}  // namespace lakegate
