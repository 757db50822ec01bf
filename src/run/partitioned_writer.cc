#include "run/partitioned_writer.h"

#include <algorithm>

#include "core/check.h"
#include "core/temporal_pattern.h"
#include "run/partition_path.h"
#include "write/parquet_rewriter.h"

namespace lakegate {
namespace {

constexpr const char* kNullValue = "__HIVE_DEFAULT_PARTITION__";
constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;
constexpr int64_t kColumnOverheadBytes = 3072;  // what an almost empty column holds

std::string DateText(int64_t day) { return FormatTimestamp(day * kDayUs).substr(0, 10); }

int64_t DayOf(int64_t timestamp_us) {
  return timestamp_us / kDayUs - (timestamp_us % kDayUs < 0 ? 1 : 0);
}

int64_t IntegerAt(const ColumnBuffer& column, size_t row) {
  const ValueType& type = column.type();
  const ByteBuffer& values = column.values();
  switch (type.kind) {
    case TypeKind::kBoolean:
      return static_cast<unsigned char>(values.data()[row >> 3]) >> (row & 7) & 1;
    case TypeKind::kDate:
      return values.ValueAt<int32_t>(row);
    case TypeKind::kInteger:
      if (type.bits == 8) {
        return type.is_signed ? values.ValueAt<int8_t>(row) : values.ValueAt<uint8_t>(row);
      }
      if (type.bits == 16) {
        return type.is_signed ? values.ValueAt<int16_t>(row) : values.ValueAt<uint16_t>(row);
      }
      if (type.bits == 32) {
        return type.is_signed ? int64_t{values.ValueAt<int32_t>(row)}
                              : int64_t{values.ValueAt<uint32_t>(row)};
      }
      return values.ValueAt<int64_t>(row);
    default:
      return values.ValueAt<int64_t>(row);
  }
}

std::string_view TextAt(const ColumnBuffer& column, size_t row) {
  const auto begin = static_cast<size_t>(column.offsets().ValueAt<int32_t>(row));
  const auto end = static_cast<size_t>(column.offsets().ValueAt<int32_t>(row + 1));
  return column.values().view().substr(begin, end - begin);
}

// The folder's part behind "name=".
std::string FolderValue(const ColumnBuffer& column, size_t row, bool is_date) {
  if (column.IsNull(static_cast<int64_t>(row))) return kNullValue;
  const ValueType& type = column.type();
  if (type.kind == TypeKind::kString) {
    const std::string_view text = TextAt(column, row);
    if (text == "NULL") return "%4EULL";  // some readers take the bare word for null
    return EncodePartitionValue(text);
  }
  const int64_t value = IntegerAt(column, row);
  if (is_date || type.kind == TypeKind::kDate) {
    return DateText(type.kind == TypeKind::kDate ? value : DayOf(value));
  }
  if (type.kind == TypeKind::kBoolean) return value != 0 ? "true" : "false";
  if (!type.is_signed) return std::to_string(static_cast<uint64_t>(value));
  return std::to_string(value);
}

class PartitionedWriter : public TableWriter {
 public:
  PartitionedWriter(Storage* storage, PartitionedOptions options)
      : storage_(storage), options_(std::move(options)), routes_(RoutesRows(options_.columns)) {}

  void FromFile(uint32_t file) override { file_ = file; }
  Status EndRowGroup() override { return {}; }

  Status Append(std::vector<ColumnBuffer>* columns, int64_t rows) override {
    if (rows == 0) return {};
    if (!routes_) {
      LAKEGATE_TRY(OpenOnly());
      CountRows(&partitions_.begin()->second, rows);
      return only_->Append(columns, rows);
    }
    for (int64_t row = 0; row < rows; ++row) {
      Partition& partition = PartitionOf(*columns, static_cast<size_t>(row));
      if (partition.columns.empty()) {
        for (const ColumnBuffer& column : *columns) partition.columns.push_back(column.EmptyLike());
      }
      for (size_t i = 0; i < columns->size(); ++i) {
        partition.columns[i].AppendRow((*columns)[i], row);
      }
      ++partition.waiting;
      CountRows(&partition, 1);
    }
    return Spill();
  }

