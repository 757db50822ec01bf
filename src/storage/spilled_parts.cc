#include "storage/spilled_parts.h"

namespace lakegate {

Status SpilledParts::Append(size_t part, std::span<const char> bytes) {
  if (bytes.empty()) return {};
  if (!file_) {
    LAKEGATE_ASSIGN(SpillFile file, SpillFile::Make(directory_));
    file_.emplace(std::move(file));
  }
  const int64_t offset = file_->size();
  LAKEGATE_TRY(file_->Append(bytes));
  std::vector<Segment>& segments = segments_[part];
  if (!segments.empty() && segments.back().end() == offset) {
    segments.back().size += bytes.size();
  } else {
    segments.push_back({offset, bytes.size()});
  }
  return {};
}

size_t SpilledParts::size(size_t part) const {
  size_t sum = 0;
  for (const Segment& segment : segments_[part]) sum += segment.size;
  return sum;
}

Status SpilledParts::ReadAll(size_t part, std::span<char> out) const {
  for (const Segment& segment : segments_[part]) {
    LAKEGATE_TRY(file_->ReadAt(segment.offset, out.first(segment.size)));
    out = out.subspan(segment.size);
  }
  return {};
}

void SpilledParts::Forget(size_t part) {
  for (const Segment& segment : segments_[part]) {
    file_->Forget(segment.offset, static_cast<int64_t>(segment.size));
  }
  segments_[part].clear();
}

}  // namespace lakegate
