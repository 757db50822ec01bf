// CSV rows as records. Cells are text; the contract types them later.
#include <simdjson.h>

#include <cstring>

#include "core/instruction_set.h"
#include "core/utf8.h"
#include "read/csv_header.h"
#include "read/csv_tokenizer.h"
#include "read/csv_walk.h"
#include "read/latin1.h"
#include "read/line_cursor.h"
#include "read/record_reader.h"

namespace lakegate {
namespace {

class CsvReader : public RecordReader {
 public:
  CsvReader(const CheckPlan& plan, const CsvDialect& dialect, const ReadLimits& limits,
            std::shared_ptr<const CsvColumns> columns)
      : fields_(plan.fields.size()),
        dialect_(dialect),
        limits_(limits),
        columns_(std::move(columns)),
        walk_(ChosenInstructionSet() == InstructionSet::kAvx2 ? WalkRowAvx2 : WalkRowSse2),
        tokenizer_(dialect) {
    walk_state_.delimiter = dialect.delimiter;
    walk_state_.quote = dialect.quote.value_or('\n');
    walk_state_.escape = dialect.escape.value_or('\n');
    walk_state_.multiline = dialect.multiline;
    walk_state_.empty_is_null = has_usual_nulls_;
    walk_state_.values.resize(fields_ + 1);  // the last one: of cells that are no field
    for (const int field : columns_->field_of_cell) {
      walk_state_.slots.push_back(
          static_cast<uint32_t>(field < 0 ? static_cast<int>(fields_) : field));
    }
    row_.values = {walk_state_.values.data(), fields_};
  }

  Result<UnitCounts> ReadUnit(WindowBuffer* window, int64_t stop_offset,
                              RecordSink* sink) override {
    UnitCounts counts;
    counts.first_offset = window->offset();
    walk_state_.Forget();
    while (window->offset() < stop_offset && !sink->is_full()) {
      const std::string_view unread = window->unread();
      if (unread.empty()) {
        if (window->at_end()) break;
        walk_state_.Forget();
        LAKEGATE_TRY(window->Fill());
        continue;
      }
      if (Skipped(unread, window, &counts)) {
        walk_state_.Forget();
        continue;
      }
      if (PlainRow(window, sink, &counts)) continue;
      // The tokenizer never sees more than a record may have, however much the window holds:
      // what becomes of a record must not depend on the window. Two more bytes for \r\n.
      const auto limit = static_cast<size_t>(limits_.max_record_bytes) + 2;
      const std::string_view seen = unread.substr(0, limit);
      const bool at_end = window->at_end() && seen.size() == unread.size();
      const auto outcome = tokenizer_.Read(seen.data(), seen.data() + seen.size(), at_end);
      if (outcome == CsvTokenizer::Outcome::kNeedMore) {
        if (unread.size() <= limit) {  // with exactly `limit` the file may end here
          LAKEGATE_TRY(window->Fill());
        } else {
          LAKEGATE_TRY(TooLong(window, sink, &counts));
        }
        continue;
      }
      if (tokenizer_.record_end() - seen.data() > limits_.max_record_bytes) {
        LAKEGATE_TRY(TooLong(window, sink, &counts));
        continue;
      }
      Deliver(outcome, unread, window->offset(), sink, &counts);
      window->Consume(static_cast<size_t>(tokenizer_.next() - unread.data()));
    }
    counts.end_offset = window->offset();
    return counts;
  }

