#include "run/job_input.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "read/line_cursor.h"
#include "read/utf16_csv_reader.h"
#include "read/utf16_text.h"

namespace lakegate {
namespace {

constexpr size_t kPipelineBufferBytes = 1024 * 1024;
constexpr size_t kPipelineBuffers = 6;
constexpr int64_t kUnitsPerFile = 16;

constexpr size_t kBytesThatShowTheOrder = 64;
constexpr const char* kUtf16Text = "UTF-16 text";

// The first bytes of a pipe, then the rest of it.
class ReplayedSource : public ByteSource {
 public:
  ReplayedSource(std::vector<char> head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  Result<size_t> Read(std::span<char> out) override {
    const size_t replayed = std::min(out.size(), head_.size() - position_);
    std::copy_n(head_.begin() + static_cast<ptrdiff_t>(position_), replayed, out.begin());
    position_ += replayed;
    LAKEGATE_ASSIGN(const size_t got, rest_->Read(out.subspan(replayed)));
    return replayed + got;
  }

 private:
  std::vector<char> head_;
  size_t position_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// Formats that people send by mistake; empty if the bytes may be text.
std::string NameOfBinary(std::string_view head) {
  if (head.starts_with("PAR1")) return "a Parquet file";
  if (head.starts_with("PK\x03\x04")) return "a ZIP archive (or an Excel workbook)";
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) return kUtf16Text;
  if (head.starts_with("\xD0\xCF\x11\xE0")) return "an old Excel workbook";
  if (head.starts_with("%PDF")) return "a PDF file";
  if (head.starts_with("BZh")) return "bzip2 data";
  if (head.starts_with("\xFD"
                       "7zXZ"))
    return "xz data";
  return "";
}

}  // namespace

ByteRange JobInput::unit_range(int64_t unit) const {
  const int64_t begin = unit * unit_bytes_;
  return {begin, unit + 1 == unit_count_ ? info_.size : begin + unit_bytes_};
}

Result<std::unique_ptr<JobInput>> JobInput::Open(Storage* storage, const std::string& path,
                                                 const CheckPlan& plan,
                                                 const ReadOptions& options) {
  std::unique_ptr<JobInput> input(new JobInput(plan, options));
  input->path_ = path;
  const FormatGuess guess = GuessFormat(path);
  input->format_ = options.forced_format.value_or(guess.format.value_or(FileFormat::kNdjson));
  input->dialect_ = options.format.csv;
  if (guess.is_tsv && !input->dialect_.delimiter_given) input->dialect_.delimiter = '\t';
  if (path != kStandardInput) {
    LAKEGATE_ASSIGN(input->file_, storage->OpenRead(path));
    LAKEGATE_ASSIGN(input->info_, input->file_->Stat());
    const FileExpectations& expect = options.expect;
    const int64_t size = input->info_.size;
    if (size == 0 && expect.min_bytes > 0) {
      input->reasons_.push_back({ReasonCode::kEmptyFile, "", "the file has no bytes"});
    } else if (size < expect.min_bytes) {
      input->reasons_.push_back({ReasonCode::kTooSmall, "",
                                 "the file has " + std::to_string(size) + " bytes, expected " +
                                     std::to_string(expect.min_bytes) + " or more"});
    }
    if (expect.max_bytes && size > *expect.max_bytes) {
      input->reasons_.push_back({ReasonCode::kTooLarge, "",
                                 "the file has " + std::to_string(size) + " bytes, expected " +
                                     std::to_string(*expect.max_bytes) + " or fewer"});
    }
    if (!input->reasons_.empty()) return input;
  }
  if (!options.forced_format && !guess.format && path != kStandardInput) {
    input->reasons_.push_back({ReasonCode::kUnknownFormat, "",
                               "the name does not say the format; known are .json .jsonl .ndjson "
                               ".csv .tsv, also with .gz or .zst"});
    return input;
  }
  LAKEGATE_TRY(input->Sniff());
  if (!input->reasons_.empty() || input->is_stream_) return input;
  WindowBuffer window(options.window_bytes);
  const auto source = MakeFileSource(input->file_.get(), 0);
  window.Start(source.get(), 0);
  LAKEGATE_TRY(input->ReadPreamble(&window));
  input->PlanUnits();
  return input;
}

FileReason DamageReason(const Error& error) {
  const std::string& message = error.message;
  if (message.starts_with("truncated")) return {ReasonCode::kTruncatedFile, "", message};
  if (message.starts_with("checksum") || message.starts_with("damaged")) {
    return {ReasonCode::kChecksum, "", message};
  }
  return {ReasonCode::kUnknownFormat, "", message + (error.hint.empty() ? "" : "; " + error.hint)};
}

Status JobInput::Sniff() {
  std::array<char, 8> head{};
  size_t got = 0;
  std::unique_ptr<ByteSource> pipe;
  if (file_) {
    LAKEGATE_ASSIGN(got, file_->ReadAt(0, head));
  } else {
    pipe = MakeDescriptorSource(STDIN_FILENO);
    LAKEGATE_ASSIGN(got, pipe->Read(head));
    pipe = std::make_unique<ReplayedSource>(std::vector<char>(head.begin(), head.begin() + got),
                                            std::move(pipe));
  }
  const std::string binary = NameOfBinary({head.data(), got});
  const bool is_utf16 = format_ == FileFormat::kCsv && dialect_.encoding == TextEncoding::kUtf16;
  if (!binary.empty() && !(is_utf16 && binary == kUtf16Text)) {
    const bool may_be = format_ == FileFormat::kCsv && binary == kUtf16Text;
    reasons_.push_back({ReasonCode::kUnknownFormat, "",
                        "this is " + binary + ", not " + std::string(Name(format_)) + " text" +
                            (may_be ? " in UTF-8: declare the encoding utf-16" : "")});
  }
  compression_ = DetectCompression({head.data(), got});
  is_stream_ = !file_ || compression_ != Compression::kNone || is_utf16;
  if (!is_stream_) return {};
  if (!pipe) pipe = MakeFileSource(file_.get(), 0);
  if (compression_ == Compression::kGzip) pipe = MakeGzipSource(std::move(pipe));
  if (compression_ == Compression::kZstd) pipe = MakeZstdSource(std::move(pipe));
  source_ = std::move(pipe);
  unit_bytes_ = options_.max_unit_bytes;
  return {};
}

Status JobInput::ReadPreamble(WindowBuffer* window) {
  if (format_ == FileFormat::kNdjson) {
    LAKEGATE_ASSIGN(data_offset_, SkipByteOrderMark(window));
    return {};
  }
  if (dialect_.encoding == TextEncoding::kUtf16) {
    while (window->unread().size() < kBytesThatShowTheOrder && !window->at_end()) {
      LAKEGATE_TRY(window->Fill());
    }
    dialect_.encoding = ByteOrderOf(window->unread().substr(0, kBytesThatShowTheOrder));
  }
  Result<CsvPreamble> preamble = IsUtf16()
                                     ? ReadUtf16CsvPreamble(window, dialect_, options_.window_bytes)
                                     : ReadCsvPreamble(window, dialect_);
  if (!preamble) {
    if (preamble.error().code != ErrorCode::kInvalidData) return preamble.error();
    reasons_.push_back(DamageReason(preamble.error()));
    return {};
  }
  data_offset_ = preamble->bytes;
  preamble_lines_ = preamble->lines;
  if (dialect_.header && !preamble->has_header) {
    reasons_.push_back({ReasonCode::kEmptyFile, "", "the file has no header"});
    return {};
  }
  HeaderMatch match =
      dialect_.header ? MatchHeader(preamble->labels, plan_, dialect_) : HeaderFromContract(plan_);
  reasons_ = std::move(match.reasons);
  columns_ = std::move(match.columns);
  return {};
}

void JobInput::PlanUnits() {
  unit_bytes_ =
      std::clamp(info_.size / kUnitsPerFile, options_.min_unit_bytes, options_.max_unit_bytes);
  unit_count_ = std::max<int64_t>((info_.size + unit_bytes_ - 1) / unit_bytes_, 1);
}

bool JobInput::has_line_records() const {
  if (format_ == FileFormat::kNdjson) return true;
  return !IsUtf16() && (!dialect_.quote || !dialect_.multiline);
}

bool JobInput::IsUtf16() const { return dialect_.encoding >= TextEncoding::kUtf16; }

Status JobInput::StartStream() {
  if (!has_line_records()) {  // read in order by one thread, so another one inflates
    source_ = MakePipelinedSource(std::move(source_), kPipelineBufferBytes, kPipelineBuffers);
  }
  stream_ = std::make_unique<StreamCutter>(std::move(source_), static_cast<size_t>(unit_bytes_));
  WindowBuffer window(options_.window_bytes);
  window.Start(stream_.get(), 0);
  if (Status status = ReadPreamble(&window); !status) {
    if (status.error().code != ErrorCode::kInvalidData) return status;
    reasons_.push_back(DamageReason(status.error()));
  }
  stream_->PutBack(window.unread());
  return {};
}

std::unique_ptr<RecordReader> JobInput::MakeReader() const {
  if (format_ == FileFormat::kNdjson) return MakeNdjsonReader(plan_, options_.format.limits);
  if (IsUtf16()) {
    return MakeUtf16CsvReader(plan_, dialect_, options_.format.limits, columns_,
                              options_.window_bytes);
  }
  return MakeCsvReader(plan_, dialect_, options_.format.limits, columns_);
}

Status JobInput::Pin(PinnedInput* pinned) const {
  if (!file_) return {};
  const bool is_time_pinned = pinned->size.has_value();  // then also that none is wanted
  const bool same = pinned->size.value_or(info_.size) == info_.size &&
                    pinned->mtime_ns.value_or(info_.mtime_ns) == info_.mtime_ns;
  if (!same) {
    return Error{ErrorCode::kConflict, "'" + path_ + "' was changed while it was read",
                 "let the producer write it elsewhere and rename it into place; then run again"};
  }
  pinned->size = info_.size;
  if (!is_time_pinned) pinned->mtime_ns = info_.mtime_ns;
  return {};
}

Status JobInput::CheckUnchanged() {
  if (!file_) return {};
  LAKEGATE_ASSIGN(const FileInfo now, file_->Stat());
  if (now.size == info_.size && now.mtime_ns == info_.mtime_ns) return {};
  return Error{ErrorCode::kConflict, "'" + path_ + "' was changed while it was read",
               "let the producer write it elsewhere and rename it into place; then run again"};
}

}  // namespace lakegate
