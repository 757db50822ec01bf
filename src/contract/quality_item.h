// One quality item of a contract, and what customProperties named lakegate.* can ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "contract/custom_check.h"
#include "contract/map_reader.h"
#include "contract/yaml_document.h"
#include "core/action.h"
#include "core/input_format.h"

namespace lakegate {

// What customProperties named lakegate.* ask for. Which are allowed where: lakegate_settings.h.
struct LakegateSettings {
  std::optional<Written<Action>> action;
  std::optional<Written<Budget>> budget;
  std::optional<Written<EpochUnit>> source_format;
  std::optional<Written<std::vector<YamlNode>>> allowed_values;  // lakegate.enum
  std::optional<Written<AdditionalFields>> additional;
  std::optional<Written<CsvDialect>> csv;
  std::optional<int64_t> timeout_s;            // of a query
  std::optional<Written<std::string>> filter;  // the position of its first character
  bool bounds_exclusive = false;
  bool nulls_equal = false;
  PercentBase base = PercentBase::kAll;
  DuplicateCount duplicates = DuplicateCount::kExtraCopies;
};

enum class QualityType : uint8_t { kLibrary, kSql, kCustom, kText };

struct QualityItem {
  std::string id;       // `id`, else `name`, else empty
  bool has_id = false;  // `id` itself is written
  std::string description;
  QualityType type = QualityType::kLibrary;
  bool promises_nothing = false;  // neither type nor metric
  std::optional<Written<MetricKind>> metric;
  std::string rule;                           // v3.0: the rule's name as written
  std::string not_enforceable;                // why, if a v3.0 rule has no counterpart
  std::string engine;                         // custom
  std::optional<Written<std::string>> query;  // sql
  std::optional<CustomCheck> custom;          // custom, of engine lakegate
  std::vector<WrittenThreshold> thresholds;
  Written<MetricUnit> unit{MetricUnit::kRows, {}};
  bool unit_written = false;
  bool only_warns = false;  // severity of info, warning, warn, low or minor
  bool lists_null = false;  // missingValues
  std::optional<std::vector<std::string>> missing_values, valid_values;
  std::optional<Written<std::string>> pattern;
  std::optional<std::vector<Written<std::string>>> properties;  // duplicateValues of an object
  LakegateSettings settings;
  SourcePosition position;
};

}  // namespace lakegate
