#include "read/utf16_text.h"

#include <algorithm>

namespace lakegate {
namespace {

constexpr unsigned char kHalfUnit = 0xFF;  // in front of a lone byte's two halves

void AppendCodePoint(uint32_t code, std::string* text) {
  const auto tail = [&](int shift) {
    text->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3F)));
  };
  if (code < 0x80) {
    text->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    text->push_back(static_cast<char>(0xC0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    text->push_back(static_cast<char>(0xE0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    text->push_back(static_cast<char>(0xF0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsLead(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsTrail(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

TextEncoding ByteOrderOf(std::string_view head) {
  if (head.starts_with("\xFE\xFF")) return TextEncoding::kUtf16Be;
  if (head.starts_with("\xFF\xFE")) return TextEncoding::kUtf16Le;
  const size_t zero = head.find('\0');
  return zero != std::string_view::npos && zero % 2 == 0 ? TextEncoding::kUtf16Be
                                                         : TextEncoding::kUtf16Le;
}

uint32_t Utf16Text::UnitAt(std::string_view text, size_t at) const {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return is_little_ ? first | uint32_t{second} << 8 : second | uint32_t{first} << 8;
}

// What the window holds and is whole.
void Utf16Text::Translate() {
  const std::string_view text = window_.unread();
  while (translated_ + 2 <= text.size()) {
    const uint32_t unit = UnitAt(text, translated_);
    size_t size = 2;
    uint32_t code = unit;
    if (IsLead(unit)) {
      if (translated_ + 4 > text.size() && !window_.at_end()) return;
      const uint32_t next = translated_ + 4 <= text.size() ? UnitAt(text, translated_ + 2) : 0;
      if (IsTrail(next)) {
        code = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
        size = 4;
      }
    }
    AppendCodePoint(code, &text_);
    translated_ += size;
  }
  if (translated_ + 1 == text.size() && window_.at_end()) {
    const auto byte = static_cast<unsigned char>(text[translated_++]);
    text_.push_back(static_cast<char>(kHalfUnit));
    text_.push_back(static_cast<char>(0x80 | (byte >> 4)));
    text_.push_back(static_cast<char>(0x80 | (byte & 0xF)));
  }
}

Result<size_t> Utf16Text::Read(std::span<char> out) {
  Translate();
  while (text_.size() - read_ < out.size() && !window_.at_end()) {
    if (text_.size() > max_bytes_) {
      return Error{ErrorCode::kInvalidData,
                   "no line ends within " + std::to_string(max_bytes_) + " bytes of UTF-16 text",
                   "is this a CSV file in UTF-16?"};
    }
    LAKEGATE_TRY(window_.Fill());
    Translate();
  }
  const size_t count = std::min(out.size(), text_.size() - read_);
  std::copy_n(text_.begin() + static_cast<ptrdiff_t>(read_), count, out.begin());
  read_ += count;
  return count;
}

size_t Utf16Text::OriginalSize(size_t size) {
  for (; measured_ < size; ++measured_) {
    const auto byte = static_cast<unsigned char>(text_[measured_]);
    if ((byte & 0xC0) == 0x80) continue;  // not the first of a character
    measured_original_ += byte == kHalfUnit ? 1 : byte >= 0xF0 ? 4 : 2;
  }
  return measured_original_;
}

}  // namespace lakegate
