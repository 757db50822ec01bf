// A data contract (Open Data Contract Standard, v3.0 to v3.2) as typed values with positions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"
#include "contract/diagnostics.h"
#include "contract/map_reader.h"
#include "contract/yaml_document.h"
#include "core/action.h"
#include "core/input_format.h"
#include "core/result.h"
#include "core/source_position.h"

namespace lakegate {

// The version whose rules a file is held to: v3.0.x, v3.1.x, v3.2.x. Later ones compare greater.
enum class ApiVersion : uint8_t { kV30, kV31, kV32 };

enum class LogicalType : uint8_t {
  kString,
  kDate,
  kTimestamp,
  kTime,
  kNumber,
  kInteger,
  kObject,
  kArray,
  kBoolean,
  kMap,
  kVector,
};
const char* Name(LogicalType type);  // as the standard writes it

// What customProperties named lakegate.* ask for. Which are allowed where: lakegate_settings.h.
struct LakegateSettings {
  std::optional<Written<Action>> action;
  std::optional<Written<Budget>> budget;
  std::optional<Written<EpochUnit>> source_format;
  std::optional<Written<std::vector<YamlNode>>> allowed_values;  // lakegate.enum
  std::optional<Written<AdditionalFields>> additional;
  std::optional<Written<CsvDialect>> csv;
  bool bounds_exclusive = false;
  bool nulls_equal = false;
  PercentBase base = PercentBase::kAll;
  DuplicateCount duplicates = DuplicateCount::kExtraCopies;
};

// One bound as written; v3.0's boolean exclusive* is already folded in.
struct Bound {
  std::string text;  // a number, or the text of a date, timestamp or time
  bool is_text = false;
  bool exclusive = false;
  std::string keyword;  // "minimum", "exclusiveMaximum", ...
  SourcePosition position;
};

struct TypeOptions {
  std::optional<Written<int64_t>> min_length, max_length;
  std::optional<Written<int64_t>> min_items, max_items;
  std::optional<Written<int64_t>> min_properties, max_properties;
  std::optional<Written<int64_t>> dimensions;  // vector
  std::optional<Written<std::string>> pattern, format, default_timezone, multiple_of;
  std::optional<Written<bool>> unique_items, timezone;
  std::optional<std::vector<Written<std::string>>> required;  // object: names of members
  std::vector<Bound> lower, upper;
  SourcePosition position;
};

enum class QualityType : uint8_t { kLibrary, kSql, kCustom, kText };

// One operator of a quality item.
struct WrittenThreshold {
  Threshold threshold;
  bool is_number = true;  // false: the operand is no number (or list of numbers)
  SourcePosition position;
};

struct QualityItem {
  std::string id;  // `id`, else `name`, else empty
  std::string description;
  QualityType type = QualityType::kLibrary;
  bool promises_nothing = false;  // neither type nor metric
  std::optional<Written<MetricKind>> metric;
  std::string rule;             // v3.0: the rule's name as written
  std::string not_enforceable;  // why, if a v3.0 rule has no counterpart
  std::string engine;           // custom
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

struct Relationship {
  std::string target;  // `to`, joined by ", "
  SourcePosition position;
};

struct Property {
  std::string name;
  std::string path;  // dotted, list items as "[]"
  std::optional<Written<LogicalType>> logical_type;
  std::optional<Written<std::string>> physical_type;
  TypeOptions options;
  Written<bool> required, unique, primary_key, partitioned;
  std::optional<Written<int64_t>> primary_key_position, partition_key_position;
  std::string classification;
  std::optional<Written<std::vector<YamlNode>>> allowed_values;  // `enum` or lakegate.enum
  std::vector<QualityItem> quality;
  std::vector<Relationship> relationships;
  std::vector<Property> properties;  // members of an object
  std::vector<Property> items;       // of an array: none or one
  bool has_items = false;            // `items` is written, whatever it is
  LakegateSettings settings;
  SourcePosition position;
};

struct SchemaObject {
  std::string name;
  std::vector<Property> properties;
  std::vector<QualityItem> quality;
  std::vector<Relationship> relationships;
  LakegateSettings settings;
  SourcePosition position;
};

struct SlaProperty {
  std::string property;
  std::string value;  // as written
  std::string unit;
  std::string element;
  SourcePosition position;
};

struct Contract {
  std::string file;
  std::string hash;  // hex of the text's XXH3-128
  ApiVersion api_version = ApiVersion::kV32;
  std::string api_version_text;
  std::string id, name, version, status, domain;
  std::vector<SchemaObject> schema;
  std::vector<SlaProperty> sla_properties;
  std::optional<Written<CsvDialect>> csv;  // servers[].customProperties lakegate.csv
  YamlNode source;  // the whole file, also what is not understood: nothing is lost on round trip
};

// Reads and lints a contract. All problems go to `diagnostics`; if there are errors, the result is
// kInvalidConfig with the first one. `file_name` is how the user named it, for positions.
Result<Contract> LoadContract(std::string_view text, const std::string& file_name,
                              Diagnostics& diagnostics);

}  // namespace lakegate
