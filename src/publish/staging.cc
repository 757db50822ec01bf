#include "publish/staging.h"

namespace lakegate {

Result<std::string> ChooseStagingRoot(Storage& storage, const std::string& state_dir,
                                      const std::string& tables_dir) {
  LAKEGATE_TRY(storage.MakeDirectories(state_dir, DirectoryAccess::kShared));
  LAKEGATE_TRY(storage.MakeDirectories(tables_dir, DirectoryAccess::kShared));
  LAKEGATE_ASSIGN(const FileInfo state, storage.Stat(state_dir));
  LAKEGATE_ASSIGN(const FileInfo tables, storage.Stat(tables_dir));
  // The same device can be mounted twice (containers do that); a rename across fails all the same.
  if (state.device == tables.device && state.mount == tables.mount) return state_dir + "/staging";
  return tables_dir + "/.staging";
}

std::string StagingFolder(const std::string& staging_root, const std::string& run_id) {
  return staging_root + "/" + run_id;
}

}  // namespace lakegate
