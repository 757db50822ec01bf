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
#include "contract/quality_item.h"
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
  std::optional<Written<std::string>> element_type;  // vector
  std::optional<Written<bool>> unique_items, timezone, normalized;
  std::optional<std::vector<Written<std::string>>> required;  // object: names of members
  std::vector<Bound> lower, upper;
  SourcePosition position;
};

// References as written: object.property or [file#]schema/<id>/properties/<id>.
struct Relationship {
  std::vector<Written<std::string>> from, to;  // several: a composite key; a property has no `from`
  std::string target;                          // `to`, joined by ", "
  LakegateSettings settings;
  SourcePosition position;
};

struct Property {
  std::string name;
  std::string id;    // of v3.1 and later; may be empty
  std::string path;  // dotted, list items as "[]", of maps "{key}" and "{}"
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
  std::vector<Property> map;         // of a map: none, or its key and its value
  LakegateSettings settings;
  SourcePosition position;
};

struct SchemaObject {
  std::string name;
  std::string id;  // as Property::id
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
  SourcePosition element_position;
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

// The CSV dialect that the contract itself names for a schema object (empty: the only one): its own
// lakegate.csv, else that of the first server that has one. Null if there is none.
const CsvDialect* CsvDialectOf(const Contract& contract, std::string_view schema_name);

// Reads and lints a contract. All problems go to `diagnostics`; if there are errors, the result is
// kInvalidConfig with the first one. `file_name` is how the user named it, for positions.
Result<Contract> LoadContract(std::string_view text, const std::string& file_name,
                              Diagnostics& diagnostics);

}  // namespace lakegate
