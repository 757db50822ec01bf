// The parts of lakegate.yaml's reader; only lake_config.cc and its siblings include this.
#pragma once

#include <optional>
#include <string>

#include "config/lake_config.h"
#include "contract/map_reader.h"

namespace lakegate {

Dataset ReadDataset(const std::string& name, const YamlNode& node, const FileProblems& problems);
Landing ReadLanding(const YamlNode& node, const std::string& what, const FileProblems& problems);
// `what` names the owner in messages: "dataset 'events'".
Publish ReadPublish(const YamlNode& node, const std::string& what, const FileProblems& problems);

// "7 days" under the key, in seconds.
std::optional<int64_t> ReadDuration(MapReader& map, const char* key);
// "5GB", or a plain number of bytes.
std::optional<int64_t> ReadSize(MapReader& map, const char* key);
// The texts of a list, without their positions.
std::vector<std::string> ReadNames(MapReader& map, const char* key);

}  // namespace lakegate
