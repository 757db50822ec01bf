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

// Which partition columns the landing path captures. Not for models: they have no path.
void FindPathColumns(Dataset* dataset) {
  const auto pattern = PathPattern::Compile(dataset->landing.path);
  if (!pattern) return;  // a problem already
  Publish& publish = dataset->publish;
  for (const std::string& column : publish.partition_by) {
    const auto& captures = pattern->capture_names();
    const bool is_date = std::ranges::any_of(
        publish.date_columns, [&](const DatePartition& date) { return date.name == column; });
    if (!is_date && std::ranges::find(captures, column) != captures.end()) {
      publish.path_columns.push_back(column);
    }
  }
}

// Modes, partitions and the landing path must fit together.
void CheckMode(const Dataset& dataset, const FileProblems& problems) {
  const Publish& publish = dataset.publish;
  if (!PathPattern::Compile(dataset.landing.path)) return;  // a problem already
  const auto refuse = [&](const std::string& message, const std::string& hint) {
    problems.diagnostics.Error(publish.position, "mode-and-partitions",
                               message + " (dataset '" + dataset.name + "')", hint);
  };
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (dataset.landing.batch_files && !TakesFilesOnce(publish.mode)) {
    refuse(std::string("landing.batch has a meaning only with mode: append or upsert; ") +
               Name(publish.mode) + " reads all files of a partition together",
           "remove batch");
  }
  for (const std::string& column : publish.partition_by) {
    const bool from_path = has(publish.path_columns, column);
    if (publish.mode == PublishMode::kReplacePartition && !from_path) {
      refuse("mode: replace_partition needs partitions that are known from the path; '" + column +
                 "' is a value of the records",
             "capture it in landing.path ({" + column +
                 "}), or use mode: append (or upsert), which adds late records to old partitions");
    }
    if (publish.mode == PublishMode::kReplaceTable && from_path) {
      refuse("mode: replace_table cannot partition by '" + column + "' of the path",
             "use mode: replace_partition, or partition by a column of the records");
    }
    if (publish.mode == PublishMode::kUpsert && from_path && !has(publish.key, column)) {
      refuse("mode: upsert cannot look for a key in the partitions of other values of '" + column +
                 "', which the path says",
             "add it to key, or partition by a column of the records");
    }
  }
}

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
  FindPathColumns(&dataset);
  CheckPartitions(dataset, problems);
  CheckMode(dataset, problems);
  return dataset;
}

}  // namespace lakegate
