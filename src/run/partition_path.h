// Hive-style partition folders: name=value, one level per column.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lakegate {

// Writes as DuckDB and Arrow do (every byte outside A-Z a-z 0-9 - _ . ~ as %XX), reads any %XX.
std::string EncodePartitionValue(std::string_view value);
std::string DecodePartitionValue(std::string_view text);

// "ingestion_date=2025-01-01/region=eu"; empty for no columns. `captures` are as written in the
// landing path. kInvalidData for values that readers would take for null: "", NULL and the
// reserved name.
Result<std::string> PartitionPathOf(const std::vector<std::string>& columns,
                                    const std::map<std::string, std::string>& captures);

// The reverse: the decoded values by column.
std::map<std::string, std::string> ValuesOfPartitionPath(const std::string& path);
// Of PartitionKeyOfPath.
std::string PartitionPathOfKey(const std::string& key);

}  // namespace lakegate
