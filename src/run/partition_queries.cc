#include "run/partition_queries.h"

#include <algorithm>
#include <functional>
#include <map>

#include "query/measure_queries.h"
#include "query/published_table.h"

namespace lakegate {
namespace {

constexpr int64_t kMaxHistory = 10'000;  // measurements looked through for one baseline

// Of a dataset with the same partition columns a count looks at the same partition, a reference at
// the whole table.
Result<OtherTable> FindOther(const Lake& lake, const Dataset& looking, const std::string& key,
                             Ledger* ledger, const QueryRule& rule) {
  std::string known;
  for (const DatasetSetup& setup : lake.datasets) {
    const Dataset& dataset = *setup.dataset;
    known += (known.empty() ? "" : ", ") + dataset.name;
    if (dataset.name != rule.dataset) continue;
    OtherTable other;
    other.why_missing = "nothing of " + dataset.name + " is published yet";
    LAKEGATE_ASSIGN(other.table, FindPublishedTable(ledger, dataset, *setup.plan, dataset.name));
    const bool same_partition = rule.kind == QueryKind::kRowCountEqual &&
                                !dataset.publish.partition_by.empty() &&
                                dataset.publish.path_columns == dataset.publish.partition_by &&
                                dataset.publish.partition_by == looking.publish.partition_by;
    if (!other.table || !same_partition) return other;
    LAKEGATE_ASSIGN(const std::optional<Publication> same,
                    ledger->publications().FindCurrent(dataset.name, key));
    other.table.reset();
    other.why_missing = dataset.name + " has no published partition " + key;
    if (!same) return other;
    other.table = SqlTable{};
    for (const PublishedFile& file : same->files) {
      other.table->files.push_back(same->live_path + "/" + file.name);
    }
    return other;
  }
  return Error{ErrorCode::kInvalidConfig, "the lake has no dataset '" + rule.dataset + "'",
               "it has: " + known};
}

// The partition columns that are values of the records: folders name them.
std::vector<std::pair<std::string, std::string>> RoutedColumns(const Dataset& dataset,
                                                               const CheckPlan& plan) {
  std::vector<std::pair<std::string, std::string>> columns;
  // The staged rows of an upsert have them as columns, too.
  if (dataset.publish.mode == PublishMode::kUpsert) return columns;
  for (auto& column : PartitionColumnTypes(dataset, plan)) {
    const auto& from_path = dataset.publish.path_columns;
    if (std::ranges::find(from_path, column.first) == from_path.end()) {
      columns.push_back(std::move(column));
    }
  }
  return columns;
}

// The newest passed count of each partition before this one, by key, the nearest first.
Result<std::vector<int64_t>> EarlierRows(Ledger* ledger, const std::string& dataset,
                                         const std::string& key, int count) {
  LAKEGATE_ASSIGN(const std::vector<MeasuredMetric> history,
                  ledger->metric_history().List(dataset, kRowsMetric, kMaxHistory));
  std::map<std::string, int64_t, std::greater<>> before;
  for (const MeasuredMetric& measured : history) {
    if (measured.metric.verdict != Verdict::kPassed || !measured.metric.value) continue;
    if (measured.partition_key >= key) continue;
    before.emplace(measured.partition_key, static_cast<int64_t>(*measured.metric.value));
  }
  std::vector<int64_t> rows;
  for (const auto& [earlier, counted] : before) {
    if (static_cast<int>(rows.size()) == count) break;
    rows.push_back(counted);
  }
  return rows;
}

}  // namespace

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

MeasureQueries PartitionQueries(const Lake& lake, const DatasetSetup& setup, const CheckPlan& plan,
                                const DiscoveredPartition& partition, const RunSettings& settings,
                                Ledger* ledger, std::string staging) {
  return [&, ledger, staging = std::move(staging)](const JobOutcome& outcome) {
    QueryScene scene;
    scene.engine = settings.sql;
    scene.engine.now_us = scene.now_us = settings.now_us;
    scene.cancelled = settings.job.cancelled;
    scene.rows = outcome.totals.accepted;
    scene.contract_folder = FolderOf(plan.contract_file);
    scene.table.name = plan.dataset;
    for (const WrittenFile& file : outcome.table_files) {
      scene.table.files.push_back(staging + "/" + file.name);
    }
    for (const auto& [column, text] : partition.values) {
      SqlConstant constant{column, {}, text};
      for (const FieldPlan& field : plan.fields) {
        if (field.name == column) constant.type = field.type;
      }
      scene.table.constants.push_back(std::move(constant));
    }
    const Dataset& dataset = *setup.dataset;
    scene.table.path_columns = RoutedColumns(dataset, plan);
    scene.find_dataset = [&](const QueryRule& rule) {
      return FindOther(lake, dataset, partition.key, ledger, rule);
    };
    scene.earlier_rows = [&](int count) {
      return EarlierRows(ledger, dataset.name, partition.key, count);
    };
    return MeasurePlan(plan, scene);
  };
}

}  // namespace lakegate
