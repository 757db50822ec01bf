// The published JSON Schemas of the Open Data Contract Standard, compiled into the program.
#pragma once

#include "contract/contract.h"
#include "contract/diagnostics.h"
#include "contract/yaml_document.h"

namespace lakegate {

// The texts as published; CMake makes their definitions from schemas/*.json.
extern const std::string_view kOdcsSchemaV30;
extern const std::string_view kOdcsSchemaV31;
extern const std::string_view kOdcsSchemaV32;

// Holds a contract to the schema of its apiVersion. Violations become errors in `diagnostics`,
// except where there is already an error at that place. Of an invalid document at least one error
// is there afterwards.
void CheckOdcsSchema(const YamlNode& document, ApiVersion version, const std::string& file,
                     Diagnostics& diagnostics);

}  // namespace lakegate
