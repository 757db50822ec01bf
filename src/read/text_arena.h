// Strings that live until the next record and are then reused.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "read/raw_record.h"

namespace lakegate {

class TextArena {
 public:
  void Clear() { used_ = 0; }
  // An empty string; its address stays valid until Clear.
  std::string& Next() {
    if (used_ == texts_.size()) texts_.emplace_back();
    std::string& text = texts_[used_++];
    text.clear();
    return text;
  }
  // Makes kTextPadding bytes behind the whole text readable.
  static void Pad(std::string* text) {
    const size_t size = text->size();
    text->append(kTextPadding, '\0');
    text->resize(size);
  }

 private:
  std::deque<std::string> texts_;
  size_t used_ = 0;
};

}  // namespace lakegate
