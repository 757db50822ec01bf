// What may be under a table's folder before a new version takes its place.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "ledger/publications.h"
#include "storage/storage.h"

namespace lakegate {

// kInvalidData: not a plain relative path. Each step must be a plain name: values with '/' are
// encoded by whoever makes paths.
Status CheckPartitionPath(const std::string& path);

// kConflict if there is a file that lakegate did not write: publishing would remove it. `folder` is
// where the storage finds it, `live_path` what it is called in messages, `recorded` what the ledger
// says is in it.
Status CheckLiveFolder(Storage& storage, const std::string& folder, const std::string& live_path,
                       const std::vector<PublishedFile>& recorded);

}  // namespace lakegate
