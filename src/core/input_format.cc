#include "core/input_format.h"

#include <cctype>

namespace lakegate {
namespace {

bool EndsWithIgnoringCase(std::string_view text, std::string_view ending) {
  if (text.size() < ending.size()) return false;
  text.remove_prefix(text.size() - ending.size());
  for (size_t i = 0; i < ending.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != ending[i]) return false;
  }
  return true;
}

}  // namespace

const char* Name(FileFormat format) { return format == FileFormat::kNdjson ? "ndjson" : "csv"; }

const char* Name(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
  }
  return "?";
}

FormatGuess GuessFormat(std::string_view file_name) {
  FormatGuess guess;
  for (auto [ending, compression] : {std::pair{std::string_view(".gz"), Compression::kGzip},
                                     {std::string_view(".zst"), Compression::kZstd}}) {
    if (EndsWithIgnoringCase(file_name, ending)) {
      guess.compression = compression;
      file_name.remove_suffix(ending.size());
      break;
    }
  }
  for (std::string_view ending : {".json", ".jsonl", ".ndjson"}) {
    if (EndsWithIgnoringCase(file_name, ending)) guess.format = FileFormat::kNdjson;
  }
  if (EndsWithIgnoringCase(file_name, ".csv")) guess.format = FileFormat::kCsv;
  if (EndsWithIgnoringCase(file_name, ".tsv")) {
    guess.format = FileFormat::kCsv;
    guess.is_tsv = true;
  }
  return guess;
}

}  // namespace lakegate
