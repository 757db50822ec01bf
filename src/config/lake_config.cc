#include "config/lake_config.h"

#include <algorithm>

#include "config/dataset_reader.h"
#include "config/variables.h"

namespace lakegate {
namespace {

// Datasets become folders and file names.
bool IsFolderName(std::string_view name) {
  if (name.empty() || name.size() > 128 || name[0] == '.' || name[0] == '-') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

void ReadVersion(MapReader& map) {
  if (!map.Require("version")) return;
  const auto version = map.Integer("version");
  if (!version || version->value == 1) return;
  map.problems().diagnostics.Error(version->position, "config-version",
                                   "version " + std::to_string(version->value) + " is not known",
                                   "write version: 1, or use a newer lakegate");
}

void ReadZones(MapReader& map, Zones& zones) {
  const YamlNode* node = map.Find("zones");
  if (node == nullptr) return;
  MapReader reader(*node, "zones", map.problems());
  const std::pair<const char*, std::string*> all[] = {{"land", &zones.land},
                                                      {"history", &zones.history},
                                                      {"tables", &zones.tables},
                                                      {"quarantine", &zones.quarantine},
                                                      {"reports", &zones.reports}};
  for (const auto& [key, zone] : all) {
    const auto text = reader.Text(key);
    if (!text) continue;
    std::string path = text->value;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.empty()) {
      map.problems().diagnostics.Error(text->position, "empty-name",
                                       std::string("the zone '") + key + "' has no path");
    } else {
      *zone = path;
    }
  }
  reader.RefuseUnknown();
  for (const auto& [key, zone] : all) {
    for (const auto& [other_key, other] : all) {
      if (zone >= other || *zone != *other) continue;
      reader.Error(reader.KeyMark(other_key), "same-zone",
                   std::string("the zones '") + key + "' and '" + other_key + "' are the same",
                   "give each its own folder");
    }
  }
}

void ReadDatasets(MapReader& map, LakeConfig& config) {
  if (!map.Require("datasets")) return;
  const YamlNode* node = map.FindMap("datasets");
  if (node == nullptr) return;
  for (const YamlEntry& entry : node->entries) {
    if (!IsFolderName(entry.key)) {
      map.Error(entry.mark, "bad-name", "a dataset cannot be called '" + entry.key + "'",
                "use letters, digits, _ - and .");
    }
    config.datasets.push_back(ReadDataset(entry.key, entry.value, map.problems()));
    config.datasets.back().position = map.problems().At(entry.mark);
  }
}

AlertConfig ReadAlert(const YamlEntry& entry, const FileProblems& problems) {
  AlertConfig alert;
  alert.name = entry.key;
  alert.position = problems.At(entry.mark);
  MapReader map(entry.value, "alert '" + entry.key + "'", problems);
  map.Require("type");
  map.OneOf<int>("type", {{"sentry", 0},
                          {"slack", 0},
                          {"webhook", 0},
                          {"email", 0},
                          {"sns", 0},
                          {"eventbridge", 0},
                          {"command", 0}});
  for (const YamlEntry& option : entry.value.entries) {
    if (option.key == "type") {
      alert.type = option.value.text;
      continue;
    }
    std::string text = option.value.text;
    for (const YamlNode& item : option.value.items) text += (text.empty() ? "" : ",") + item.text;
    alert.options.emplace_back(option.key, std::move(text));
  }
  if (alert.type == kCommandAlert && OptionOf(alert, "command").empty()) {
    map.Error(entry.mark, "missing-key", "alert '" + entry.key + "' needs 'command'",
              "command: what the shell is to run; it gets the alert as JSON on standard input");
  }
  return alert;
}

void ReadAlerts(MapReader& map, LakeConfig& config) {
  const YamlNode* node = map.FindMap("alerts");
  if (node == nullptr) return;
  for (const YamlEntry& entry : node->entries) {
    config.alerts.push_back(ReadAlert(entry, map.problems()));
  }
}

void ReadModels(MapReader& map, LakeConfig& config) {
  const YamlNode* node = map.FindMap("models");
  if (node == nullptr) return;
  for (const YamlEntry& entry : node->entries) {
    ModelConfig model;
    model.name = entry.key;
    model.position = map.problems().At(entry.mark);
    const std::string what = "model '" + entry.key + "'";
    MapReader reader(entry.value, what, map.problems());
    if (!IsFolderName(entry.key)) {
      map.Error(entry.mark, "bad-name", "a model cannot be called '" + entry.key + "'",
                "use letters, digits, _ - and .");
    }
    if (config.FindDataset(entry.key) != nullptr) {
      map.Error(entry.mark, "bad-name", what + " has the name of a dataset", "rename one");
    }
    reader.Require("sql");
    if (auto sql = reader.Text("sql")) model.sql = sql->value;
    if (const YamlNode* publish = reader.Find("publish")) {
      model.publish = ReadPublish(*publish, what, map.problems());
    }
    reader.RefuseUnknown();
    config.models.push_back(std::move(model));
  }
}

void CheckAlertNames(const LakeConfig& config, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const AlertConfig& alert : config.alerts) known.push_back(alert.name);
  for (const Dataset& dataset : config.datasets) {
    std::vector<std::string> used = dataset.alerts;
    used.insert(used.end(), dataset.owner_notify.begin(), dataset.owner_notify.end());
    for (const std::string& name : used) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const auto nearest = DidYouMean(name, known);
      diagnostics.Error(
          dataset.position, "unknown-alert",
          "dataset '" + dataset.name + "' names the alert '" + name + "', which is not defined",
          nearest ? "did you mean '" + *nearest + "'?" : "define it under alerts:");
    }
  }
}

}  // namespace

const Dataset* LakeConfig::FindDataset(std::string_view dataset_name) const {
  for (const Dataset& dataset : datasets) {
    if (dataset.name == dataset_name) return &dataset;
  }
  return nullptr;
}

Result<LakeConfig> LoadLakeConfig(std::string_view text, const std::string& file_name,
                                  const EnvironmentLookup& environment, Diagnostics& diagnostics) {
  const size_t errors_before = diagnostics.error_count();
  LakeConfig config;
  config.file = file_name;
  const FileProblems problems{file_name, diagnostics};
  auto root = ParseYaml(text, file_name, diagnostics);
  if (root) {
    ReplaceVariables(*root, environment, problems);
    MapReader map(*root, "lakegate.yaml", problems);
    ReadVersion(map);
    if (auto name = map.Text("name")) config.name = name->value;
    ReadZones(map, config.zones);
    if (auto ledger = map.Text("ledger")) config.ledger = ledger->value;
    ReadDatasets(map, config);
    ReadAlerts(map, config);
    ReadModels(map, config);
    map.RefuseUnknown();
    CheckAlertNames(config, diagnostics);
  }
  if (auto error = diagnostics.ErrorSince(errors_before)) return *std::move(error);
  return config;
}

std::string OptionOf(const AlertConfig& alert, std::string_view name) {
  for (const auto& [key, text] : alert.options) {
    if (key == name) return text;
  }
  return "";
}

}  // namespace lakegate
