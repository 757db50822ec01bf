// Lists of items of one kind in memory, moved to one nameless file on demand.
#pragma once

#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/result.h"
#include "storage/spilled_parts.h"

namespace lakegate {

// T must be trivially copyable. Not thread safe.
template <typename T>
class SpillingLists {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SpillingLists(const std::string& directory, size_t lists)
      : items_(lists), spilled_(directory, lists) {}

  size_t size() const { return items_.size(); }
  // What is in memory of a list.
  std::vector<T>& operator[](size_t list) { return items_[list]; }

  // All lists to the file; their memory is given back.
  Status SpillAll() {
    for (size_t i = 0; i < items_.size(); ++i) {
      LAKEGATE_TRY(spilled_.Append(i, BytesOf(items_[i])));
      Forget(i);
    }
    return {};
  }

  // All of a list in memory, what was spilled behind the rest.
  Status Load(size_t list) {
    const size_t held = items_[list].size();
    items_[list].resize(held + spilled_.size(list) / sizeof(T));
    LAKEGATE_TRY(spilled_.ReadAll(list, BytesOf(items_[list]).subspan(held * sizeof(T))));
    spilled_.Forget(list);
    return {};
  }

  void Forget(size_t list) { std::vector<T>().swap(items_[list]); }

 private:
  static std::span<char> BytesOf(std::vector<T>& items) {
    return {reinterpret_cast<char*>(items.data()), items.size() * sizeof(T)};
  }

  std::vector<std::vector<T>> items_;
  SpilledParts spilled_;
};

}  // namespace lakegate