 private:
  // Delivers and consumes the next row if it is whole and its cells stand in the text as they are.
  bool PlainRow(WindowBuffer* window, RecordSink* sink, UnitCounts* counts) {
    const std::string_view unread = window->unread();
    const char* end = unread.data() + unread.size();
    const char* newline = walk_(&walk_state_, unread.data(), end);
    if (newline == end) newline = nullptr;  // it may go on there
    const auto whole = newline ? static_cast<size_t>(newline + 1 - unread.data()) : 0;
    const auto size = whole - (newline && whole > 1 && newline[-1] == '\r' ? 2 : 1);
    if (!newline || static_cast<int64_t>(size) > limits_.max_record_bytes ||
        (walk_state_.high != 0 && !IsText(unread.substr(0, size)))) {
      walk_state_.Forget();
      return false;
    }
    if (!has_usual_nulls_) {
      for (RawValue& value : walk_state_.values) {
        if (value.kind == RawKind::kCell && IsNull(value.text())) value.kind = RawKind::kNull;
      }
    }
    const RecordSpan span{unread.substr(0, size), window->offset(), static_cast<int64_t>(size),
                          counts->lines};
    counts->lines += 1 + walk_state_.line_ends;
    counts->line_end_bytes += static_cast<int64_t>(whole - size);
    sink->OnRecord(span, row_);
    window->Consume(whole);
    return true;
  }

  // With bytes >= 0x80: the row is valid and needs no transcoding.
  bool IsText(std::string_view row) const {
    return dialect_.encoding == TextEncoding::kUtf8 &&
           simdjson::validate_utf8(row.data(), row.size());
  }

  // Consumes one blank or comment line, if the window starts with one.
  bool Skipped(std::string_view unread, WindowBuffer* window, UnitCounts* counts) const {
    const char first = unread[0];
    const bool comment = dialect_.comment && first == *dialect_.comment;
    if (!comment && first != '\n' && first != '\r' && first != ' ') return false;
    const auto limit = static_cast<size_t>(limits_.max_record_bytes) + 2;
    const std::string_view seen = unread.substr(0, limit);
    const void* newline = std::memchr(seen.data(), '\n', seen.size());
    if (!newline && (seen.size() == limit || !window->at_end())) return false;
    const size_t size = newline
                            ? static_cast<size_t>(static_cast<const char*>(newline) - unread.data())
                            : unread.size();
    if (!comment && !IsBlank(unread.substr(0, size))) return false;
    const size_t whole = size + (newline ? 1 : 0);
    counts->lines += 1;
    counts->blank_lines += 1;
    counts->skipped_bytes += static_cast<int64_t>(whole);
    window->Consume(whole);
    return true;
  }

  bool IsBlank(std::string_view line) const {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) return true;
    return dialect_.delimiter != ' ' && columns_->field_of_cell.size() > 1 &&
           line.find_first_not_of(' ') == std::string_view::npos;
  }

  void Deliver(CsvTokenizer::Outcome outcome, std::string_view unread, int64_t offset,
               RecordSink* sink, UnitCounts* counts) {
    const auto size = static_cast<size_t>(tokenizer_.record_end() - unread.data());
    RecordSpan span{unread.substr(0, size), offset, static_cast<int64_t>(size), counts->lines};
    counts->lines += std::max<int64_t>(tokenizer_.line_ends(), 1);
    counts->line_end_bytes += tokenizer_.next() - tokenizer_.record_end();
    if (outcome != CsvTokenizer::Outcome::kRecord) {
      const bool open = outcome == CsvTokenizer::Outcome::kOpenQuote;
      return sink->OnDamaged(
          span, {ReasonCode::kCsvQuote, tokenizer_.trouble() - unread.data(),
                 open ? "the quote that opens here is never closed, or not at the end of a cell"
                      : "a quote inside a cell: a quoted cell starts and ends with a quote, and "
                        "quotes inside it are doubled",
                 ""});
    }
    if (dialect_.encoding == TextEncoding::kUtf8 && tokenizer_.has_high_bytes() &&
        !simdjson::validate_utf8(span.bytes.data(), span.bytes.size())) {
      return sink->OnDamaged(span, {ReasonCode::kEncoding,
                                    static_cast<int64_t>(FirstInvalidUtf8(span.bytes).value_or(0)),
                                    "bytes that are not valid UTF-8", ""});
    }
    Record(span, sink);
  }

