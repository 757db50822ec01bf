// --reference NAME=FILE of check: other tables that rules look into, without a lake.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "query/other_table.h"
#include "storage/storage.h"

namespace lakegate {

// By the name of the schema object or dataset; FILE is Parquet or CSV and exists.
using ReferenceFiles = std::map<std::string, std::string>;
Result<ReferenceFiles> ParseReferences(const std::vector<std::string>& flags, Storage* storage);

FindOtherTable TablesFromFiles(ReferenceFiles files);

}  // namespace lakegate
