// The mapping that describes a CSV file: landing.csv in lakegate.yaml, lakegate.csv in a contract.
#pragma once

#include "contract/map_reader.h"
#include "contract/yaml_document.h"
#include "core/input_format.h"

namespace lakegate {

// Starts from `defaults`; problems are reported.
CsvDialect ReadCsvDialect(const YamlNode& node, const FileProblems& problems,
                          const CsvDialect& defaults);

}  // namespace lakegate
