#include "read/line_cursor.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace lakegate {
namespace {

constexpr size_t kKeptBytesOfTooLong = 1024;

}  // namespace

Result<int64_t> SkipByteOrderMark(WindowBuffer* window) {
  while (window->unread().size() < 3 && !window->at_end()) LAKEGATE_TRY(window->Fill());
  if (!window->unread().starts_with("\xEF\xBB\xBF")) return int64_t{0};
  window->Consume(3);
  return int64_t{3};
}

Result<bool> SkipLine(WindowBuffer* window) {
  bool any = false;
  for (;;) {
    const std::string_view unread = window->unread();
    any = any || !unread.empty();
    const void* newline =
        unread.empty() ? nullptr : std::memchr(unread.data(), '\n', unread.size());
    if (newline) {
      window->Consume(static_cast<size_t>(static_cast<const char*>(newline) - unread.data()) + 1);
      return true;
    }
    window->Consume(unread.size());
    if (window->at_end()) return any;
    LAKEGATE_TRY(window->Fill());
  }
}

void RefuseTooLong(RecordSpan span, const ReadLimits& limits, RecordSink* sink) {
  span.bytes = span.bytes.substr(0, kKeptBytesOfTooLong);
  sink->OnDamaged(
      span, {ReasonCode::kTooLong, 0,
             "the record has " + std::to_string(span.length) +
                 " bytes, more than max_record_bytes " + std::to_string(limits.max_record_bytes),
             ""});
}

Status RefuseLongLine(WindowBuffer* window, const ReadLimits& limits, RecordSink* sink,
                      UnitCounts* counts) {
  const int64_t offset = window->offset();
  std::string kept;
  char last = 0;
  int64_t line_end_bytes = 0;
  for (;;) {
    const std::string_view unread = window->unread();
    const char* newline = static_cast<const char*>(
        unread.empty() ? nullptr : std::memchr(unread.data(), '\n', unread.size()));
    const auto size = newline ? static_cast<size_t>(newline - unread.data()) : unread.size();
    if (size > 0) last = unread[size - 1];
    kept.append(unread.substr(0, std::min(size, kKeptBytesOfTooLong - kept.size())));
    window->Consume(size);
    if (newline) {
      window->Consume(1);
      line_end_bytes = last == '\r' ? 2 : 1;
      break;
    }
    if (window->at_end()) break;
    LAKEGATE_TRY(window->Fill());
  }
  const int64_t length = window->offset() - offset - line_end_bytes;
  kept.resize(std::min(kept.size(), static_cast<size_t>(length)));
  const RecordSpan span{kept, offset, length, counts->lines++};
  counts->line_end_bytes += line_end_bytes;
  RefuseTooLong(span, limits, sink);
  return {};
}

}  // namespace lakegate
