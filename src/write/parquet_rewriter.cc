// In liblakegate_parquet.so, like the writer: what needs Arrow is loaded on demand.
#include "write/parquet_rewriter.h"

#include <arrow/api.h>
#include <arrow/compute/api_vector.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>

#include "write/parquet_library.h"
#include "write/stored_parquet.h"
#include "write/stored_part.h"

namespace lakegate {
namespace {

constexpr int64_t kRowGroupBytes = int64_t{16} << 20;  // of memory, as the writer's

class Rewriter {
 public:
  Rewriter(Storage* storage, const RewriteOptions& options)
      : storage_(storage), options_(options), part_(storage, options.directory, options.number) {}

  Status Add(const RewriteSource& source) {
    LAKEGATE_ASSIGN(const auto opened, OpenStoredParquet(storage_, source.path));
    parquet::arrow::FileReader& reader = *opened;
    const auto metadata = reader.parquet_reader()->metadata();
    if (!source.drop.empty() && static_cast<int64_t>(source.drop.size()) != metadata->num_rows()) {
      return UnreadableParquet(source.path, arrow::Status::Invalid("other rows than recorded"));
    }
    size_t row = 0;
    for (int group = 0; group < reader.num_row_groups(); ++group) {
      auto table = reader.ReadRowGroup(group);
      if (!table.ok()) return UnreadableParquet(source.path, table.status());
      const auto rows = static_cast<size_t>((*table)->num_rows());
      auto kept = Kept(*std::move(table), source.drop, row);
      if (!kept.ok()) return UnreadableParquet(source.path, kept.status());
      if ((*kept)->num_rows() > 0) LAKEGATE_TRY(Write(**kept, *metadata));
      row += rows;
    }
    return {};
  }

  // With no rows left, no name.
  Result<WrittenFile> Finish() {
    if (is_empty_) return WrittenFile{};
    LAKEGATE_TRY(part_.Close());
    return part_.Commit();
  }

 private:
  Status Write(const arrow::Table& table, const parquet::FileMetaData& metadata) {
    is_empty_ = false;
    LAKEGATE_TRY(part_.Write(table, metadata));
    if (part_.group_bytes() >= kRowGroupBytes) part_.EndRowGroup();
    return {};
  }

  // Without the rows and columns that give way.
  arrow::Result<std::shared_ptr<arrow::Table>> Kept(std::shared_ptr<arrow::Table> table,
                                                    const std::vector<bool>& drop,
                                                    size_t first) const {
    for (const std::string& name : options_.dropped_columns) {
      const int at = table->schema()->GetFieldIndex(name);
      if (at < 0) continue;
      ARROW_ASSIGN_OR_RAISE(table, table->RemoveColumn(at));
    }
    if (drop.empty()) return table;
    arrow::BooleanBuilder keep;
    const auto rows = static_cast<size_t>(table->num_rows());
    for (size_t i = 0; i < rows; ++i) ARROW_RETURN_NOT_OK(keep.Append(!drop[first + i]));
    ARROW_ASSIGN_OR_RAISE(const auto mask, keep.Finish());
    ARROW_ASSIGN_OR_RAISE(const auto kept, arrow::compute::Filter(table, mask));
    return kept.table();
  }

  Storage* const storage_;
  const RewriteOptions& options_;
  StoredPart part_;
  bool is_empty_ = true;
};

Result<WrittenFile> Rewrite(Storage* storage, const std::vector<RewriteSource>& sources,
                            const RewriteOptions& options) {
  Rewriter rewriter(storage, options);
  for (const RewriteSource& source : sources) LAKEGATE_TRY(rewriter.Add(source));
  return rewriter.Finish();
}

}  // namespace
}  // namespace lakegate

extern "C" __attribute__((visibility("default"))) void lakegate_rewrite_parquet(
    lakegate::Storage* storage, const std::vector<lakegate::RewriteSource>* sources,
    const lakegate::RewriteOptions* options, lakegate::Result<lakegate::WrittenFile>* written) {
  *written = lakegate::Rewrite(storage, *sources, *options);
}
