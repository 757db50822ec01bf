#include "run/unit_worker.h"

#include <algorithm>
#include <utility>

#include "read/line_cursor.h"

namespace lakegate {
UnitWorker::UnitWorker(const CheckPlan& plan, const MetricLayout& layout,
                       const WorkerOptions& options)
    : plan_(plan),
      options_(options),
      observer_(plan, layout),
      timed_observer_(&observer_, &times_.metrics),
      window_(options.window_bytes) {}

RecordChecker& UnitWorker::CheckerFor(FileFormat format) {
  auto& checker = format == FileFormat::kNdjson ? ndjson_checker_ : csv_checker_;
  if (!checker) {
    RecordCheckerOptions options = options_.checker;
    options.is_csv = format == FileFormat::kCsv;
    if (options.clean == CleanText::kCopyLines && format == FileFormat::kCsv) {
      options.clean = CleanText::kCellsAsJson;
    }
    RecordObserver* observer = &observer_;
    if (options_.profile) observer = &timed_observer_;
    checker = std::make_unique<RecordChecker>(plan_, options, observer);
  }
  return *checker;
}

void UnitWorker::UseReaderFor(JobInput* input) {
  if (reader_input_ == input->index) return;
  reader_ = input->MakeReader();
  reader_input_ = input->index;
}

RecordChecker& UnitWorker::StartUnit(JobInput* input, UnitBundle* bundle) {
  UseReaderFor(input);
  RecordChecker& checker = CheckerFor(input->format());
  checker.Start(&bundle->result);
  observer_.Start(&bundle->metrics);
  times_ = {};
  return checker;
}

Result<UnitCounts> UnitWorker::ReadTimed(int64_t stop_offset, RecordChecker* checker,
                                         UnitBundle* bundle) {
  TimedSink sink(checker, &times_.check);
  const int64_t read_before = times_.read;  // to find the first record
  const int64_t start = Ticks();
  Result<UnitCounts> counts = reader_->ReadUnit(&window_, stop_offset, &sink);
  times_.walk = Ticks() - start - times_.check - (times_.read - read_before);
  times_.check -= times_.metrics;
  bundle->times = times_;
  return counts;
}

Result<UnitCounts> UnitWorker::Read(int64_t stop_offset, RecordChecker* checker,
                                    UnitBundle* bundle) {
  Result<UnitCounts> counts = options_.profile ? ReadTimed(stop_offset, checker, bundle)
                                               : reader_->ReadUnit(&window_, stop_offset, checker);
  bundle->ends_unit = !counts || !checker->is_full() || counts->end_offset >= stop_offset;
  return counts;
}

Status UnitWorker::ReadPlain(JobInput* input, ByteRange range, std::optional<int64_t> exact_start,
                             UnitBundle* bundle) {
  RecordChecker& checker = StartUnit(input, bundle);
  const bool align = !exact_start && range.begin > 0;
  const int64_t data_begin = std::max(range.begin, input->preamble_bytes());
  const int64_t begin = exact_start.value_or(data_begin - (align ? 1 : 0));
  const auto source = MakeFileSource(input->file(), begin);
  TimedSource timed(source.get(), &times_.read);
  window_.Start(options_.profile ? &timed : source.get(), begin);
  if (align) {
    LAKEGATE_ASSIGN(const bool found, SkipLine(&window_));
    (void)found;
  }
  LAKEGATE_ASSIGN(bundle->result.counts, Read(range.end, &checker, bundle));
  return {};
}

Result<bool> UnitWorker::TakeUnit(JobInput* input, UnitBundle* bundle) {
  Result<bool> taken = TakeUndamaged(input, bundle);
  if (taken || taken.error().code != ErrorCode::kInvalidData) return taken;
  bundle->file_damage = DamageReason(taken.error());
  bundle->last = true;
  return false;
}

Result<bool> UnitWorker::TakeUndamaged(JobInput* input, UnitBundle* bundle) {
  if (input->has_line_records()) {
    piece_ticks_ = 0;
    const TickTimer timer(&piece_ticks_);
    LAKEGATE_ASSIGN(const bool taken, input->stream()->Next(&piece_));
    if (taken) {
      bundle->last = piece_.is_last;
      return true;
    }
  }
  LAKEGATE_TRY(ReadOnStream(input, bundle));
  return false;
}

Status UnitWorker::ReadPiece(JobInput* input, std::optional<int64_t> start, UnitBundle* bundle) {
  RecordChecker& checker = StartUnit(input, bundle);
  times_.read = std::exchange(piece_ticks_, 0);
  const int64_t begin = start.value_or(piece_.offset);
  window_.Start(piece_.text().substr(static_cast<size_t>(begin - piece_.offset)), begin);
  LAKEGATE_ASSIGN(bundle->result.counts, Read(piece_.end(), &checker, bundle));
  bundle->last = piece_.is_last && bundle->ends_unit;
  return {};
}

// Records that may be longer than a piece, straight from the stream.
Status UnitWorker::ReadOnStream(JobInput* input, UnitBundle* bundle) {
  RecordChecker& checker = StartUnit(input, bundle);
  StreamCutter* stream = input->stream();
  TimedSource timed(stream, &times_.read);
  window_.Start(options_.profile ? static_cast<ByteSource*>(&timed) : stream, stream->offset());
  LAKEGATE_ASSIGN(bundle->result.counts,
                  Read(stream->offset() + input->unit_bytes(), &checker, bundle));
  bundle->ends_unit = true;  // what it leaves is the next unit's
  bundle->last = window_.at_end() && window_.unread().empty();
  stream->PutBack(window_.unread());
  return {};
}

}  // namespace lakegate
