// The parts of a contract's reader; only contract_reader.cc and its siblings include this.
#pragma once

#include <string>
#include <vector>

#include "contract/contract.h"
#include "contract/map_reader.h"

namespace lakegate {

// What every part needs to know of the file.
struct ContractContext {
  ApiVersion version = ApiVersion::kV32;
  const FileProblems& problems;
};

// `properties` of an object; `parent_path` is empty at the top.
std::vector<Property> ReadProperties(const YamlNode& list, const std::string& parent_path,
                                     const ContractContext& context);
// `logicalTypeOptions`; the type is nothing if none is written.
TypeOptions ReadTypeOptions(const YamlNode& node, std::optional<LogicalType> type,
                            const std::string& what, const ContractContext& context);
// `quality` of `what`.
std::vector<QualityItem> ReadQuality(const YamlNode& list, const std::string& what,
                                     const ContractContext& context);
// `relationships` of an object or a property.
std::vector<Relationship> ReadRelationships(const YamlNode& list, const ContractContext& context);

// `implementation` of a custom item of engine lakegate; nothing (and problems) if it is no check.
std::optional<CustomCheck> ReadCustomCheck(MapReader& owner);

// The v3.0 `rule` of a library item as a metric of today; sets `not_enforceable` if it has none.
void MapOldRule(MapReader& map, QualityItem& item);

}  // namespace lakegate
