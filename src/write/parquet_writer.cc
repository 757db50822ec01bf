// Parquet: pages by chunk_encoder.h, everything around them by Arrow's Parquet library. The entry
// of a library of its own, loaded when a table is to be written (write/parquet_library.cc).
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>

#include <exception>

#include "core/check.h"
#include "write/hashing_stream.h"
#include "write/leaf_levels.h"
#include "write/parquet_library.h"
#include "write/parquet_schema.h"

namespace lakegate {
namespace {

constexpr std::string_view kMagic = "PAR1";

std::shared_ptr<arrow::Buffer> Wrap(std::string_view bytes) {
  return std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(bytes.data()),
                                         static_cast<int64_t>(bytes.size()));
}

// Of pages without a dictionary.
parquet::Encoding::type PlainEncoding(const parquet::ColumnDescriptor& column) {
  switch (column.physical_type()) {
    case parquet::Type::BYTE_ARRAY:
      return parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY;
    case parquet::Type::INT32:
    case parquet::Type::INT64:
      return parquet::Encoding::DELTA_BINARY_PACKED;
    default:
      return parquet::Encoding::PLAIN;
  }
}

parquet::EncodedStatistics Statistics(const EncodedRange& range, int64_t nulls, int64_t entries,
                                      const parquet::ColumnDescriptor& column) {
  parquet::EncodedStatistics statistics;
  statistics.set_is_signed(column.sort_order() == parquet::SortOrder::SIGNED);
  statistics.set_null_count(nulls);
  statistics.all_null_value = nulls == entries;
  if (range.is_known) {
    statistics.set_min(range.least);
    statistics.set_max(range.greatest);
  }
  return statistics;
}

// One file. Its calls into Arrow's library throw what goes wrong.
class ParquetFile {
 public:
  ParquetFile(const TableSchema& schema, std::unique_ptr<PendingFile> file)
      : schema_(schema),
        stream_(std::make_shared<HashingStream>(std::move(file))),
        metadata_(parquet::FileMetaDataBuilder::Make(schema.descriptor.get(), schema.properties)),
        page_index_(parquet::PageIndexBuilder::Make(schema.descriptor.get())) {
    PARQUET_THROW_NOT_OK(stream_->Write(kMagic.data(), kMagic.size()));
  }

  HashingStream& stream() { return *stream_; }
  int64_t rows() const { return rows_; }

  void WriteRowGroup(std::vector<ChunkEncoder>* encoders, int64_t rows) {
    parquet::RowGroupMetaDataBuilder* row_group = metadata_->AppendRowGroup();
    page_index_->AppendRowGroup();
    int64_t raw_bytes = 0;
    for (size_t i = 0; i < encoders->size(); ++i) {
      raw_bytes += WriteChunk((*encoders)[i].Finish(), static_cast<int>(i), row_group);
    }
    row_group->set_num_rows(rows);
    row_group->Finish(raw_bytes, row_groups_++);
    rows_ += rows;
  }

  void Close() {
    page_index_->Finish();
    const auto indexes = page_index_->WriteTo(stream_.get());
    metadata_->SetIndexLocations(parquet::IndexKind::kColumnIndex, indexes.column_index_locations);
    metadata_->SetIndexLocations(parquet::IndexKind::kOffsetIndex, indexes.offset_index_locations);
    parquet::WriteFileMetaData(*metadata_->Finish(), stream_.get());
  }

 private:
  // Returns the bytes before compression, headers included.
  int64_t WriteChunk(const EncodedChunk& chunk, int column,
                     parquet::RowGroupMetaDataBuilder* row_group) {
    parquet::ColumnChunkMetaDataBuilder* metadata = row_group->NextColumnChunk();
    const parquet::ColumnDescriptor& descriptor = *metadata->descr();
    const auto writer = parquet::PageWriter::Open(
        stream_, schema_.properties->compression(descriptor.path()), metadata, row_groups_,
        static_cast<int16_t>(column), arrow::system_memory_pool(), /*buffered_row_group=*/false,
        nullptr, nullptr, /*page_write_checksum_enabled=*/true,
        page_index_->GetColumnIndexBuilder(column), page_index_->GetOffsetIndexBuilder(column));
    int64_t raw_bytes = 0;
    const bool has_dictionary = chunk.dictionary_values > 0;
    if (has_dictionary) {
      raw_bytes += writer->WriteDictionaryPage({Wrap(chunk.dictionary.view()),
                                                static_cast<int32_t>(chunk.dictionary_values),
                                                parquet::Encoding::PLAIN});
    }
    for (const EncodedPage& page : chunk.pages) {
      raw_bytes += writer->WriteDataPage(parquet::DataPageV1(
          Wrap(chunk.bytes.view().substr(page.offset, page.size)),
          static_cast<int32_t>(page.entries),
          has_dictionary ? parquet::Encoding::RLE_DICTIONARY : PlainEncoding(descriptor),
          parquet::Encoding::RLE, parquet::Encoding::RLE, static_cast<int64_t>(page.raw_size),
          Statistics(page.range, page.nulls, page.entries, descriptor), page.first_row));
    }
    metadata->SetStatistics(Statistics(chunk.range, chunk.nulls, chunk.entries, descriptor));
    writer->Close(has_dictionary, /*fallback=*/false);
    return raw_bytes;
  }

