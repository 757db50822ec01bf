// UTF-16 text of a window as UTF-8, and the way back from its offsets to those of the file.
//
// The translation loses nothing, so that damaged text is found as text that is not valid UTF-8:
// half a surrogate pair becomes the three bytes that its number would have, half a code unit at the
// end of the file becomes 0xFF and two more.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/input_format.h"
#include "read/byte_source.h"
#include "read/window_buffer.h"

namespace lakegate {

// By the byte order mark, else by the place of the first zero byte; little-endian if nothing says.
TextEncoding ByteOrderOf(std::string_view head);

// The unread bytes of `window` from its first one on; fills the window as far as it is read, and
// consumes nothing.
class Utf16Text : public ByteSource {
 public:
  // kUtf16Le or kUtf16Be. Borrows the window, which nobody else uses meanwhile.
  // Error kInvalidData once more than `max_bytes` are asked for.
  Utf16Text(WindowBuffer* window, TextEncoding encoding, size_t max_bytes)
      : window_(*window), is_little_(encoding == TextEncoding::kUtf16Le), max_bytes_(max_bytes) {}

  Result<size_t> Read(std::span<char> out) override;
  // Bytes of UTF-16 that the first `size` bytes of what was read stand for. `size` is never less
  // than it was in the call before, and lies between characters.
  size_t OriginalSize(size_t size);
  // The UTF-16 bytes [begin, end) of the text; valid until the next Read.
  std::string_view Original(size_t begin, size_t end) const {
    return window_.unread().substr(begin, end - begin);
  }

 private:
  void Translate();
  uint32_t UnitAt(std::string_view text, size_t at) const;

  WindowBuffer& window_;
  const bool is_little_;
  const size_t max_bytes_;
  size_t translated_ = 0;  // bytes of the window
  std::string text_;       // their translation
  size_t read_ = 0;        // bytes of text_ that were handed out
  size_t measured_ = 0;    // bytes of text_ that stand for measured_original_
  size_t measured_original_ = 0;
};

}  // namespace lakegate
