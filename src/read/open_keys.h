// The unknown keys of the JSON objects that are open, to find the second of two equal ones.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace lakegate {

// Borrows the keys until Clear.
class OpenKeys {
 public:
  void Clear() {
    keys_.clear();
    begins_.clear();
    large_.clear();
  }
  void Open() { begins_.push_back(keys_.size()); }
  void Close() {
    if (!large_.empty() && large_.back().first == begins_.size()) large_.pop_back();
    keys_.resize(begins_.back());
    begins_.pop_back();
  }
  // False if the innermost object has `key` already.
  bool Add(std::string_view key) {
    const size_t begin = begins_.back();
    if (keys_.size() - begin < kLinear) {
      for (size_t i = begin; i < keys_.size(); ++i) {
        if (keys_[i] == key) return false;
      }
      keys_.push_back(key);
      return true;
    }
    if (large_.empty() || large_.back().first != begins_.size()) {
      large_.emplace_back(begins_.size(),
                          std::unordered_set<std::string_view>(
                              keys_.begin() + static_cast<ptrdiff_t>(begin), keys_.end()));
    }
    return large_.back().second.insert(key).second;
  }

 private:
  static constexpr size_t kLinear = 64;
  std::vector<std::string_view> keys_;
  std::vector<size_t> begins_;  // of the open objects, outermost first
  // Objects with many keys, by their depth in begins_: a hostile one must not cost squared time.
  std::vector<std::pair<size_t, std::unordered_set<std::string_view>>> large_;
};

}  // namespace lakegate
