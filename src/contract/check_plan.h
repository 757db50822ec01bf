// A contract compiled for one dataset: what to read, what to check, what it is called.
// Immutable once made; shared by all threads. Made by contract/compile.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/query_rule.h"
#include "contract/record_filter.h"
#include "contract/threshold.h"
#include "core/action.h"
#include "core/reason.h"
#include "core/source_position.h"
#include "core/temporal_pattern.h"
#include "core/time_zone.h"
#include "core/value_type.h"

namespace lakegate {

enum class RuleScope : uint8_t { kRecord, kDataset };
enum class Enforcement : uint8_t { kEnforced, kInformational, kNotEnforceable };

// One promise of the contract, enforced or not. A promise has a stable id.
struct RuleInfo {
  std::string id;  // the quality item's id, else "<field path>.<keyword>": "amount.minimum"
  // Dotted path, list items as "[]", values and keys of maps as "{}" and "{key}": "items[].sku";
  // empty: the whole record.
  std::string field;
  std::string promise;  // one line for people: "amount >= 0"
  RuleScope scope = RuleScope::kRecord;
  ReasonCode code = ReasonCode::kTypeError;  // record rules only
  Enforcement enforcement = Enforcement::kEnforced;
  std::string why_not;  // set when not enforced
  Action action = Action::kQuarantine;
  Budget budget;
  SourcePosition position;
  bool implied = false;  // follows from something else (a default type): no promise of its own
};

enum class StringFormat : uint8_t { kUuid, kEmail, kIpv4, kIpv6, kUri, kHostname, kDateTime };

enum class ConstraintKind : uint8_t {
  kMinLength,  // limit: code points
  kMaxLength,
  kPattern,  // text: RE2 syntax, searched
  kFormat,   // format
  kMinimum,  // bound, inclusive (see exclusive)
  kMaximum,
  kMultipleOf,  // bound; for kDecimal in units of 10^-scale
  kEnum,        // values: allowed texts (strings), or bounds (other types) in `scalars`
  kMinItems,    // limit
  kMaxItems,
  kUniqueItems,
  kMinProperties,  // limit
  kMaxProperties,
  kDimensions,  // limit: elements of a vector, no more and no less
  kNormalized,  // a vector whose length is 1, within 1 %
};

// One check of one value. Which members count follows from the kind.
struct Constraint {
  ConstraintKind kind;
  int rule = -1;  // index into CheckPlan::rules
  int64_t limit = 0;
  Scalar bound;            // in the column's own units, already rounded inwards: exact
  bool exclusive = false;  // kMinimum, kMaximum
  bool never = false;      // no value of the column's type can satisfy it (bound outside the type)
  bool only_zero = false;  // kMultipleOf: the step is beyond the type, so that only 0 is a multiple
  std::string text;
  StringFormat format = StringFormat::kUuid;
  std::vector<std::string> values;
  std::vector<Scalar> scalars;
};

// Numbers that count an instant instead of text (lakegate.sourceFormat).
enum class EpochUnit : uint8_t { kNone, kSeconds, kMillis, kMicros };

struct FieldPlan {
  std::string name;  // JSON key, CSV label, column name
  std::string path;  // dotted
  ValueType type;
  int type_rule = -1;      // rule for type-error and out-of-range; always set
  int required_rule = -1;  // -1: may be absent or null
  std::vector<Constraint> constraints;
  // kDate, kTimestamp, kTime: nothing set = ISO 8601; else the pattern or the epoch unit.
  std::shared_ptr<const TemporalPattern> temporal;  // shared by copies of the plan; immutable
  EpochUnit epoch = EpochUnit::kNone;
  int32_t default_offset_s = 0;          // for texts without offset: seconds east of UTC
  std::shared_ptr<const TimeZone> zone;  // instead of default_offset_s; immutable, shared by copies
  int offset_rule = -1;                  // timezone: true: the rule for texts without offset
  bool masked = false;                   // classification is not public: never shown in messages
  bool from_path = false;                // partitioned: the value may come from the landing path
  std::vector<FieldPlan> children;  // kObject: members; kArray: one item; kMap: one {key, value}
};

// The field of a path; `path` must be valid.
const FieldPlan& FieldAt(const std::vector<FieldPlan>& fields, const FieldPath& path);
// "place.city": through objects only; nothing if there is none.
std::optional<FieldPath> FindField(const std::vector<FieldPlan>& fields, std::string_view dotted);
// Whether a record has several values of it: below a list or a map.
bool IsRepeated(const std::vector<FieldPlan>& fields, const FieldPath& path);

// unique or primaryKey: the second and later copies are violators.
struct UniqueKey {
  int rule = -1;
  std::vector<FieldPath> fields;  // in key order; through objects only
};

// A relationship: the values of the fields must exist in another table (or in this one). A record
// with a null among them refers to nothing and is fine.
struct ForeignKey {
  int rule = -1;
  std::vector<FieldPath> fields;  // in key order; through objects only
  std::string target_contract;    // the file, named like CheckPlan::contract_file
  std::string target_object;      // schema object's name in that file
  std::vector<std::vector<std::string>> target_columns;  // each from the column down to the member
  std::vector<FieldPath> self;  // the target's fields if it is this very table, else empty
};

enum class MetricKind : uint8_t {
  kRowCount,
  kNullValues,
  kMissingValues,
  kInvalidValues,
  kDuplicateValues,
};

const char* Name(MetricKind kind);  // "rowCount", ...

// kKeyed: duplicates only, the rows that have a key (nulls in it or not).
enum class PercentBase : uint8_t { kAll, kNonNull, kValid, kKeyed };
enum class DuplicateCount : uint8_t { kExtraCopies, kRepeatedKeys, kRowsInGroups };

// A dataset rule of the `library` type.
struct MetricRule {
  int rule = -1;
  MetricKind kind = MetricKind::kRowCount;
  std::vector<FieldPath> fields;  // empty for rowCount
  bool repeated = false;          // below a list: percentages are of the values, not of the records
  std::shared_ptr<const RecordFilter> filter;  // null: all records; rules with one text share it
  MetricUnit unit = MetricUnit::kRows;
  std::vector<Threshold> thresholds;  // all must hold (v3.0 allows several)
  PercentBase base = PercentBase::kAll;
  DuplicateCount duplicates = DuplicateCount::kExtraCopies;
  bool nulls_equal = false;            // duplicates: null keys are copies of each other
  bool all_null_is_no_key = false;     // with nulls_equal: but not if the whole key is null
  bool count_null_as_missing = false;  // missingValues lists null
  std::vector<std::string> values;     // missingValues: tokens; invalidValues: valid texts
  bool has_values = false;             // invalidValues: validValues was given
  std::optional<std::string> pattern;  // invalidValues
  // Another tool's definitions (contract/compat.h).
  bool readable_rows = false;         // percentages are of the records that could be read
  std::optional<int> percent_digits;  // percentages are rounded before they are compared
  bool percent_is_count = false;      // unit: percent is compared as a count
  bool fails_when_empty = false;
  std::string definition;  // in words; empty: ours
};

enum class AdditionalFields : uint8_t { kAllow, kReject };

struct CheckPlan {
  std::string contract_id;
  std::string contract_version;
  std::string contract_file;
  std::string contract_hash;  // hex; changes when the meaning may have changed
  std::string dataset;        // schema object's name
  std::vector<FieldPlan> fields;
  std::vector<RuleInfo> rules;
  std::vector<UniqueKey> unique_keys;
  std::vector<ForeignKey> foreign_keys;
  std::vector<MetricRule> metrics;
  std::vector<QueryRule> queries;  // measured when the table is written
  AdditionalFields additional = AdditionalFields::kAllow;
  int additional_rule = -1;                     // set with kReject
  Action default_action = Action::kQuarantine;  // of structural reasons, too
  Budget default_budget;                        // dataset-wide quarantine budget
  std::string compat;                           // "soda-v3", ...; empty: our own definitions
};

struct Coverage {
  int promises = 0;
  int enforced = 0;
  int informational = 0;
  int not_enforceable = 0;
};
Coverage CoverageOf(const CheckPlan& plan);

}  // namespace lakegate