  Result<std::vector<WrittenFile>> Finish() override {
    if (!routes_) LAKEGATE_TRY(OpenOnly());
    RoutedTable table;
    std::vector<WrittenFile> all;
    for (auto& [path, partition] : partitions_) {
      RoutedPartition& routed = table[path];
      LAKEGATE_ASSIGN(routed.files, FinishPartition(path, &partition));
      routed.rows = std::move(partition.rows);
      partition = {};
      for (WrittenFile file : routed.files) {
        if (!path.empty()) file.name = path + "/" + file.name;
        all.push_back(std::move(file));
      }
    }
    LAKEGATE_TRY(storage_->RemoveTree(options_.scratch));
    if (options_.routed != nullptr) *options_.routed = std::move(table);
    return all;
  }

 private:
  struct Partition {
    std::vector<ColumnBuffer> columns;  // rows that wait
    int64_t waiting = 0;
    std::vector<std::string> scratch;  // files with the rows before them
    std::vector<RowsOfFile> rows;
  };

  void CountRows(Partition* partition, int64_t rows) const {
    if (partition->rows.empty() || partition->rows.back().file != file_) {
      partition->rows.push_back({file_, 0});
    }
    partition->rows.back().rows += rows;
  }

  // Of the row's raw values; most rows go where the one before them went.
  Partition& PartitionOf(const std::vector<ColumnBuffer>& columns, size_t row) {
    key_.clear();
    for (const RoutingColumn& column : options_.columns) {
      if (column.field < 0) continue;
      const ColumnBuffer& values = columns[static_cast<size_t>(column.field)];
      if (values.IsNull(static_cast<int64_t>(row))) {
        key_.push_back('n');
        continue;
      }
      key_.push_back('v');
      if (values.type().kind == TypeKind::kString) {
        const std::string_view text = TextAt(values, row);
        key_ += std::to_string(text.size()) + ":";
        key_ += text;
      } else {
        int64_t value = IntegerAt(values, row);
        if (column.is_date && values.type().kind != TypeKind::kDate) value = DayOf(value);
        key_.append(reinterpret_cast<const char*>(&value), sizeof value);
      }
    }
    const auto [at, is_new] = by_key_.emplace(key_, nullptr);
    if (is_new) at->second = &partitions_[PathOf(columns, row)];
    return *at->second;
  }

  std::string PathOf(const std::vector<ColumnBuffer>& columns, size_t row) const {
    std::string path;
    for (const RoutingColumn& column : options_.columns) {
      path += (path.empty() ? "" : "/") + column.name + "=";
      path += column.field < 0
                  ? EncodePartitionValue(*column.value)
                  : FolderValue(columns[static_cast<size_t>(column.field)], row, column.is_date);
    }
    return path;
  }

  static int64_t BytesOf(const Partition& partition) {
    int64_t bytes = 0;
    for (const ColumnBuffer& column : partition.columns) {
      bytes += static_cast<int64_t>(column.bytes()) + kColumnOverheadBytes;
    }
    return bytes;
  }

