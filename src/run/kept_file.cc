#include "run/kept_file.h"

#include <vector>

namespace lakegate {
namespace {

constexpr size_t kCopyBufferBytes = 1024 * 1024;

}  // namespace

Status LinkOrCopy(Storage* storage, const std::string& from, const std::string& to) {
  Status linked = storage->Link(from, to);
  if (linked || linked.error().code != ErrorCode::kUnsupported) {
    if (!linked && linked.error().code == ErrorCode::kNotFound) {
      return Error{ErrorCode::kCorrupt, "the published file '" + from + "' is gone",
                   "restore it, or have the table made anew: lakegate bookmark reset DATASET"};
    }
    return linked;
  }
  LAKEGATE_ASSIGN(const auto source, storage->OpenRead(from));
  LAKEGATE_ASSIGN(const auto copy, storage->Create(to, {}));
  std::vector<char> buffer(kCopyBufferBytes);
  for (int64_t offset = 0;;) {
    LAKEGATE_ASSIGN(const size_t got, source->ReadAt(offset, buffer));
    if (got == 0) return copy->Commit();
    LAKEGATE_TRY(copy->Write({buffer.data(), got}));
    offset += static_cast<int64_t>(got);
  }
}

}  // namespace lakegate
