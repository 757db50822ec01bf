#include "read/utf16_csv_reader.h"

#include "read/utf16_text.h"

namespace lakegate {
namespace {

// What is read is kept until its unit ends: that many bytes of UTF-8 at most.
size_t MostBytes(const ReadLimits& limits) {
  return static_cast<size_t>(limits.max_record_bytes) * 2 + (size_t{64} << 20);
}

CsvDialect AsUtf8(CsvDialect dialect) {
  dialect.encoding = TextEncoding::kUtf8;
  return dialect;
}

// Passes records on with the bytes and offsets that they have in the file.
class OriginalSink : public RecordSink {
 public:
  // `begin`: offset in the file where the text starts.
  OriginalSink(Utf16Text* text, int64_t begin, RecordSink* inner)
      : text_(*text), begin_(begin), inner_(*inner) {}

  void OnRecord(const RecordSpan& span, const RawRecord& record) override {
    inner_.OnRecord(Original(span, OriginalSize(span.offset)), record);
    is_full_ = inner_.is_full();
  }

  void OnDamaged(const RecordSpan& span, Damage damage) override {
    const size_t start = OriginalSize(span.offset);
    damage.column = static_cast<int64_t>(OriginalSize(span.offset + damage.column) - start);
    if (damage.code == ReasonCode::kEncoding)
      damage.message = "half a pair of surrogates: no UTF-16";
    inner_.OnDamaged(Original(span, start), std::move(damage));
    is_full_ = inner_.is_full();
  }

  bool WantsWords() const override { return inner_.WantsWords(); }
  int64_t record_bytes() const { return record_bytes_; }

 private:
  size_t OriginalSize(int64_t offset) { return text_.OriginalSize(static_cast<size_t>(offset)); }

  RecordSpan Original(const RecordSpan& span, size_t start) {
    RecordSpan original = span;
    const size_t shown = OriginalSize(span.offset + static_cast<int64_t>(span.bytes.size()));
    const size_t end = OriginalSize(span.offset + span.length);
    original.offset = begin_ + static_cast<int64_t>(start);
    original.length = static_cast<int64_t>(end - start);
    original.bytes = text_.Original(start, shown);
    record_bytes_ += original.length;
    return original;
  }

  Utf16Text& text_;
  const int64_t begin_;
  RecordSink& inner_;
  int64_t record_bytes_ = 0;
};

class Utf16CsvReader : public RecordReader {
 public:
  Utf16CsvReader(const CheckPlan& plan, const CsvDialect& dialect, const ReadLimits& limits,
                 std::shared_ptr<const CsvColumns> columns, size_t window_bytes)
      : encoding_(dialect.encoding),
        max_bytes_(MostBytes(limits)),
        reader_(MakeCsvReader(plan, AsUtf8(dialect), limits, std::move(columns))),
        inner_(window_bytes) {}

  Result<UnitCounts> ReadUnit(WindowBuffer* window, int64_t stop_offset,
                              RecordSink* sink) override {
    const int64_t begin = window->offset();
    Utf16Text text(window, encoding_, max_bytes_);
    OriginalSink original(&text, begin, sink);
    inner_.Start(&text, 0);
    // A character has at least half as many bytes in UTF-8: this may stop early, never late.
    const int64_t stop = (stop_offset - begin + 1) / 2;
    LAKEGATE_ASSIGN(UnitCounts counts, reader_->ReadUnit(&inner_, stop, &original));
    const size_t size = text.OriginalSize(static_cast<size_t>(counts.end_offset));
    window->Consume(size);
    counts.first_offset = begin;
    counts.end_offset = begin + static_cast<int64_t>(size);
    counts.line_end_bytes *= 2;
    counts.skipped_bytes =
        static_cast<int64_t>(size) - original.record_bytes() - counts.line_end_bytes;
    return counts;
  }

 private:
  const TextEncoding encoding_;
  const size_t max_bytes_;
  const std::unique_ptr<RecordReader> reader_;
  WindowBuffer inner_;  // UTF-8
};

}  // namespace

std::unique_ptr<RecordReader> MakeUtf16CsvReader(const CheckPlan& plan, const CsvDialect& dialect,
                                                 const ReadLimits& limits,
                                                 std::shared_ptr<const CsvColumns> columns,
                                                 size_t window_bytes) {
  return std::make_unique<Utf16CsvReader>(plan, dialect, limits, std::move(columns), window_bytes);
}

Result<CsvPreamble> ReadUtf16CsvPreamble(WindowBuffer* window, const CsvDialect& dialect,
                                         size_t window_bytes) {
  Utf16Text text(window, dialect.encoding, MostBytes({}));
  WindowBuffer inner(window_bytes);
  inner.Start(&text, 0);
  LAKEGATE_ASSIGN(CsvPreamble preamble, ReadCsvPreamble(&inner, AsUtf8(dialect)));
  const size_t size = text.OriginalSize(static_cast<size_t>(preamble.bytes));
  window->Consume(size);
  preamble.bytes = static_cast<int64_t>(size);
  return preamble;
}

}  // namespace lakegate
