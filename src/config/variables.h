// ${VAR} and ${VAR:-default} in the values of lakegate.yaml.
#pragma once

#include "config/lake_config.h"
#include "contract/map_reader.h"
#include "contract/yaml_document.h"

namespace lakegate {

// Replaces them in every scalar below the node. What is not in quotes gets its kind anew:
// `max_depth: ${DEPTH:-64}` is a number. A variable that is not set and has no default, or a ${
// that is not closed, is reported. A default ends at the first }.
void ReplaceVariables(YamlNode& node, const EnvironmentLookup& environment,
                      const FileProblems& problems);

}  // namespace lakegate