  // Beyond the budget the largest partitions go to scratch files until half of it is free. What is
  // spilled depends on the rows alone.
  Status Spill() {
    int64_t total = 0;
    std::vector<std::pair<int64_t, const std::string*>> sizes;
    for (const auto& [path, partition] : partitions_) {
      if (partition.waiting == 0) continue;
      sizes.emplace_back(BytesOf(partition), &path);
      total += sizes.back().first;
    }
    if (total <= options_.budget_bytes) return {};
    std::ranges::stable_sort(sizes, [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [bytes, path] : sizes) {
      if (total <= options_.budget_bytes / 2) break;
      LAKEGATE_TRY(SpillPartition(*path, &partitions_[*path]));
      total -= bytes;
    }
    return {};
  }

  Status SpillPartition(const std::string& path, Partition* partition) {
    const std::string folder = options_.scratch + "/" + std::to_string(scratch_count_++);
    LAKEGATE_TRY(storage_->MakeDirectories(folder, DirectoryAccess::kShared));
    LAKEGATE_ASSIGN(const auto writer, options_.make_writer(path, folder));
    LAKEGATE_TRY(writer->Append(&partition->columns, partition->waiting));
    LAKEGATE_ASSIGN(const std::vector<WrittenFile> files, writer->Finish());
    for (const WrittenFile& file : files) partition->scratch.push_back(folder + "/" + file.name);
    partition->columns.clear();
    partition->waiting = 0;
    return {};
  }

  std::string FolderOf(const std::string& path) const {
    return path.empty() ? options_.directory : options_.directory + "/" + path;
  }

  // The one partition of a table whose rows do not decide.
  Status OpenOnly() {
    if (only_) return {};
    const std::string path = PathOf({}, 0);
    partitions_[path];
    LAKEGATE_TRY(storage_->MakeDirectories(FolderOf(path), DirectoryAccess::kShared));
    LAKEGATE_ASSIGN(only_, options_.make_writer(path, FolderOf(path)));
    return {};
  }

  Result<std::vector<WrittenFile>> FinishPartition(const std::string& path, Partition* partition) {
    if (!routes_) return only_->Finish();
    const std::string folder = FolderOf(path);
    LAKEGATE_TRY(storage_->MakeDirectories(folder, DirectoryAccess::kShared));
    if (partition->scratch.empty()) {
      LAKEGATE_ASSIGN(const auto writer, options_.make_writer(path, folder));
      LAKEGATE_TRY(writer->Append(&partition->columns, partition->waiting));
      return writer->Finish();
    }
    if (partition->waiting > 0) LAKEGATE_TRY(SpillPartition(path, partition));
    std::vector<RewriteSource> sources;
    for (const std::string& file : partition->scratch) sources.push_back({file, {}});
    RewriteOptions options;
    options.directory = folder;
    LAKEGATE_ASSIGN(options.number, options_.first_number(path));
    LAKEGATE_ASSIGN(WrittenFile written, RewriteParquet(storage_, sources, options));
    for (const std::string& file : partition->scratch) LAKEGATE_TRY(storage_->Remove(file));
    return std::vector<WrittenFile>{std::move(written)};
  }

  Storage* const storage_;
  const PartitionedOptions options_;
  const bool routes_;
  uint32_t file_ = 0;
  std::string key_;
  std::map<std::string, Partition> partitions_;  // by path; entries keep their place
  std::unordered_map<std::string, Partition*> by_key_;
  int64_t scratch_count_ = 0;
  std::unique_ptr<TableWriter> only_;
};

}  // namespace

std::vector<RoutingColumn> RoutingOf(const Publish& publish, const CheckPlan& plan,
                                     const std::map<std::string, std::string>& values) {
  std::vector<RoutingColumn> columns;
  for (const std::string& name : publish.partition_by) {
    RoutingColumn column;
    column.name = name;
    std::string source = name;
    for (const DatePartition& date : publish.date_columns) {
      if (date.name != name) continue;
      source = date.column;
      column.is_date = true;
    }
    const auto value = values.find(name);
    if (value != values.end() && !column.is_date) {
      column.value = value->second;
    } else {
      for (size_t i = 0; i < plan.fields.size(); ++i) {
        if (plan.fields[i].name == source) column.field = static_cast<int>(i);
      }
      LAKEGATE_CHECK(column.field >= 0, "CheckPublishColumns looked for it");
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

bool RoutesRows(const std::vector<RoutingColumn>& columns) {
  return std::ranges::any_of(columns,
                             [](const RoutingColumn& column) { return column.field >= 0; });
}

std::unique_ptr<TableWriter> MakePartitionedWriter(Storage* storage, PartitionedOptions options) {
  return std::make_unique<PartitionedWriter>(storage, std::move(options));
}

}  // namespace lakegate