  const TableSchema& schema_;
  std::shared_ptr<HashingStream> stream_;
  std::unique_ptr<parquet::FileMetaDataBuilder> metadata_;
  std::unique_ptr<parquet::PageIndexBuilder> page_index_;
  int16_t row_groups_ = 0;
  int64_t rows_ = 0;
};

class ParquetWriter : public TableWriter {
 public:
  ParquetWriter(Storage* storage, TableSchema schema, TableWriterOptions options)
      : storage_(storage),
        options_(std::move(options)),
        schema_(std::move(schema)),
        compressor_(MakePageCompressor(options_.codec)) {
    for (const TableLeaf& leaf : schema_.leaves) {
      encoders_.emplace_back(leaf.type, leaf.options, compressor_.get());
    }
  }

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (rows == 0) return {};
    size_t leaf = 0;
    const auto append = [&](const ColumnBuffer& column, const LeafLevels& levels) {
      encoders_[leaf++].Append(column, levels, rows);
    };
    for (const size_t i : schema_.stored) VisitLeaves((*columns)[i], append);
    for (const ConstantColumn& constant : options_.constants) {
      VisitLeaves(MakeConstant(constant, rows), append);
    }
    row_group_rows_ += rows;
    return {};
  }

  Status EndRowGroup() override {
    if (row_group_rows_ > 0) {
      LAKEGATE_TRY(OpenFile());
      LAKEGATE_TRY(Caught([&] { file_->WriteRowGroup(&encoders_, row_group_rows_); }));
      row_group_rows_ = 0;
    }
    if (!file_ || file_->stream().file().size() < options_.target_file_bytes) return {};
    return CloseFile();
  }

  Result<std::vector<WrittenFile>> Finish() override {
    LAKEGATE_TRY(EndRowGroup());
    // A table without rows still has a file: readers learn its columns.
    if (!file_ && files_.empty()) LAKEGATE_TRY(OpenFile());
    if (file_) LAKEGATE_TRY(CloseFile());
    return files_;
  }

 private:
  static ColumnBuffer MakeConstant(const ConstantColumn& constant, int64_t rows) {
    ColumnBuffer column(constant.type, {});
    for (int64_t row = 0; row < rows; ++row) {
      if (constant.type.kind == TypeKind::kString) {
        column.AppendText(constant.text);
      } else {
        column.AppendInteger(constant.value.integer);
      }
    }
    return column;
  }

  Status OpenFile() {
    if (file_) return {};
    const std::string path = options_.directory + "/part-" + std::to_string(Number()) + ".tmp";
    LAKEGATE_ASSIGN(auto file, storage_->Create(path, {WhenExists::kFail, Durability::kNone}));
    return Caught([&] { file_ = std::make_unique<ParquetFile>(schema_, std::move(file)); });
  }

  int64_t Number() const {
    return options_.first_number + static_cast<int64_t>(files_.size()) * options_.number_step;
  }

  Status CloseFile() {
    LAKEGATE_TRY(Caught([&] { file_->Close(); }));
    HashingStream& stream = file_->stream();
    WrittenFile written;
    written.name = PartFileName(Number(), stream.Hash8());
    written.size = stream.file().size();
    written.rows = file_->rows();
    LAKEGATE_TRY(stream.file().CommitAs(options_.directory + "/" + written.name));
    file_.reset();
    files_.push_back(std::move(written));
    return {};
  }

  // Arrow's library tells of errors by exceptions.
  template <typename Work>
  Status Caught(const Work& work) {
    try {
      work();
      return {};
    } catch (const std::exception& exception) {
      if (file_ && file_->stream().error()) return *file_->stream().error();
      return Error{ErrorCode::kUnsupported,
                   std::string("cannot write Parquet: ") + exception.what(),
                   "see the free space of the tables zone"};
    }
  }

  Storage* const storage_;
  const TableWriterOptions options_;
  const TableSchema schema_;
  const std::unique_ptr<PageCompressor> compressor_;
  std::vector<ChunkEncoder> encoders_;  // one for each leaf
  std::unique_ptr<ParquetFile> file_;
  std::vector<WrittenFile> files_;
  int64_t row_group_rows_ = 0;
};

}  // namespace

}  // namespace lakegate

extern "C" __attribute__((visibility("default"))) void lakegate_make_parquet_writer(
    lakegate::Storage* storage, const lakegate::CheckPlan* plan,
    const lakegate::TableWriterOptions* options,
    lakegate::Result<std::unique_ptr<lakegate::TableWriter>>* writer) {
  auto schema = lakegate::MakeTableSchema(*plan, *options);
  if (!schema) {
    *writer = schema.error();
    return;
  }
  *writer = std::unique_ptr<lakegate::TableWriter>(
      std::make_unique<lakegate::ParquetWriter>(storage, *std::move(schema), *options));
}
