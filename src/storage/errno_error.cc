#include "storage/errno_error.h"

#include <cerrno>
#include <system_error>

namespace lakegate {

namespace {

struct Meaning {
  int error_number;
  ErrorCode code;
  const char* hint;
};

constexpr const char* kFreeSpace = "free some space (or raise the quota) and run again";
constexpr const char* kCheckDisk =
    "the disk or network file system reports a fault: check `dmesg`, then run again";
constexpr const char* kNeedRights = "check owner and mode of the path and of the folders above it";
constexpr const char* kTooManyFiles = "raise the limit of open files (`ulimit -n`)";
constexpr const char* kShortenPath = "use a shorter path";

constexpr Meaning kMeanings[] = {
    {ENOENT, ErrorCode::kNotFound, "check the path; the folders above it must exist too"},
    {EEXIST, ErrorCode::kAlreadyExists, "remove it or choose another name"},
    {ENOTEMPTY, ErrorCode::kAlreadyExists, "the folder is not empty: remove or move its files"},
    {EACCES, ErrorCode::kPermissionDenied, kNeedRights},
    {EPERM, ErrorCode::kPermissionDenied, kNeedRights},
    {EROFS, ErrorCode::kPermissionDenied, "the file system is read-only: mount it writable"},
    {EISDIR, ErrorCode::kInvalidData, "it is a folder where a file is needed"},
    {ENOTDIR, ErrorCode::kInvalidData, "a file stands where a folder is needed"},
    {ENAMETOOLONG, ErrorCode::kInvalidData, kShortenPath},
    {ELOOP, ErrorCode::kInvalidData, "symbolic links lead in a circle: mend them"},
    {ENOSPC, ErrorCode::kUnavailable, kFreeSpace},
    {EDQUOT, ErrorCode::kUnavailable, kFreeSpace},
    {EFBIG, ErrorCode::kUnavailable, "the file would exceed a size limit (`ulimit -f`)"},
    {EMFILE, ErrorCode::kUnavailable, kTooManyFiles},
    {ENFILE, ErrorCode::kUnavailable, kTooManyFiles},
    {EIO, ErrorCode::kUnavailable, kCheckDisk},
    {ESTALE, ErrorCode::kUnavailable, kCheckDisk},
    {EBUSY, ErrorCode::kUnavailable, "another program uses it (a mount point?): try again"},
    {EXDEV, ErrorCode::kUnsupported, "both paths must be on the same mounted file system"},
    {EINVAL, ErrorCode::kUnsupported, "the file system cannot do this"},
    {ENOSYS, ErrorCode::kUnsupported, "the kernel cannot do this"},
    {EOPNOTSUPP, ErrorCode::kUnsupported, "the file system cannot do this"},
};

}  // namespace

Error ErrnoError(int error_number, const std::string& action, const std::string& path) {
  std::string message =
      "cannot " + action + " '" + path + "': " + std::generic_category().message(error_number);
  for (const Meaning& meaning : kMeanings) {
    if (meaning.error_number == error_number) {
      return {meaning.code, std::move(message), meaning.hint};
    }
  }
  return {ErrorCode::kUnavailable, std::move(message), "try again"};
}

}  // namespace lakegate
