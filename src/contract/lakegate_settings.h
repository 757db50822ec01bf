// customProperties named lakegate.*: what the standard has no word for.
#pragma once

#include <optional>
#include <string>

#include "contract/contract.h"
#include "contract/map_reader.h"

namespace lakegate {

// Where a list of customProperties stands decides which names of ours it may hold.
enum class SettingsPlace : uint8_t {
  kProperty,
  kQuality,
  kObject,
  kRelationship,
  kServer,
  kElsewhere
};

// Reads `customProperties` of the mapping (the key becomes known). Foreign names are left alone.
LakegateSettings ReadLakegateSettings(MapReader& owner, SettingsPlace place, ApiVersion version);

// {percent: 2} or {rows: 10}; also used by lakegate.yaml.
std::optional<Budget> ReadBudget(const YamlNode& node, const FileProblems& problems);

}  // namespace lakegate
