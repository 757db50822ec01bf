// Where runs write aside: one folder per run, on the same mounted file system as the tables, so
// that making it visible is a rename.
#pragma once

#include <string>

#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

// "<state_dir>/staging" if a folder can be renamed from there to `tables_dir`, else
// "<tables_dir>/.staging" (some readers' ** globs do see that). Makes both zones' folders.
// `state_dir` is the lake's .lakegate folder.
Result<std::string> ChooseStagingRoot(Storage& storage, const std::string& state_dir,
                                      const std::string& tables_dir);

// The folder of one run. Nothing else may be put there.
std::string StagingFolder(const std::string& staging_root, const std::string& run_id);

}  // namespace lakegate
