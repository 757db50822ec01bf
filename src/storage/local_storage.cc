#include "storage/local_storage.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/check.h"
#include "storage/errno_error.h"
#include "storage/local_file.h"
#include "storage/local_listing.h"

namespace lakegate {

namespace {

std::string Pair(const std::string& from, const std::string& to) { return from + "' -> '" + to; }

Error AlreadyThere(const std::string& from, const std::string& to) {
  return ErrnoError(EEXIST, "rename", Pair(from, to));
}

constexpr int kRemoveTries = 100;

class LocalStorage : public Storage {
 public:
  Result<std::vector<FileInfo>> List(const std::string& prefix) override {
    return ListLocalFiles(prefix);
  }

  Result<FileInfo> Stat(const std::string& path) override { return LocalStat(path); }

  Result<std::unique_ptr<ReadableFile>> OpenRead(const std::string& path) override {
    return OpenLocalFile(path);
  }

  Result<std::unique_ptr<PendingFile>> Create(const std::string& path,
                                              const CreateOptions& options) override {
    return CreateLocalFile(path, options);
  }

  Status MakeDirectories(const std::string& path, DirectoryAccess access) override {
    const mode_t mode = access == DirectoryAccess::kOwnerOnly ? 0700 : 0777;
    if (mkdir(path.c_str(), mode) == 0) return {};
    int failure = errno;
    if (failure == ENOENT) {
      const std::string parent = ParentFolder(path);
      if (parent == path) return ErrnoError(failure, "create the folder", path);
      LAKEGATE_TRY(MakeDirectories(parent, access));
      if (mkdir(path.c_str(), mode) == 0) return {};
      failure = errno;
    }
    if (failure == EEXIST) {
      LAKEGATE_ASSIGN(const FileInfo info, LocalStat(path));
      if (info.kind == FileKind::kDirectory) return {};
      failure = ENOTDIR;
    }
    return ErrnoError(failure, "create the folder", path);
  }

  Status RenameDirectory(const std::string& from, const std::string& to) override {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno == EEXIST || errno == ENOTEMPTY) return AlreadyThere(from, to);
    if (errno != EINVAL && errno != ENOSYS) return ErrnoError(errno, "rename", Pair(from, to));
    // No RENAME_NOREPLACE here. A plain rename still never replaces a folder that has files.
    struct stat existing;
    if (lstat(to.c_str(), &existing) == 0) return AlreadyThere(from, to);
    if (rename(from.c_str(), to.c_str()) == 0) return {};
    return ErrnoError(errno, "rename", Pair(from, to));
  }

  Status ExchangeDirectories(const std::string& a, const std::string& b) override {
    if (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0) return {};
    const int failure = errno;
    if (failure != EINVAL && failure != ENOSYS && failure != EOPNOTSUPP) {
      return ErrnoError(failure, "exchange", Pair(a, b));
    }
    return Error{ErrorCode::kUnsupported,
                 "cannot exchange '" + a + "' and '" + b +
                     "': this file system has no atomic exchange of two folders",
                 "put the tables zone on ext4, xfs, btrfs or tmpfs"};
  }

  Status Link(const std::string& from, const std::string& to) override {
    if (link(from.c_str(), to.c_str()) == 0) return {};
    const int failure = errno;
    // What file systems without second names say, and full tables of names.
    if (failure == EPERM || failure == EMLINK) {
      return Error{ErrorCode::kUnsupported,
                   "cannot link '" + Pair(from, to) + "': this file system refuses it",
                   "put the tables zone on ext4, xfs, btrfs or tmpfs"};
    }
    return ErrnoError(failure, "link", Pair(from, to));
  }

  Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) == 0) return {};
    return ErrnoError(errno, "remove", path);
  }

  Status RemoveTree(const std::string& path) override {
    LAKEGATE_CHECK(path.find_first_not_of("/.") != std::string::npos,
                   "never the root or the working folder");
    std::error_code failure;
    // Somebody else may be removing the same folder: what vanishes under our hands is fine.
    for (int tries = 0; tries < kRemoveTries; ++tries) {
      std::filesystem::remove_all(path, failure);
      if (failure.value() != ENOENT) break;
    }
    if (failure) return ErrnoError(failure.value(), "remove the folder", path);
    return {};
  }

  Status RemoveEmptyDirectory(const std::string& path) override {
    if (rmdir(path.c_str()) == 0) return {};
    if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return {};
    return ErrnoError(errno, "remove the folder", path);
  }

  Status Sync(const std::string& path) override { return SyncLocalPath(path); }
};

}  // namespace

std::unique_ptr<Storage> MakeLocalStorage() { return std::make_unique<LocalStorage>(); }

}  // namespace lakegate
