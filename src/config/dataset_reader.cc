#include "config/dataset_reader.h"

#include <algorithm>

#include "config/path_pattern.h"
#include "config/quantity.h"
#include "contract/lakegate_settings.h"
#include "core/duration_text.h"

namespace lakegate {
namespace {

void ReadOwner(MapReader& map, Dataset& dataset) {
  const YamlNode* node = map.Find("owner");
  if (node == nullptr) return;
  if (node->kind == YamlKind::kText) {
    dataset.owner = node->text;
    return;
  }
  MapReader owner(*node, "the owner of " + map.what(), map.problems());
  if (auto name = owner.Text("name")) dataset.owner = name->value;
  dataset.owner_notify = ReadNames(owner, "notify");
  owner.RefuseUnknown();
}

// Captures and upsert keys must fit together; needs both halves of the dataset.
void CheckPartitions(const Dataset& dataset, const FileProblems& problems) {
  const auto& columns = dataset.publish.partition_by;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) ==
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    problems.diagnostics.Error(
        dataset.publish.position, "repeated-partition",
        "partition_by of '" + dataset.name + "' names '" + columns[i] + "' twice");
  }
}

}  // namespace

std::optional<int64_t> ReadDuration(MapReader& map, const char* key) {
  const auto text = map.Text(key);
  if (!text) return std::nullopt;
  const auto seconds = ParseDuration(text->value);
  if (!seconds) {
    map.problems().diagnostics.Error(
        text->position, "bad-duration",
        std::string("'") + key + "' is no duration: '" + text->value + "'",
        "write 10s, 15 minutes, 7 days");
  }
  return seconds;
}

std::optional<int64_t> ReadSize(MapReader& map, const char* key) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::nullopt;
  const bool plain = node->kind == YamlKind::kInteger || node->kind == YamlKind::kText;
  const auto bytes = plain ? ParseSize(node->text) : std::nullopt;
  if (!bytes) {
    map.Error(node->mark, "bad-size", std::string("'") + key + "' is no size: '" + node->text + "'",
              "write 5GB, 100 MB, 16MiB or a number of bytes");
  }
  return bytes;
}

std::vector<std::string> ReadNames(MapReader& map, const char* key) {
  std::vector<std::string> names;
  if (const auto texts = map.Texts(key)) {
    for (const auto& text : *texts) names.push_back(text.value);
  }
  return names;
}

Dataset ReadDataset(const std::string& name, const YamlNode& node, const FileProblems& problems) {
  Dataset dataset;
  dataset.name = name;
  dataset.position = problems.At(node);
  const std::string what = "dataset '" + name + "'";
  MapReader map(node, what, problems);
  map.Require("contract");
  if (auto contract = map.Text("contract")) dataset.contract = contract->value;
  if (map.Require("landing")) {
    if (const YamlNode* landing = map.Find("landing")) {
      dataset.landing = ReadLanding(*landing, what, problems);
    }
  }
  if (auto action = map.OneOf<Action>("on_violation", {{"warn", Action::kWarn},
                                                       {"quarantine", Action::kQuarantine},
                                                       {"reject_file", Action::kRejectFile},
                                                       {"fail", Action::kFail}})) {
    dataset.on_violation = action->value;
  }
  if (auto compat = map.OneOf<Compat>("compat", {{"soda-v3", Compat::kSodaV3},
                                                 {"soda-v4", Compat::kSodaV4},
                                                 {"deequ", Compat::kDeequ},
                                                 {"gx", Compat::kGx},
                                                 {"datacontract-cli", Compat::kDatacontractCli}})) {
    dataset.compat = compat->value;
  }
  if (const YamlNode* budget = map.Find("quarantine_budget")) {
    dataset.quarantine_budget = ReadBudget(*budget, problems).value_or(Budget{});
  }
  dataset.publish.position = dataset.position;
  if (const YamlNode* publish = map.Find("publish")) {
    dataset.publish = ReadPublish(*publish, what, problems);
  }
  if (auto window = ReadDuration(map, "history_window")) dataset.history_window_s = *window;
  ReadOwner(map, dataset);
  dataset.alerts = ReadNames(map, "alerts");
  if (const YamlNode* quarantine = map.Find("quarantine")) {
    MapReader retention(*quarantine, "quarantine of " + what, problems);
    dataset.quarantine_retention_s = ReadDuration(retention, "retention");
    retention.RefuseUnknown();
  }
  map.RefuseUnknown();
  CheckPartitions(dataset, problems);
  return dataset;
}

}  // namespace lakegate
