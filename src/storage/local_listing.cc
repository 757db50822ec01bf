#include "storage/local_listing.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "storage/errno_error.h"
#include "storage/local_file.h"

namespace lakegate {

namespace {

using FolderId = std::pair<uint64_t, uint64_t>;  // device, inode

// Walks depth first; `above_` are the folders on the way down, so that a symbolic link to one of
// them is recognised as a loop.
class Walk {
 public:
  Status Enter(const std::string& folder, const FileInfo& info) {
    const FolderId id{info.device, info.inode};
    if (std::find(above_.begin(), above_.end(), id) != above_.end()) return {};
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
    if (directory == nullptr) {
      // Removed since it was seen: as if it had never been listed.
      if (errno == ENOENT && !above_.empty()) return {};
      return ErrnoError(errno, "list the folder", folder);
    }
    above_.push_back(id);
    Status status = ReadEntries(directory.get(), folder);
    above_.pop_back();
    return status;
  }

  std::vector<FileInfo> TakeSorted() {
    std::sort(files_.begin(), files_.end(),
              [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
    return std::move(files_);
  }

 private:
  Status ReadEntries(DIR* directory, const std::string& folder) {
    while (true) {
      errno = 0;
      const dirent* entry = readdir(directory);
      if (entry == nullptr) {
        if (errno != 0) return ErrnoError(errno, "list the folder", folder);
        return {};
      }
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      const bool slash = folder.ends_with('/');
      std::string path = folder + (slash ? "" : "/") + entry->d_name;
      auto info = LocalStatAt(dirfd(directory), entry->d_name, path);
      if (!info) {
        if (IsLeftOut(info.error(), entry->d_type == DT_LNK)) continue;
        return info.error();
      }
      if (info->kind == FileKind::kDirectory) {
        LAKEGATE_TRY(Enter(path, *info));
      } else if (info->kind == FileKind::kFile) {
        files_.push_back(*std::move(info));
      }
    }
  }

  // Removed meanwhile, or a link that leads nowhere or in a circle.
  static bool IsLeftOut(const Error& error, bool is_link) {
    return error.code == ErrorCode::kNotFound || (is_link && error.code == ErrorCode::kInvalidData);
  }

  std::vector<FolderId> above_;
  std::vector<FileInfo> files_;
};

}  // namespace

Result<std::vector<FileInfo>> ListLocalFiles(const std::string& prefix) {
  LAKEGATE_ASSIGN(FileInfo info, LocalStat(prefix));
  if (info.kind == FileKind::kFile) return std::vector<FileInfo>{std::move(info)};
  if (info.kind == FileKind::kOther) return std::vector<FileInfo>{};
  Walk walk;
  LAKEGATE_TRY(walk.Enter(prefix, info));
  return walk.TakeSorted();
}

}  // namespace lakegate
