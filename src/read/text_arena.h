// Strings that live until the next record and are then reused.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

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

 private:
  std::deque<std::string> texts_;
  size_t used_ = 0;
};

}  // namespace lakegate
