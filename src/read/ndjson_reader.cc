// NDJSON: one JSON object a line; \n or \r\n ends a line; a lone \r is no line end.
#include <cstring>

#include "read/json_walker.h"
#include "read/line_cursor.h"
#include "read/line_walker.h"
#include "read/record_reader.h"

namespace lakegate {
namespace {

bool IsBlank(std::string_view line) {
  for (const char c : line) {
    if (c != ' ' && c != '\t' && c != '\r') return false;
  }
  return true;
}

class NdjsonReader : public RecordReader {
 public:
  NdjsonReader(const CheckPlan& plan, const ReadLimits& limits)
      : layout_(MakeJsonLayout(plan.fields)),
        limits_(limits),
        quick_(&layout_, limits, ChosenInstructionSet()),
        walker_(&layout_, limits, &quick_) {}

  Result<UnitCounts> ReadUnit(WindowBuffer* window, int64_t stop_offset,
                              RecordSink* sink) override {
    UnitCounts counts;
    counts.first_offset = window->offset();
    while (window->offset() < stop_offset && !sink->is_full()) {
      if (PlainLine(window, sink, &counts)) continue;
      const std::string_view unread = window->unread();
      const char* newline = static_cast<const char*>(
          unread.empty() ? nullptr : std::memchr(unread.data(), '\n', unread.size()));
      if (newline) {
        const auto size = static_cast<size_t>(newline - unread.data());
        Line(unread.substr(0, size), window->offset(), 1, sink, &counts);
        window->Consume(size + 1);
      } else if (!window->at_end()) {
        // One more byte may be the \r of the line end.
        if (static_cast<int64_t>(unread.size()) > limits_.max_record_bytes + 1) {
          LAKEGATE_TRY(RefuseLongLine(window, limits_, sink, &counts));
        } else {
          LAKEGATE_TRY(window->Fill());
        }
      } else if (unread.empty()) {
        break;
      } else {
        Line(unread, window->offset(), 0, sink, &counts);
        window->Consume(unread.size());
      }
    }
    counts.end_offset = window->offset();
    return counts;
  }

 private:
  // Delivers and consumes the next line if it is whole and a plain record.
  bool PlainLine(WindowBuffer* window, RecordSink* sink, UnitCounts* counts) {
    const std::string_view unread = window->unread();
    if (unread.empty()) return false;
    const char* newline = quick_.Walk(unread.data());
    if (!newline || newline == unread.data() + unread.size()) return false;
    const auto size = static_cast<size_t>(newline - unread.data());
    const size_t line_end = newline[-1] == '\r' ? 2 : 1;
    const RecordSpan span{unread.substr(0, size + 1 - line_end), window->offset(),
                          static_cast<int64_t>(size + 1 - line_end), counts->lines};
    if (span.length > limits_.max_record_bytes) return false;
    ++counts->lines;
    counts->line_end_bytes += static_cast<int64_t>(line_end);
    sink->OnRecord(span, quick_.record());
    window->Consume(size + 1);
    return true;
  }

  void Line(std::string_view line, int64_t offset, int64_t newline_bytes, RecordSink* sink,
            UnitCounts* counts) {
    const int64_t number = counts->lines++;
    if (static_cast<int64_t>(line.size()) <= limits_.max_record_bytes + 1 && IsBlank(line)) {
      ++counts->blank_lines;
      counts->skipped_bytes += static_cast<int64_t>(line.size()) + newline_bytes;
      return;
    }
    counts->line_end_bytes += newline_bytes;
    if (newline_bytes > 0 && line.back() == '\r') {
      line.remove_suffix(1);
      ++counts->line_end_bytes;
    }
    RecordSpan span{line, offset, static_cast<int64_t>(line.size()), number};
    if (span.length > limits_.max_record_bytes) {
      RefuseTooLong(span, limits_, sink);
    } else if (auto damage = walker_.Walk(line, sink->WantsWords())) {
      sink->OnDamaged(span, std::move(*damage));
    } else {
      sink->OnRecord(span, walker_.record());
    }
  }

  const JsonLayout layout_;
  const ReadLimits limits_;
  LineWalker quick_;
  JsonWalker walker_;  // for what quick_ leaves
};

}  // namespace

std::unique_ptr<RecordReader> MakeNdjsonReader(const CheckPlan& plan, const ReadLimits& limits) {
  return std::make_unique<NdjsonReader>(plan, limits);
}

}  // namespace lakegate
