#include "contract/lakegate_settings.h"

#include <algorithm>
#include <span>

#include "contract/csv_dialect_reader.h"
#include "core/duration_text.h"

namespace lakegate {
namespace {

// Reads one value into the settings.
using SettingReader = void (*)(const YamlNode& value, const std::string& name,
                               const FileProblems& problems, LakegateSettings& settings);

struct Setting {
  const char* name;
  std::vector<SettingsPlace> places;
  SettingReader read;
};

template <typename T>
std::optional<T> ReadWord(const YamlNode& value, const std::string& name,
                          const FileProblems& problems,
                          std::initializer_list<std::pair<const char*, T>> words) {
  std::string known;
  for (const auto& [word, meaning] : words) {
    if (value.kind == YamlKind::kText && value.text == word) return meaning;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  problems.Error(value.mark, "unknown-value", name + " cannot be '" + value.text + "'",
                 "known: " + known);
  return std::nullopt;
}

void ReadFlag(const YamlNode& value, const std::string& name, const FileProblems& problems,
              bool& flag) {
  if (value.kind == YamlKind::kBoolean) {
    flag = BooleanOf(value);
  } else {
    problems.Error(value.mark, "wrong-kind", name + " must be true or false");
  }
}

void ReadAction(const YamlNode& value, const std::string& name, const FileProblems& problems,
                LakegateSettings& settings) {
  if (auto action = ReadWord<Action>(value, name, problems,
                                     {{"warn", Action::kWarn},
                                      {"quarantine", Action::kQuarantine},
                                      {"reject_file", Action::kRejectFile},
                                      {"fail", Action::kFail}})) {
    settings.action = {*action, problems.At(value)};
  }
}

void ReadBudgetSetting(const YamlNode& value, const std::string&, const FileProblems& problems,
                       LakegateSettings& settings) {
  if (auto budget = ReadBudget(value, problems)) settings.budget = {*budget, problems.At(value)};
}

void ReadEnum(const YamlNode& value, const std::string& name, const FileProblems& problems,
              LakegateSettings& settings) {
  if (value.kind != YamlKind::kList || value.items.empty()) {
    problems.Error(value.mark, "wrong-kind", name + " must be a list of allowed values",
                   "value: [a, b]");
    return;
  }
  for (const YamlNode& item : value.items) {
    if (item.is_scalar() && item.kind != YamlKind::kNull) continue;
    problems.Error(item.mark, "wrong-kind", name + " holds plain values only",
                   "null is the business of required");
    return;
  }
  settings.allowed_values = {value.items, problems.At(value)};
}

void ReadSourceFormat(const YamlNode& value, const std::string& name, const FileProblems& problems,
                      LakegateSettings& settings) {
  if (auto unit = ReadWord<EpochUnit>(value, name, problems,
                                      {{"unix-seconds", EpochUnit::kSeconds},
                                       {"unix-millis", EpochUnit::kMillis},
                                       {"unix-micros", EpochUnit::kMicros}})) {
    settings.source_format = {*unit, problems.At(value)};
  }
}

void ReadAdditional(const YamlNode& value, const std::string& name, const FileProblems& problems,
                    LakegateSettings& settings) {
  if (auto additional = ReadWord<AdditionalFields>(
          value, name, problems,
          {{"allow", AdditionalFields::kAllow}, {"reject", AdditionalFields::kReject}})) {
    settings.additional = {*additional, problems.At(value)};
  }
}

void ReadCsv(const YamlNode& value, const std::string&, const FileProblems& problems,
             LakegateSettings& settings) {
  settings.csv = {ReadCsvDialect(value, problems, {}), problems.At(value)};
}

void ReadBoundsExclusive(const YamlNode& value, const std::string& name,
                         const FileProblems& problems, LakegateSettings& settings) {
  ReadFlag(value, name, problems, settings.bounds_exclusive);
}

void ReadBase(const YamlNode& value, const std::string& name, const FileProblems& problems,
              LakegateSettings& settings) {
  settings.base = ReadWord<PercentBase>(value, name, problems,
                                        {{"all", PercentBase::kAll},
                                         {"non_null", PercentBase::kNonNull},
                                         {"valid", PercentBase::kValid}})
                      .value_or(PercentBase::kAll);
}

void ReadDuplicates(const YamlNode& value, const std::string& name, const FileProblems& problems,
                    LakegateSettings& settings) {
  settings.duplicates =
      ReadWord<DuplicateCount>(value, name, problems,
                               {{"extra_copies", DuplicateCount::kExtraCopies},
                                {"repeated_keys", DuplicateCount::kRepeatedKeys},
                                {"rows_in_groups", DuplicateCount::kRowsInGroups}})
          .value_or(DuplicateCount::kExtraCopies);
}

void ReadNulls(const YamlNode& value, const std::string& name, const FileProblems& problems,
               LakegateSettings& settings) {
  settings.nulls_equal =
      ReadWord<bool>(value, name, problems, {{"equal", true}, {"distinct", false}}).value_or(false);
}

void ReadTimeout(const YamlNode& value, const std::string& name, const FileProblems& problems,
                 LakegateSettings& settings) {
  settings.timeout_s = value.kind == YamlKind::kText ? ParseDuration(value.text) : std::nullopt;
  if (settings.timeout_s && *settings.timeout_s > 0 && *settings.timeout_s <= 86'400) return;
  settings.timeout_s.reset();
  problems.Error(value.mark, "wrong-kind", name + " must be a duration of at most a day",
                 "value: 5 minutes");
}

void ReadFilter(const YamlNode& value, const std::string& name, const FileProblems& problems,
                LakegateSettings& settings) {
  if (value.kind != YamlKind::kText) {
    problems.Error(value.mark, "wrong-kind", "'" + name + "' must be a text",
                   "an SQL predicate such as \"country = 'IT'\"");
    return;
  }
  settings.filter = {value.text, problems.At(value)};
  if (value.quoted && value.text.find('\n') == std::string::npos) {
    ++settings.filter->position.column;
  }
}

const std::vector<Setting>& AllSettings() {
  using enum SettingsPlace;
  static const std::vector<Setting> settings = {
      {"lakegate.action", {kProperty, kQuality, kRelationship}, ReadAction},
      {"lakegate.budget", {kProperty, kQuality, kRelationship}, ReadBudgetSetting},
      {"lakegate.enum", {kProperty}, ReadEnum},
      {"lakegate.sourceFormat", {kProperty}, ReadSourceFormat},
      {"lakegate.boundsExclusive", {kQuality}, ReadBoundsExclusive},
      {"lakegate.base", {kQuality}, ReadBase},
      {"lakegate.duplicates", {kQuality}, ReadDuplicates},
      {"lakegate.nulls", {kQuality}, ReadNulls},
      {"lakegate.timeout", {kQuality}, ReadTimeout},
      {"lakegate.filter", {kQuality}, ReadFilter},
      {"lakegate.additional", {kObject}, ReadAdditional},
      {"lakegate.csv", {kServer, kObject}, ReadCsv},
  };
  return settings;
}

const char* PlaceName(SettingsPlace place) {
  switch (place) {
    case SettingsPlace::kProperty:
      return "a property";
    case SettingsPlace::kQuality:
      return "a quality item";
    case SettingsPlace::kObject:
      return "a schema object";
    case SettingsPlace::kRelationship:
      return "a relationship";
    case SettingsPlace::kServer:
      return "a server";
    case SettingsPlace::kElsewhere:
      return "nothing here";
  }
  return "?";
}

void ApplySetting(const Written<std::string>& name, const YamlNode& value, SettingsPlace place,
                  const FileProblems& problems, LakegateSettings& settings) {
  std::vector<std::string> known;
  for (const Setting& setting : AllSettings()) {
    known.emplace_back(setting.name);
    if (name.value != setting.name) continue;
    const auto& places = setting.places;
    if (std::find(places.begin(), places.end(), place) != places.end()) {
      setting.read(value, name.value, problems, settings);
      return;
    }
    problems.diagnostics.Error(name.position, "misplaced-setting",
                               "'" + name.value + "' has no meaning here",
                               std::string("it belongs to ") + PlaceName(places[0]));
    return;
  }
  const auto nearest = DidYouMean(name.value, known);
  problems.diagnostics.Error(name.position, "unknown-setting",
                             "there is no setting '" + name.value + "'",
                             nearest ? "did you mean '" + *nearest + "'?" : "");
}

}  // namespace

std::optional<Budget> ReadBudget(const YamlNode& node, const FileProblems& problems) {
  MapReader map(node, "the budget", problems);
  Budget budget;
  if (auto percent = map.Number("percent")) {
    if (percent->value < 0 || percent->value > 100) {
      problems.diagnostics.Error(percent->position, "budget-range",
                                 "a budget's percent must be from 0 to 100");
    }
    budget.percent = percent->value;
  }
  if (auto rows = map.Integer("rows")) {
    if (rows->value < 0) {
      problems.diagnostics.Error(rows->position, "budget-range", "a budget cannot be negative");
    }
    budget.rows = rows->value;
  }
  map.RefuseUnknown();
  if (node.kind != YamlKind::kMap) return std::nullopt;
  if (node.entries.empty()) {
    problems.Error(node.mark, "empty-budget", "the budget says nothing",
                   "{percent: 2} or {rows: 10}");
    return std::nullopt;
  }
  return budget;
}

LakegateSettings ReadLakegateSettings(MapReader& owner, SettingsPlace place, ApiVersion version) {
  LakegateSettings settings;
  const YamlNode* list = owner.Find("customProperties");
  if (list == nullptr) return settings;
  if (list->kind != YamlKind::kList) {
    owner.WrongKind("customProperties", *list, "a list of {property, value}",
                    "- {property: lakegate.action, value: fail}");
    return settings;
  }
  std::vector<std::string> seen;
  for (const YamlNode& item : list->items) {
    MapReader map(item, "a custom property", owner.problems());
    const auto name = map.Text("property");
    const YamlNode* value = map.FindAny("value");
    if (version >= ApiVersion::kV31) {
      map.Require("property");
      map.Require("value");
      map.Ignore({"id", "description"});
      if (version >= ApiVersion::kV32) {
        map.Ignore({"vendor"});
      } else {
        map.Newer("vendor", "v3.2.0");
      }
      map.RefuseUnknown();
    }
    if (!name || !name->value.starts_with("lakegate.")) continue;
    if (std::find(seen.begin(), seen.end(), name->value) != seen.end()) {
      owner.problems().diagnostics.Error(name->position, "repeated-setting",
                                         "'" + name->value + "' is set twice");
      continue;
    }
    seen.push_back(name->value);
    if (value == nullptr) {
      owner.problems().diagnostics.Error(name->position, "empty-value",
                                         "'" + name->value + "' has no value", "add value:");
      continue;
    }
    ApplySetting(*name, *value, place, owner.problems(), settings);
  }
  return settings;
}

}  // namespace lakegate