  void Record(const RecordSpan& span, RecordSink* sink) {
    const std::vector<RawValue>& cells = tokenizer_.cells();
    const size_t expected = columns_->field_of_cell.size();
    if (cells.size() != expected) {
      const bool missing = cells.size() < expected;
      const std::string hint =
          cells.size() == 1 ? HintAtDelimiter(cells[0].text(), dialect_.delimiter) : "";
      return sink->OnDamaged(
          span, {missing ? ReasonCode::kMissingCell : ReasonCode::kExtraCell, span.length,
                 "the row has " + std::to_string(cells.size()) + " cells, the header " +
                     std::to_string(expected) + hint,
                 ""});
    }
    values_.assign(fields_, RawValue{});
    transcoded_.Clear();
    for (size_t i = 0; i < expected; ++i) {
      const int field = columns_->field_of_cell[i];
      if (field < 0) continue;
      RawValue& value = values_[static_cast<size_t>(field)];
      value = cells[i];
      if (dialect_.encoding == TextEncoding::kLatin1 && tokenizer_.has_high_bytes()) {
        std::string& text = transcoded_.Next();
        AppendLatin1AsUtf8(value.text(), &text);
        TextArena::Pad(&text);
        value.data = text.data();
        value.size = static_cast<uint32_t>(text.size());
      }
      if (value.kind == RawKind::kCell && IsNull(value.text())) value.kind = RawKind::kNull;
    }
    record_.values = values_;
    sink->OnRecord(span, record_);
  }

  bool IsNull(std::string_view cell) const {
    for (const std::string& null : dialect_.null_values) {
      if (cell == null) return true;
    }
    return false;
  }

  // A record beyond the limit: a quote that was never closed if its first line is short, else one
  // endless line. Only the first physical line is set aside.
  Status TooLong(WindowBuffer* window, RecordSink* sink, UnitCounts* counts) const {
    const auto limit = static_cast<size_t>(limits_.max_record_bytes) + 2;
    const std::string_view seen = window->unread().substr(0, limit);
    const void* newline = std::memchr(seen.data(), '\n', seen.size());
    auto size = newline ? static_cast<size_t>(static_cast<const char*>(newline) - seen.data())
                        : seen.size();
    const size_t whole = size + 1;
    if (newline && size > 0 && seen[size - 1] == '\r') --size;
    if (!newline || static_cast<int64_t>(size) > limits_.max_record_bytes) {
      return RefuseLongLine(window, limits_, sink, counts);
    }
    counts->line_end_bytes += static_cast<int64_t>(whole - size);
    sink->OnDamaged(
        {seen.substr(0, size), window->offset(), static_cast<int64_t>(size), counts->lines},
        {ReasonCode::kCsvQuote, 0,
         "a quote opens in this line and is not closed within max_record_bytes", ""});
    ++counts->lines;
    window->Consume(whole);
    return {};
  }

  const size_t fields_;
  const CsvDialect dialect_;
  const ReadLimits limits_;
  const std::shared_ptr<const CsvColumns> columns_;  // shared by the readers of all threads
  const bool has_usual_nulls_ = dialect_.null_values == std::vector<std::string>{""};
  const char* (*const walk_)(CsvWalkState*, const char*, const char*);
  CsvWalkState walk_state_;
  RawRecord row_;           // of walk_state_
  CsvTokenizer tokenizer_;  // for the rows that walk_ leaves
  RawRecord record_;
  std::vector<RawValue> values_;  // of the record
  TextArena transcoded_;
};

}  // namespace

std::unique_ptr<RecordReader> MakeCsvReader(const CheckPlan& plan, const CsvDialect& dialect,
                                            const ReadLimits& limits,
                                            std::shared_ptr<const CsvColumns> columns) {
  return std::make_unique<CsvReader>(plan, dialect, limits, std::move(columns));
}

}  // namespace lakegate
