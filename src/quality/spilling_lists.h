// Items of one kind in memory, moved to a nameless file on demand.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/result.h"
#include "storage/spill_file.h"

namespace lakegate {

// T must be trivially copyable. Not thread safe.
template <typename T>
class SpillingList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  std::vector<T> items;

  // All items to a file in `directory`; the memory is given back.
  Status Spill(const std::string& directory) {
    if (items.empty()) return {};
    if (!file_) {
      LAKEGATE_ASSIGN(SpillFile file, SpillFile::Make(directory));
      file_ = std::make_unique<SpillFile>(std::move(file));
    }
    LAKEGATE_TRY(
        file_->Append({reinterpret_cast<const char*>(items.data()), items.size() * sizeof(T)}));
    std::vector<T>().swap(items);
    return {};
  }

  // All items back in memory; those that were spilled stand behind the others.
  Status Load() {
    if (!file_) return {};
    const size_t held = items.size();
    const size_t spilled = static_cast<size_t>(file_->size()) / sizeof(T);
    items.resize(held + spilled);
    LAKEGATE_TRY(
        file_->ReadAt(0, {reinterpret_cast<char*>(items.data() + held), spilled * sizeof(T)}));
    file_.reset();
    return {};
  }

 private:
  std::unique_ptr<SpillFile> file_;
};

}  // namespace lakegate
