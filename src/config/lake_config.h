// lakegate.yaml as typed values: what a lake is and what its datasets want.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/publish_config.h"
#include "contract/compat.h"
#include "contract/diagnostics.h"
#include "core/action.h"
#include "core/input_format.h"
#include "core/result.h"
#include "core/source_position.h"

namespace lakegate {

// Folders relative to the lake, absolute ones, or s3:// prefixes; without a slash at the end.
struct Zones {
  std::string land = "land";
  std::string history = "history";
  std::string tables = "tables";
  std::string quarantine = "quarantine";
  std::string reports = "reports";
};

enum class ReadyKind : uint8_t { kImmediate, kStable, kMarker };
struct Ready {
  ReadyKind kind = ReadyKind::kImmediate;
  int64_t stable_s = 0;  // kStable: unchanged for so long
  std::string marker;    // kMarker: the file that says that its folder is complete
};

enum class Keep : uint8_t { kInPlace, kMove };
enum class HeaderColumns : uint8_t { kContract, kFirstFile };  // what a header is compared with

// What a partition must bring; else it fails (too-few-records, too-small, too-large) or is late.
struct Expectations {
  int64_t min_files = 1;
  int64_t min_records = 1;
  int64_t min_bytes = 1;
  std::optional<int64_t> max_bytes;
  std::optional<int32_t> by_utc_s;  // seconds after midnight UTC, of the partition's date
  int64_t by_days_later = 0;        // or so many days after it
};

struct Landing {
  std::string path;                  // see path_pattern.h; relative to the land zone
  std::optional<FileFormat> format;  // nothing: by the file's name
  bool is_tsv = false;               // written as tsv: csv.delimiter is then a tab
  bool is_parquet = false;           // written as parquet: not built yet
  InputFormat input;                 // dialect and limits; input.format only if `format` is set
  Ready ready;
  Keep keep = Keep::kInPlace;
  std::optional<int64_t> batch_files;  // so many files a run; nothing: all that wait
  bool all_must_pass = false;          // a file that is rejected holds those that are read with it
  Expectations expect;
  HeaderColumns columns = HeaderColumns::kContract;
  SourcePosition position;
};

struct Dataset {
  std::string name;
  std::string contract;  // path relative to the lake
  Landing landing;
  Action on_violation = Action::kQuarantine;
  Budget quarantine_budget;
  Compat compat = Compat::kNone;  // whose definitions the library metrics follow
  Publish publish;
  int64_t history_window_s = 7 * 86'400;
  std::optional<int64_t> quarantine_retention_s;
  std::string owner;
  std::vector<std::string> owner_notify, alerts;  // names of alerts
  SourcePosition position;
};

inline constexpr const char* kCommandAlert = "command";  // the type that runs a command

struct AlertConfig {
  std::string name;
  std::string type;  // sentry, slack, webhook, email, sns, eventbridge, command
  std::vector<std::pair<std::string, std::string>> options;  // as written, ${VAR} replaced
  SourcePosition position;
};

// The option's text; empty if it is not there.
std::string OptionOf(const AlertConfig& alert, std::string_view name);

struct ModelConfig {
  std::string name;
  std::string sql;  // path relative to the lake
  Publish publish;
  SourcePosition position;
};

struct LakeConfig {
  std::string file;
  std::string name = "lake";
  Zones zones;
  std::string ledger = ".lakegate/ledger.db";
  std::vector<Dataset> datasets;  // in the file's order
  std::vector<AlertConfig> alerts;
  std::vector<ModelConfig> models;

  const Dataset* FindDataset(std::string_view dataset_name) const;
};

// Returns a variable's value, or nothing if it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

// Reads the file's text. All problems go to `diagnostics`; with errors the result is the first one
// as kInvalidConfig. What is valid but not built yet is an error of its own: RefuseNotBuilt.
Result<LakeConfig> LoadLakeConfig(std::string_view text, const std::string& file_name,
                                  const EnvironmentLookup& environment, Diagnostics& diagnostics);

// kUnsupported with the first thing that this version does not do (all of them, and warnings, go
// to `diagnostics`, id "not-built"). Call it before a run; `lint` shows the diagnostics.
Status RefuseNotBuilt(const LakeConfig& config, Diagnostics& diagnostics);

}  // namespace lakegate
