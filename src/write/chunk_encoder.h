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
#include "write/leaf_piece.h"
#include "write/level_buffer.h"
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
  // kInt32, kInt64 without a dictionary: DELTA_BINARY_PACKED. kBytes is DELTA_LENGTH_BYTE_ARRAY.
  bool delta() const {
    return physical == PhysicalType::kInt32 || physical == PhysicalType::kInt64;
  }
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
  uint32_t dictionary_values = 0;  // 0: there is none
  int64_t entries = 0;
  int64_t nulls = 0;
  EncodedRange range;
};

// Append any number of times, then Finish, then again from the start. The same values make the same
// bytes, however they are divided among calls.
class ChunkEncoder {
 public:
  // `type` is the column's; `compressor` may be null, and is borrowed.
  ChunkEncoder(const ValueType& type, const ChunkOptions& options, PageCompressor* compressor);

  void Append(const ColumnBuffer& leaf, const LeafLevels& levels, int64_t rows);
  // Valid until the next Append.
  const EncodedChunk& Finish();

 private:
  size_t PlainBytes() const { return plain_.size() + numbers_.size() * sizeof(int32_t); }
  void StartChunk();
  void AppendPiece(const LeafPiece& piece);
  void AppendLevels(const LeafPiece& piece);
  bool AppendIndexes(const LeafPiece& piece);
  void EndBlock();
  bool HasTooManyValues() const;
  void FallBack();
  void AppendPlain(const LeafPiece& piece);
  void AppendPlainTexts(const LeafPiece& piece);
  void AppendPlainDecimals(const LeafPiece& piece);
  void AppendPlainWords(const uint64_t* words, size_t count);
  void AppendPlainByIndex(size_t begin, size_t end);

  void CutPlainPage(const LeafPlace& end);
  void CutIndexPage(const LeafPlace& end);
  void StartPage(const LeafPlace& end);
  void EndPage(const LeafPlace& end, EncodedRange range);
  void MakeDictionaryPage();
  EncodedRange TakePageRange();
  EncodedRange RangeOfIndexes(size_t begin, size_t end);
  EncodedRange Encode(const ValueRange<int64_t>& range) const;
  EncodedRange Encode(const ValueRange<Int128>& range) const;
  std::string EncodeWord(uint64_t word) const;

  const ChunkOptions options_;
  const NumberOrder order_;
  PageCompressor* const compressor_;  // null: not compressed
  int max_definition_ = 0;
  int max_repetition_ = 0;

  bool uses_dictionary_;
  ValueDictionary dictionary_;
  std::vector<uint16_t> indexes_;  // of pending values, with a dictionary
  std::vector<LeafPlace> blocks_;  // the ends of pending blocks, with a dictionary
  ByteBuffer plain_;               // pending values, without; of texts the characters,
  std::vector<int64_t> numbers_;   // and here their lengths; the values of integers
  LevelBuffer definition_, repetition_;
  LeafPlace start_;        // of the next page
  LeafPlace pending_;      // end of what is pending
  int64_t first_row_ = 0;  // of what is pending, in the row group

  ValueRange<int64_t> page_numbers_, chunk_numbers_;  // sort keys
  ValueRange<Int128> page_decimals_, chunk_decimals_;
  std::vector<uint64_t> words_;
  std::vector<uint8_t> is_used_;
  ByteBuffer page_;
  EncodedChunk chunk_;
  bool is_finished_ = true;
};

}  // namespace lakegate
