#include "run/lake_tables.h"

#include <algorithm>
#include <filesystem>

#include "core/sha256.h"
#include "query/published_table.h"

namespace lakegate {
namespace {

std::string Normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

Result<OtherTable> Find(const Lake& lake, const LookingPartition& looking, Ledger* ledger,
                        const OtherTableName& name) {
  OtherTable other;
  const DatasetSetup* const target = FindDataset(lake, name);
  if (target == nullptr) {
    other.why_missing =
        "no dataset of this lake has the table " + name.object + " of " + name.contract_file;
    return other;
  }
  const Dataset& dataset = *target->dataset;
  const bool is_self = target == looking.setup;
  LAKEGATE_ASSIGN(const std::optional<Publication> same,
                  ledger->publications().FindCurrent(dataset.name, looking.key));
  const bool is_replaced = !TakesFilesOnce(dataset.publish.mode);
  const bool same_partitions =
      is_replaced && dataset.publish.path_columns == dataset.publish.partition_by &&
      !dataset.publish.partition_by.empty() &&
      dataset.publish.partition_by == looking.setup->dataset->publish.partition_by;
  if (!is_self && same_partitions && !same) {
    other.why_missing = dataset.name + " has no published partition " + looking.key;
    return other;
  }
  LAKEGATE_ASSIGN(other.table, FindPublishedTable(ledger, dataset, *target->plan, name.object));
  if (other.table && is_self && same && is_replaced) {
    std::erase_if(other.table->files,
                  [&](const std::string& file) { return file.starts_with(same->live_path + "/"); });
    if (other.table->files.empty()) other.table.reset();
  }
  if (!other.table) other.why_missing = "nothing of " + dataset.name + " is published yet";
  return other;
}

}  // namespace

const DatasetSetup* FindDataset(const Lake& lake, const OtherTableName& name) {
  for (const DatasetSetup& setup : lake.datasets) {
    if (setup.plan->dataset == name.object &&
        Normal(setup.plan->contract_file) == Normal(name.contract_file)) {
      return &setup;
    }
  }
  return nullptr;
}

FindOtherTable LakeTables(const Lake& lake, const LookingPartition& looking, Ledger* ledger) {
  return [&lake, looking, ledger](const OtherTableName& name) {
    return Find(lake, looking, ledger, name);
  };
}

std::vector<const DatasetSetup*> DependenciesOf(const Lake& lake, const DatasetSetup& setup) {
  std::vector<const DatasetSetup*> found;
  const auto add = [&](const DatasetSetup* target) {
    const bool is_new = std::find(found.begin(), found.end(), target) == found.end();
    if (target != nullptr && target != &setup && is_new) found.push_back(target);
  };
  for (const ForeignKey& key : setup.plan->foreign_keys) {
    add(FindDataset(lake, {key.target_contract, key.target_object}));
  }
  for (const QueryRule& rule : setup.plan->queries) {
    for (const DatasetSetup& other : lake.datasets) {
      if (other.dataset->name == rule.dataset) add(&other);
    }
  }
  return found;
}

Result<std::string> StateOfDependencies(const Lake& lake, const DatasetSetup& setup,
                                        Ledger* ledger) {
  std::string text;
  for (const DatasetSetup* target : DependenciesOf(lake, setup)) {
    LAKEGATE_ASSIGN(const std::vector<Publication> live,
                    ledger->publications().ListCurrent(target->dataset->name));
    for (const Publication& publication : live) text += publication.run_id + "\n";
    text += target->dataset->name + "\n";
  }
  return text.empty() ? text : Sha256Hex(text);
}

}  // namespace lakegate
