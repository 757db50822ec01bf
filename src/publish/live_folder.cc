#include "publish/live_folder.h"

#include <algorithm>
#include <filesystem>

#include "publish/folder_switch.h"
#include "publish/part_name.h"

namespace lakegate {

Status CheckPartitionPath(const std::string& path) {
  const std::filesystem::path as_path(path);
  const bool is_plain =
      !as_path.is_absolute() &&
      std::all_of(as_path.begin(), as_path.end(), [](const std::filesystem::path& step) {
        return !step.empty() && step != "." && step != "..";
      });
  if (is_plain) return {};
  return Error{ErrorCode::kInvalidData, "'" + path + "' cannot be the path of a partition",
               "check the values of the partition columns"};
}

Status CheckLiveFolder(Storage& storage, const std::string& folder, const std::string& live_path,
                       const std::vector<PublishedFile>& recorded) {
  LAKEGATE_ASSIGN(const auto live_files, ListFolder(storage, folder));
  for (const PublishedFile& file : live_files) {
    const bool is_recorded =
        std::any_of(recorded.begin(), recorded.end(),
                    [&](const PublishedFile& known) { return known.name == file.name; });
    if (is_recorded || IsPartName(file.name) || IsLitterName(file.name)) continue;
    return Error{ErrorCode::kConflict,
                 "'" + live_path + "/" + file.name +
                     "' was not written by lakegate; publishing would remove it",
                 "move it out of the tables zone, then run again"};
  }
  return {};
}

}  // namespace lakegate
