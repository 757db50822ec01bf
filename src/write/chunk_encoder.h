// One column chunk: the values of a leaf in a row group, encoded and compressed page by page.
//
// Arrow's encoders take about twice the time: they build a hash table with its allocations for
// every dictionary, copy every page twice and write levels one by one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/byte_buffer.h"
#include "core/column_buffer.h"
#include "write/leaf_levels.h"
#include "write/page_compressor.h"
#include "write/value_dictionary.h"
#include "write/value_range.h"

namespace lakegate {

enum class PhysicalType : uint8_t { kBoolean, kInt32, kInt64, kFloat, kDouble, kFixed, kBytes };
enum class DictionaryUse : uint8_t {
  kNever,
  kIfFewValues,  // as the values of the row group prove
  kAlways,       // unless there are more than ValueDictionary::kMaxValues
};

struct ChunkOptions {
  PhysicalType physical = PhysicalType::kBytes;
  int fixed_bytes = 0;  // kFixed: decimals, big endian
  DictionaryUse dictionary = DictionaryUse::kIfFewValues;
  bool compress = true;
};

// As Parquet writes them; nothing is known of texts without a dictionary.
struct EncodedRange {
  bool is_known = false;
  std::string least, greatest;
};

struct EncodedPage {
  size_t offset = 0;  // in EncodedChunk::bytes
  size_t size = 0;
  size_t raw_size = 0;  // before compression
  int64_t entries = 0;  // values, nulls and empty lists
  int64_t nulls = 0;    // of the entries
  int64_t first_row = 0;
  EncodedRange range;
};

struct EncodedChunk {
  ByteBuffer bytes;  // of all data pages
  std::vector<EncodedPage> pages;
  ByteBuffer dictionary;           // not compressed
  uint32_t dictionary_values = 0;  // 0: there is none, and the pages are PLAIN
  int64_t entries = 0;
  int64_t nulls = 0;
  EncodedRange range;
};

// Append any number of times, then Finish, then again from the start. Pages end where an Append
// ends. The same values make the same bytes.
class ChunkEncoder {
 public:
  // `type` is the column's; `compressor` may be null, and is borrowed.
  ChunkEncoder(const ValueType& type, const ChunkOptions& options, PageCompressor* compressor);

  void Append(const ColumnBuffer& leaf, const LeafLevels& levels, int64_t rows);
  // Valid until the next Append.
  const EncodedChunk& Finish();

 private:
  // What was appended up to some moment, from the first pending row on.
  struct Place {
    size_t entries = 0;
    size_t values = 0;
    int64_t rows = 0;
  };

  // Levels that were not written yet.
  class LevelBuffer {
   public:
    void Append(const std::vector<uint8_t>& levels, size_t constant_count, int constant);
    void AppendEncoded(size_t begin, size_t end, int max, ByteBuffer* out) const;
    void Clear();

   private:
    size_t count_ = 0;
    bool is_constant_ = true;
    uint8_t constant_ = 0;
    std::vector<uint8_t> levels_;  // unless is_constant_
  };

  void AppendLevels(const LeafLevels& levels);
  bool AppendIndexes(const ColumnBuffer& leaf, const LeafLevels& levels);
  bool HasTooManyValues() const;
  void FallBack();
  void AppendPlain(const ColumnBuffer& leaf, const LeafLevels& levels);
  void AppendPlainTexts(const ColumnBuffer& leaf, const LeafLevels& levels);
  void AppendPlainDecimals(const ColumnBuffer& leaf, const LeafLevels& levels);
  void AppendPlainWords(const uint64_t* words, size_t count);
  void AppendPlainByIndex(size_t begin, size_t end);
  const uint64_t* GatherWords(const ColumnBuffer& leaf, const LeafLevels& levels);

  void CutPlainPage(const Place& end);
  void CutIndexPage(const Place& end);
  void StartPage(const Place& end);
  void EndPage(const Place& end, EncodedRange range);
  void MakeDictionaryPage();
  EncodedRange TakePageRange();
  EncodedRange RangeOfIndexes(size_t begin, size_t end);
  EncodedRange Encode(const ValueRange<int64_t>& range) const;
  EncodedRange Encode(const ValueRange<Int128>& range) const;
  std::string EncodeWord(uint64_t word) const;

  const ValueType type_;
  const ChunkOptions options_;
  const NumberOrder order_;
  PageCompressor* const compressor_;  // null: not compressed
  int max_definition_ = 0;
  int max_repetition_ = 0;

  bool uses_dictionary_;
  ValueDictionary dictionary_;
  std::vector<uint16_t> indexes_;  // of pending values, with a dictionary
  std::vector<Place> appended_;    // the end of every Append that is pending, with a dictionary
  ByteBuffer plain_;               // pending values, without
  LevelBuffer definition_, repetition_;
  Place start_;            // of the next page
  Place pending_;          // end of what is pending
  int64_t first_row_ = 0;  // of what is pending, in the row group

  ValueRange<int64_t> page_numbers_, chunk_numbers_;  // sort keys
  ValueRange<Int128> page_decimals_, chunk_decimals_;
  std::vector<uint64_t> words_;
  std::vector<uint8_t> is_used_;
  ByteBuffer page_;
  EncodedChunk chunk_;
  bool is_finished_ = false;
};

}  // namespace lakegate
