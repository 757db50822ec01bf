// How the bytes of a landed file are to be read. Shared by config (which parses it) and read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate {

enum class FileFormat : uint8_t { kNdjson, kCsv };
enum class Compression : uint8_t { kNone, kGzip, kZstd };
// kUtf16: of which byte order, the file says; a reader is given one of the other two.
enum class TextEncoding : uint8_t { kUtf8, kLatin1, kUtf16, kUtf16Le, kUtf16Be };
enum class DuplicateKeys : uint8_t { kReject, kFirst, kLast };
enum class ColumnOrder : uint8_t { kExact, kAny };

// RFC 4180 with the deviations that occur in the wild.
struct CsvDialect {
  char delimiter = ',';
  bool delimiter_given = false;     // else a file called .tsv has tabs
  std::optional<char> quote = '"';  // none: quotes are ordinary bytes
  std::optional<char> escape;       // e.g. '\\'; none: a quote is escaped by doubling it
  bool header = true;               // the first record names the columns
  TextEncoding encoding = TextEncoding::kUtf8;
  std::vector<std::string> null_values = {""};  // of unquoted cells
  std::optional<char> comment;                  // lines that start with it are skipped
  int64_t skip_lines = 0;                       // before the header
  bool multiline = true;                        // a quoted cell may contain line breaks
  ColumnOrder order = ColumnOrder::kExact;
};

struct ReadLimits {
  int max_depth = 64;                           // JSON nesting
  int64_t max_record_bytes = 16 * 1024 * 1024;  // longer ones are `too-long`
  // Of one JSON record, with those that are absent from known objects in its lists; also
  // `too-long`. A record of 16 MB cannot write down more than 8 million.
  size_t max_values = 10'000'000;
  DuplicateKeys duplicate_keys = DuplicateKeys::kReject;
};

struct InputFormat {
  FileFormat format = FileFormat::kNdjson;
  CsvDialect csv;
  ReadLimits limits;
};

const char* Name(FileFormat format);        // "ndjson", "csv"
const char* Name(Compression compression);  // "none", "gzip", "zstd"

// From the name: .json .jsonl .ndjson .csv .tsv, each also with .gz or .zst behind it.
// A tsv is a kCsv whose default delimiter is a tab: see is_tsv.
struct FormatGuess {
  std::optional<FileFormat> format;
  bool is_tsv = false;
  Compression compression = Compression::kNone;
};
FormatGuess GuessFormat(std::string_view file_name);

}  // namespace lakegate
