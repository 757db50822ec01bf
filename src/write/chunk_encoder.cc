#include "write/chunk_encoder.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/check.h"
#include "write/delta_encoder.h"
#include "write/hybrid_encoder.h"

namespace lakegate {
namespace {

// zstd's tables for so much stay in the first cache; larger pages took longer and were no smaller.
constexpr size_t kPageBytes = 128 * 1024;
constexpr size_t kIndexPageEntries = 20'000;
constexpr int64_t kBlockRows = 1024;
constexpr size_t kTrialValues = 1024;   // before a dictionary is given up
constexpr size_t kMaxRangeBytes = 256;  // of a text that is least or greatest

NumberOrder OrderOf(const ValueType& type) {
  switch (type.kind) {
    case TypeKind::kDouble:
      return type.bits == 32 ? NumberOrder::kFloat : NumberOrder::kDouble;
    case TypeKind::kInteger:
      return type.is_signed ? NumberOrder::kSigned : NumberOrder::kUnsigned;
    default:
      return NumberOrder::kSigned;
  }
}

std::string_view TextAt(const char* characters, const int32_t* ends, size_t position) {
  const int32_t begin = ends[position];
  return {characters + begin, static_cast<size_t>(ends[position + 1] - begin)};
}

const int32_t* OffsetsOf(const ColumnBuffer& leaf) {
  return reinterpret_cast<const int32_t*>(leaf.offsets().data());
}

}  // namespace

ChunkEncoder::ChunkEncoder(const ValueType& type, const ChunkOptions& options,
                           PageCompressor* compressor)
    : options_(options),
      order_(OrderOf(type)),
      compressor_(options.compress ? compressor : nullptr),
      uses_dictionary_(options.dictionary != DictionaryUse::kNever) {
  const bool has_none =
      options.physical == PhysicalType::kBoolean || options.physical == PhysicalType::kFixed;
  LAKEGATE_CHECK(!(has_none && uses_dictionary_), "no dictionaries of booleans and long decimals");
}

// In blocks of rows, counted from the row group's start. Whether a page ends and whether a
// dictionary is worth it is asked at their ends only: else it would matter how rows come in.
void ChunkEncoder::Append(const ColumnBuffer& leaf, const LeafLevels& levels, int64_t rows) {
  if (is_finished_) StartChunk();
  max_definition_ = levels.max_definition;
  max_repetition_ = levels.max_repetition;
  LeafPlace done;
  while (done.rows < rows) {
    const int64_t in_block = (first_row_ + pending_.rows) % kBlockRows;
    const int64_t taken = std::min(rows - done.rows, kBlockRows - in_block);
    const LeafPlace end = PlaceBehind(levels, done, taken);
    AppendPiece({leaf, levels, done, end});
    if (in_block + taken == kBlockRows) EndBlock();
    done = end;
  }
}

void ChunkEncoder::StartChunk() {
  is_finished_ = false;
  chunk_.bytes.Clear();
  chunk_.pages.clear();
  chunk_.entries = chunk_.nulls = 0;
  uses_dictionary_ = options_.dictionary != DictionaryUse::kNever;
  dictionary_.Clear();
}

void ChunkEncoder::AppendPiece(const LeafPiece& piece) {
  if (uses_dictionary_ && !AppendIndexes(piece)) FallBack();
  if (!uses_dictionary_) AppendPlain(piece);
  AppendLevels(piece);
  pending_.entries += piece.end.entries - piece.begin.entries;
  pending_.values += piece.values();
  pending_.rows += piece.end.rows - piece.begin.rows;
}

void ChunkEncoder::EndBlock() {
  if (uses_dictionary_) {
    blocks_.push_back(pending_);
    if (indexes_.size() >= kTrialValues && HasTooManyValues()) FallBack();
  } else if (PlainBytes() >= kPageBytes) {
    CutPlainPage(pending_);
  }
}

void ChunkEncoder::AppendLevels(const LeafPiece& piece) {
  const size_t begin = piece.begin.entries;
  const size_t entries = piece.end.entries - begin;
  if (piece.levels.all_present) {
    definition_.AppendConstant(entries, piece.levels.max_definition);
  } else {
    definition_.Append(std::span(piece.levels.definition).subspan(begin, entries));
  }
  if (piece.levels.max_repetition > 0) {
    repetition_.Append(std::span(piece.levels.repetition).subspan(begin, entries));
  }
}

// False, and nothing is appended: the dictionary is full.
bool ChunkEncoder::AppendIndexes(const LeafPiece& piece) {
  const size_t before = indexes_.size();
  const size_t count = piece.values();
  indexes_.resize(before + count);
  uint16_t* out = indexes_.data() + before;
  uint32_t greatest = 0;  // kFull is beyond every index
  if (options_.physical == PhysicalType::kBytes) {
    const char* characters = piece.leaf.values().data();
    const int32_t* ends = OffsetsOf(piece.leaf);
    ForEachValue(piece, [&](size_t position) {
      if (greatest == ValueDictionary::kFull) return;
      const uint32_t index = dictionary_.IndexOf(TextAt(characters, ends, position));
      greatest = std::max(greatest, index);
      *out++ = static_cast<uint16_t>(index);
    });
  } else {
    const uint64_t* words = GatherWords(piece, &words_);
    for (size_t i = 0; i < count && greatest != ValueDictionary::kFull; ++i) {
      const uint32_t index = dictionary_.IndexOf(words[i]);
      greatest = std::max(greatest, index);
      *out++ = static_cast<uint16_t>(index);
    }
  }
  if (greatest != ValueDictionary::kFull) return true;
  indexes_.resize(before);
  return false;
}

// Then a dictionary costs more than it saves.
bool ChunkEncoder::HasTooManyValues() const {
  if (options_.dictionary == DictionaryUse::kAlways) return false;
  const size_t values = indexes_.size();
  return dictionary_.size() > std::max(values / 4, std::min(values * 7 / 10, size_t{4096}));
}

// As if it had been plain from the start.
void ChunkEncoder::FallBack() {
  uses_dictionary_ = false;
  size_t done = 0;
  for (const LeafPlace& end : blocks_) {
    AppendPlainByIndex(done, end.values);
    done = end.values;
    if (PlainBytes() >= kPageBytes) CutPlainPage(end);
  }
  AppendPlainByIndex(done, indexes_.size());
  blocks_.clear();
  indexes_.clear();
  dictionary_.Clear();
}

void ChunkEncoder::AppendPlainByIndex(size_t begin, size_t end) {
  if (options_.physical == PhysicalType::kBytes) {
    for (size_t i = begin; i < end; ++i) {
      const std::string_view text = dictionary_.text(indexes_[i]);
      numbers_.push_back(static_cast<int64_t>(text.size()));
      plain_.AppendShort(text);
    }
    return;
  }
  words_.resize(end - begin);
  for (size_t i = begin; i < end; ++i) words_[i - begin] = dictionary_.word(indexes_[i]);
  AppendPlainWords(words_.data(), words_.size());
}

void ChunkEncoder::AppendPlain(const LeafPiece& piece) {
  switch (options_.physical) {
    case PhysicalType::kBytes:
      return AppendPlainTexts(piece);
    case PhysicalType::kFixed:
      return AppendPlainDecimals(piece);
    default:
      return AppendPlainWords(GatherWords(piece, &words_), piece.values());
  }
}

// Characters that follow each other in the leaf are copied at once.
void ChunkEncoder::AppendPlainTexts(const LeafPiece& piece) {
  const char* characters = piece.leaf.values().data();
  const int32_t* ends = OffsetsOf(piece.leaf);
  ForEachValue(piece,
               [&](size_t position) { numbers_.push_back(ends[position + 1] - ends[position]); });
  if (piece.levels.in_sequence) {
    const auto begin = static_cast<size_t>(ends[piece.begin.values]);
    plain_.Append({characters + begin, static_cast<size_t>(ends[piece.end.values]) - begin});
  } else {
    ForEachValue(piece,
                 [&](size_t position) { plain_.AppendShort(TextAt(characters, ends, position)); });
  }
}

// Two's complement, big endian, as many bytes as the precision needs.
void ChunkEncoder::AppendPlainDecimals(const LeafPiece& piece) {
  ForEachValue(piece, [&](size_t position) {
    const auto value = piece.leaf.values().ValueAt<Int128>(position);
    page_decimals_.Add(value);
    for (int byte = options_.fixed_bytes - 1; byte >= 0; --byte) {
      plain_.AppendValue(static_cast<uint8_t>(value >> (8 * byte)));
    }
  });
}

void ChunkEncoder::AppendPlainWords(const uint64_t* words, size_t count) {
  if (count == 0) return;
  if (order_ == NumberOrder::kSigned) {
    const auto* numbers = reinterpret_cast<const int64_t*>(words);
    const auto [least, greatest] = std::minmax_element(numbers, numbers + count);
    page_numbers_.Add({false, *least, *greatest});
  } else {
    for (size_t i = 0; i < count; ++i) {
      if (!IsNan(words[i], order_)) page_numbers_.Add(SortKey(words[i], order_));
    }
  }
  switch (options_.physical) {
    case PhysicalType::kInt32:
    case PhysicalType::kInt64:
      numbers_.insert(numbers_.end(), words, words + count);
      return;
    case PhysicalType::kDouble:
      std::memcpy(plain_.Grow(count * 8), words, count * 8);
      return;
    case PhysicalType::kBoolean: {  // bits when the page is cut
      char* out = plain_.Grow(count);
      for (size_t i = 0; i < count; ++i) out[i] = static_cast<char>(words[i]);
      return;
    }
    default: {
      char* out = plain_.Grow(count * 4);
      for (size_t i = 0; i < count; ++i) {
        const auto word = static_cast<uint32_t>(words[i]);
        std::memcpy(out + i * 4, &word, 4);
      }
    }
  }
}

const EncodedChunk& ChunkEncoder::Finish() {
  is_finished_ = true;
  if (uses_dictionary_ && HasTooManyValues()) FallBack();
  chunk_.dictionary.Clear();
  chunk_.dictionary_values = uses_dictionary_ ? dictionary_.size() : 0;
  if (uses_dictionary_ && dictionary_.size() == 0) uses_dictionary_ = false;  // nulls only
  if (!uses_dictionary_) {
    if (start_.entries < pending_.entries) CutPlainPage(pending_);
    const bool is_decimal = options_.physical == PhysicalType::kFixed;
    chunk_.range = is_decimal ? Encode(std::exchange(chunk_decimals_, {}))
                              : Encode(std::exchange(chunk_numbers_, {}));
  } else {
    chunk_.range = RangeOfIndexes(0, indexes_.size());
    for (const LeafPlace& end : blocks_) {
      if (end.entries - start_.entries >= kIndexPageEntries) CutIndexPage(end);
    }
    if (start_.entries < pending_.entries) CutIndexPage(pending_);
    MakeDictionaryPage();
  }
  indexes_.clear();
  blocks_.clear();
  first_row_ = 0;
  return chunk_;
}

void ChunkEncoder::MakeDictionaryPage() {
  if (options_.physical == PhysicalType::kBytes) {
    chunk_.dictionary.Append(dictionary_.bytes().view());
    return;
  }
  for (uint32_t i = 0; i < dictionary_.size(); ++i) {
    chunk_.dictionary.Append(EncodeWord(dictionary_.word(i)));
  }
}

// Pages of version 1: repetition levels, definition levels, values, all compressed together.
void ChunkEncoder::StartPage(const LeafPlace& end) {
  page_.Clear();
  if (max_repetition_ > 0) {
    repetition_.AppendEncoded(start_.entries, end.entries, max_repetition_, &page_);
  }
  if (max_definition_ > 0) {
    definition_.AppendEncoded(start_.entries, end.entries, max_definition_, &page_);
  }
}

void ChunkEncoder::CutPlainPage(const LeafPlace& end) {
  StartPage(end);
  if (options_.physical == PhysicalType::kBoolean) {
    for (size_t at = 0; at < plain_.size(); at += 8) {
      uint8_t bits = 0;
      for (size_t i = at; i < std::min(at + 8, plain_.size()); ++i) {
        bits |= static_cast<uint8_t>(plain_.data()[i] << (i - at));
      }
      page_.AppendValue(bits);
    }
  } else {
    const bool has_numbers = options_.physical == PhysicalType::kBytes || options_.delta();
    if (has_numbers) {
      AppendDeltas(numbers_, options_.physical == PhysicalType::kInt64 ? 64 : 32, &page_);
    }
    page_.Append(plain_.view());
  }
  numbers_.clear();
  plain_.Clear();
  EndPage(end, TakePageRange());
}

void ChunkEncoder::CutIndexPage(const LeafPlace& end) {
  StartPage(end);
  const int bit_width = BitWidthFor(dictionary_.size() - 1);
  page_.AppendValue(static_cast<uint8_t>(bit_width));
  const std::span<const uint16_t> indexes(indexes_);
  AppendHybrid(indexes.subspan(start_.values, end.values - start_.values), bit_width, &page_);
  EndPage(end, RangeOfIndexes(start_.values, end.values));
}

void ChunkEncoder::EndPage(const LeafPlace& end, EncodedRange range) {
  EncodedPage page;
  page.offset = chunk_.bytes.size();
  page.raw_size = page_.size();
  page.entries = static_cast<int64_t>(end.entries - start_.entries);
  page.nulls = page.entries - static_cast<int64_t>(end.values - start_.values);
  page.first_row = first_row_ + start_.rows;
  page.range = std::move(range);
  if (compressor_) {
    compressor_->Append(page_.view(), &chunk_.bytes);
  } else {
    chunk_.bytes.Append(page_.view());
  }
  page.size = chunk_.bytes.size() - page.offset;
  chunk_.entries += page.entries;
  chunk_.nulls += page.nulls;
  chunk_.pages.push_back(std::move(page));
  start_ = end;
  if (end.entries < pending_.entries) return;
  first_row_ += end.rows;
  start_ = pending_ = {};
  definition_.Clear();
  repetition_.Clear();
}

EncodedRange ChunkEncoder::TakePageRange() {
  if (options_.physical == PhysicalType::kFixed) {
    chunk_decimals_.Add(page_decimals_);
    return Encode(std::exchange(page_decimals_, {}));
  }
  chunk_numbers_.Add(page_numbers_);
  return Encode(std::exchange(page_numbers_, {}));
}

EncodedRange ChunkEncoder::RangeOfIndexes(size_t begin, size_t end) {
  const bool is_all = end - begin == indexes_.size();  // then every value of the dictionary
  is_used_.assign(dictionary_.size(), is_all ? 1 : 0);
  for (size_t i = begin; i < end && !is_all; ++i) is_used_[indexes_[i]] = 1;
  ValueRange<std::string_view> texts;
  ValueRange<int64_t> numbers;
  for (uint32_t index = 0; index < dictionary_.size(); ++index) {
    if (!is_used_[index]) continue;
    if (options_.physical == PhysicalType::kBytes) {
      texts.Add(dictionary_.text(index));
    } else if (!IsNan(dictionary_.word(index), order_)) {
      numbers.Add(SortKey(dictionary_.word(index), order_));
    }
  }
  if (options_.physical != PhysicalType::kBytes) return Encode(numbers);
  const bool is_short = std::max(texts.least.size(), texts.greatest.size()) <= kMaxRangeBytes;
  if (texts.is_empty || !is_short) return {};
  return {true, std::string(texts.least), std::string(texts.greatest)};
}

std::string ChunkEncoder::EncodeWord(uint64_t word) const {
  size_t width = 8;
  if (options_.physical == PhysicalType::kBoolean) {
    width = 1;
  } else if (options_.physical == PhysicalType::kInt32 ||
             options_.physical == PhysicalType::kFloat) {
    width = 4;
  }
  return {reinterpret_cast<const char*>(&word), width};
}

// Zeros are written with both signs: readers need not tell them apart.
EncodedRange ChunkEncoder::Encode(const ValueRange<int64_t>& range) const {
  if (range.is_empty) return {};
  uint64_t least = FromSortKey(range.least, order_);
  uint64_t greatest = FromSortKey(range.greatest, order_);
  if (order_ == NumberOrder::kFloat || order_ == NumberOrder::kDouble) {
    const uint64_t sign = order_ == NumberOrder::kFloat ? uint64_t{1} << 31 : kSignBit;
    if (least == 0) least = sign;
    if (greatest == sign) greatest = 0;
  }
  return {true, EncodeWord(least), EncodeWord(greatest)};
}

EncodedRange ChunkEncoder::Encode(const ValueRange<Int128>& range) const {
  if (range.is_empty) return {};
  const auto encode = [&](Int128 value) {
    std::string bytes;
    for (int byte = options_.fixed_bytes - 1; byte >= 0; --byte) {
      bytes.push_back(static_cast<char>(value >> (8 * byte)));
    }
    return bytes;
  };
  return {true, encode(range.least), encode(range.greatest)};
}

}  // namespace lakegate
