// What a worker is told, and what it answers: plain values that can be sent to another machine.
// Format: docs/formats/work_unit.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/input_format.h"
#include "core/result.h"
#include "quality/metrics.h"
#include "read/csv_header.h"
#include "read/record_sink.h"
#include "validate/unit_result.h"

namespace lakegate {

// [begin, end) of a plain file. A unit owns the records behind the preamble that begin in it.
struct ByteRange {
  int64_t begin = 0;
  int64_t end = 0;
  bool operator==(const ByteRange&) const = default;
};

// Which version of which file. What is not known when the plan is made is pinned when the file is
// opened first; a pipe has neither size nor time.
struct PinnedInput {
  std::string path;
  std::optional<int64_t> size;
  std::optional<int64_t> mtime_ns;  // since 1970, UTC; none: it lies where nothing changes
  std::string sha256;               // hex; empty: it was not taken
  bool operator==(const PinnedInput&) const = default;
};

// Common to all units of one run.
struct WorkOrder {
  std::string run_id;  // empty: no run of a lake
  int64_t lease_epoch = 0;
  std::string dataset;
  std::string partition;
  std::string contract_hash;
  std::string code_version;
  std::string options;  // of the dataset: all that change what is read, checked or written
  bool operator==(const WorkOrder&) const = default;
};

// Frozen before the first byte is read. Its units follow from the inputs' sizes and first bytes.
struct WorkPlan {
  WorkOrder order;
  std::vector<PinnedInput> inputs;
};

struct WorkUnit {
  WorkOrder order;
  PinnedInput input;
  FileFormat format = FileFormat::kNdjson;
  Compression compression = Compression::kNone;
  uint32_t file = 0;               // index into WorkPlan::inputs
  int64_t index = 0;               // of the unit in its file
  std::optional<ByteRange> range;  // none: the next piece of a stream
  bool operator==(const WorkUnit&) const = default;
};

// The numbers of one unit, or of a part of it. Lists are parallel to the plan's rules, to
// AllReasons() and to the plan's metrics.
struct WorkResult {
  std::string run_id;
  int64_t lease_epoch = 0;
  uint32_t file = 0;
  int64_t index = 0;
  int64_t part = 0;       // of the unit; results are bounded
  bool ends_unit = true;  // no part follows
  bool is_last = false;   // of its file
  UnitCounts counts;
  int64_t records = 0;
  int64_t accepted = 0;
  int64_t accepted_bytes = 0;
  int64_t quarantined_bytes = 0;
  std::vector<int64_t> rule_violations;
  std::vector<int64_t> structure_violations;
  std::vector<MetricCounts> metrics;
  UnknownKeys unknown_keys;
  int64_t more_unknown_keys = 0;
  bool reject_file = false;
  std::optional<FileReason> damage;  // the file as a whole is unusable
};

inline constexpr const char* kWorkUnitFormat = "lakegate-work-unit/1";
inline constexpr const char* kWorkResultFormat = "lakegate-work-result/1";

// One line of JSON.
std::string ToJson(const WorkUnit& unit);
std::string ToJson(const WorkResult& result);
// kInvalidData: not exactly what ToJson writes, in any order of the members.
Result<WorkUnit> ReadWorkUnit(std::string_view json);
Result<WorkResult> ReadWorkResult(std::string_view json);

}  // namespace lakegate
