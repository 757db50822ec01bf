// Recursive listing of a local folder.
#pragma once

#include <string>
#include <vector>

#include "storage/storage.h"

namespace lakegate {

// As Storage::List says.
Result<std::vector<FileInfo>> ListLocalFiles(const std::string& prefix);

}  // namespace lakegate
