// A reused buffer over a ByteSource: the unread bytes, with readable padding behind them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "read/byte_source.h"

namespace lakegate {

// Vector code may read this many bytes past the end of the window.
inline constexpr size_t kWindowPadding = 64;
inline constexpr size_t kDefaultWindowBytes = 256 * 1024;

class WindowBuffer {
 public:
  explicit WindowBuffer(size_t window_bytes) : window_bytes_(window_bytes) {}

  // Starts over on `source` (borrowed); `offset` is the file offset of its first byte.
  void Start(ByteSource* source, int64_t offset);
  // Starts over on `text` (borrowed), which is all there is. A '\n' and kWindowPadding bytes must
  // stand behind it.
  void Start(std::string_view text, int64_t offset);

  // Where bytes were read, a '\n' stands behind the last of them: loops over text end there.
  std::string_view unread() const { return {text_ + begin_, end_ - begin_}; }
  int64_t offset() const { return offset_; }  // of unread()'s first byte
  bool at_end() const { return at_end_; }     // the source has nothing behind unread()
  void Consume(size_t count) {
    begin_ += count;
    offset_ += static_cast<int64_t>(count);
  }
  // Keeps the unread bytes and reads at least one more, or sets at_end. Moves unread().
  Status Fill();

 private:
  size_t window_bytes_;
  std::vector<char> buffer_;
  const char* text_ = nullptr;  // buffer_'s, or borrowed
  ByteSource* source_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
  int64_t offset_ = 0;
  bool at_end_ = false;
};

}  // namespace lakegate
