#include "storage/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/check.h"
#include "storage/errno_error.h"

namespace lakegate {

namespace {

constexpr int64_t kWriteBackBytes = int64_t{4} << 20;
// Written at once, at a multiple of it: the page cache then takes few large folios, which costs a
// tenth of many small ones where a virtual machine's host has to find the memory for them.
constexpr int64_t kBlockBytes = int64_t{1} << 20;
constexpr int64_t kFirstBlockBytes = 256 * 1024;  // of a file that is not as large yet
constexpr int kTemporaryNameTries = 1000;         // names left by a dead process with our number

FileKind KindOfMode(uint32_t mode) {
  if (S_ISREG(mode)) return FileKind::kFile;
  if (S_ISDIR(mode)) return FileKind::kDirectory;
  return FileKind::kOther;
}

// `flags` as for statx. Symbolic links are followed.
Result<FileInfo> StatWithFlags(int fd, const char* name, int flags, const std::string& path) {
  struct statx raw = {};
  if (statx(fd, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &raw) != 0) {
    return ErrnoError(errno, "look at", path);
  }
  FileInfo info;
  info.path = path;
  info.kind = KindOfMode(raw.stx_mode);
  info.size = static_cast<int64_t>(raw.stx_size);
  info.mtime_ns = raw.stx_mtime.tv_sec * 1'000'000'000 + raw.stx_mtime.tv_nsec;
  info.inode = raw.stx_ino;
  info.device = makedev(raw.stx_dev_major, raw.stx_dev_minor);
  info.mount = (raw.stx_mask & STATX_MNT_ID) != 0 ? raw.stx_mnt_id : 0;
  return info;
}

class LocalReadableFile : public ReadableFile {
 public:
  LocalReadableFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~LocalReadableFile() override { close(fd_); }
  LocalReadableFile(const LocalReadableFile&) = delete;
  LocalReadableFile& operator=(const LocalReadableFile&) = delete;

  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    size_t filled = 0;
    while (filled < out.size()) {
      const ssize_t got = pread(fd_, out.data() + filled, out.size() - filled,
                                offset + static_cast<int64_t>(filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoError(errno, "read", path_);
      if (got == 0) break;
      filled += static_cast<size_t>(got);
    }
    return filled;
  }

  Result<FileInfo> Stat() override { return StatWithFlags(fd_, "", AT_EMPTY_PATH, path_); }

 private:
  int fd_;
  std::string path_;
};

// Renames without replacing. File systems without RENAME_NOREPLACE get link + unlink, which is
// atomic for files too.
int RenameToFreeName(const char* from, const char* to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(from, to) != 0) return errno;
  unlink(from);
  return 0;
}

class LocalPendingFile : public PendingFile {
 public:
  LocalPendingFile(int fd, std::string temporary_path, std::string path,
                   const CreateOptions& options)
      : fd_(fd),
        temporary_path_(std::move(temporary_path)),
        path_(std::move(path)),
        options_(options) {}
  LocalPendingFile(const LocalPendingFile&) = delete;
  LocalPendingFile& operator=(const LocalPendingFile&) = delete;

  ~LocalPendingFile() override {
    if (fd_ >= 0) close(fd_);
    if (!committed_) unlink(temporary_path_.c_str());
  }

  Status Write(std::string_view bytes) override {
    LAKEGATE_CHECK(fd_ >= 0, "Write after Commit");
    if (failure_) return *failure_;
    size_ += static_cast<int64_t>(bytes.size());
    const int64_t block = size_ < kBlockBytes ? kFirstBlockBytes : kBlockBytes;
    const int64_t whole = size_ / block * block - written_;  // of the buffer and `bytes` together
    if (whole > 0) {
      const size_t taken = static_cast<size_t>(whole) - buffer_.size();
      LAKEGATE_TRY(WriteThrough(bytes.substr(0, taken)));
      bytes.remove_prefix(taken);
    }
    buffer_.append(bytes);
    return {};
  }

  Status Commit() override {
    LAKEGATE_CHECK(fd_ >= 0, "Commit twice");
    const bool sync = options_.durability == Durability::kSync;
    if (failure_) return *failure_;
    LAKEGATE_TRY(WriteThrough(""));
    if (options_.read_only && !MakeReadOnly()) {
      return ErrnoError(errno, "make read-only", path_);
    }
    if (sync && fsync(fd_) != 0) return ErrnoError(errno, "make durable", path_);
    // Network file systems report a full disk only here.
    if (close(std::exchange(fd_, -1)) != 0) return ErrnoError(errno, "finish writing", path_);
    const int failure = options_.when_exists == WhenExists::kFail
                            ? RenameToFreeName(temporary_path_.c_str(), path_.c_str())
                            : (rename(temporary_path_.c_str(), path_.c_str()) == 0 ? 0 : errno);
    if (failure != 0) return ErrnoError(failure, "create", path_);
    committed_ = true;
    if (!sync) return {};
    if (Status synced = SyncLocalPath(ParentFolder(path_)); !synced) {
      return Error{ErrorCode::kCommitUnknown,
                   "'" + path_ + "' is written but may not survive a power failure: " +
                       synced.error().message,
                   synced.error().hint};
    }
    return {};
  }

  Status CommitAs(const std::string& path) override {
    LAKEGATE_CHECK(ParentFolder(path) == ParentFolder(path_), "CommitAs stays in the folder");
    path_ = path;
    return Commit();
  }

  int64_t size() const override { return size_; }

 private:
  bool MakeReadOnly() const {
    struct stat info;
    return fstat(fd_, &info) == 0 && fchmod(fd_, info.st_mode & 0444) == 0;
  }

  // The buffer, and `more` behind it; the buffer is empty afterwards.
  Status WriteThrough(std::string_view more) {
    std::string_view first = buffer_;
    const auto coming = static_cast<int64_t>(first.size() + more.size());
    if (coming >= kBlockBytes) Allocate(coming);
    while (!first.empty() || !more.empty()) {
      iovec parts[] = {{const_cast<char*>(first.data()), first.size()},
                       {const_cast<char*>(more.data()), more.size()}};
      const ssize_t written = writev(fd_, parts, 2);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        failure_ = ErrnoError(errno, "write", path_);
        return *failure_;
      }
      const size_t of_first = std::min(first.size(), static_cast<size_t>(written));
      first.remove_prefix(of_first);
      more.remove_prefix(static_cast<size_t>(written) - of_first);
      written_ += written;
    }
    buffer_.clear();
    if (options_.durability == Durability::kSync && written_ - begun_ >= kWriteBackBytes) {
      BeginWriteBack();
    }
    return {};
  }

  // The file system then has blocks for the next bytes at once instead of page by page: a third
  // less time for ext4. Only a wish: a full disk is the write's to tell.
  void Allocate(int64_t bytes) {
    allocates_ = allocates_ && fallocate(fd_, FALLOC_FL_KEEP_SIZE, written_, bytes) == 0;
  }

  // The disk begins now what fsync would wait for at the end. Only a wish: errors come from fsync.
  void BeginWriteBack() {
    sync_file_range(fd_, begun_, written_ - begun_, SYNC_FILE_RANGE_WRITE);
    begun_ = written_;
  }

  int fd_;
  std::string temporary_path_;
  std::string path_;
  CreateOptions options_;
  std::string buffer_;
  int64_t size_ = 0;
  int64_t written_ = 0;           // without what is in the buffer
  int64_t begun_ = 0;             // the disk was asked to write that much
  bool allocates_ = true;         // the file system knows how to
  std::optional<Error> failure_;  // of a write; how much of it was written is not known
  bool committed_ = false;
};

}  // namespace

Result<FileInfo> LocalStat(const std::string& path) {
  return StatWithFlags(AT_FDCWD, path.c_str(), 0, path);
}

Result<FileInfo> LocalStatAt(int directory_fd, const char* name, const std::string& path) {
  return StatWithFlags(directory_fd, name, 0, path);
}

Result<std::unique_ptr<ReadableFile>> OpenLocalFile(const std::string& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer. It has no effect on files.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return ErrnoError(errno, "open", path);
  auto file = std::make_unique<LocalReadableFile>(fd, path);
  LAKEGATE_ASSIGN(const FileInfo info, file->Stat());
  if (info.kind == FileKind::kDirectory) {
    return Error{ErrorCode::kInvalidData, "cannot open '" + path + "': it is a folder, not a file",
                 "name a file in it"};
  }
  if (info.kind == FileKind::kOther) {
    return Error{ErrorCode::kInvalidData,
                 "cannot open '" + path + "': it is a pipe, socket or device, not a file",
                 "write its content to a file first"};
  }
  return std::unique_ptr<ReadableFile>(std::move(file));
}

Result<std::unique_ptr<PendingFile>> CreateLocalFile(const std::string& path,
                                                     const CreateOptions& options) {
  if (path.empty() || path.back() == '/') {
    return Error{ErrorCode::kInvalidData, "cannot create '" + path + "': it is no file name",
                 "name a file"};
  }
  // The new file would take the place of /dev/null itself.
  const auto old = LocalStat(path);
  if (old && old->kind == FileKind::kOther) {
    return Error{ErrorCode::kInvalidData,
                 "cannot create '" + path + "': it is a pipe, socket or device, not a file",
                 "name a file"};
  }
  static std::atomic<uint64_t> next_number = 0;
  const std::string prefix = ParentFolder(path) + "/.lakegate-" + std::to_string(getpid()) + "-";
  for (int tries = 0; tries < kTemporaryNameTries; ++tries) {
    std::string temporary_path = prefix + std::to_string(next_number++) + ".tmp";
    const int fd = open(temporary_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) {
      return std::unique_ptr<PendingFile>(
          std::make_unique<LocalPendingFile>(fd, std::move(temporary_path), path, options));
    }
    if (errno != EEXIST) return ErrnoError(errno, "create", path);
  }
  return Error{ErrorCode::kAlreadyExists,
               "cannot create '" + path + "': too many temporary files beside it",
               "remove the files whose name starts with .lakegate- in that folder"};
}

Status SyncLocalPath(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoError(errno, "open", path);
  const int failure = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  // EINVAL: some file systems cannot sync a folder because they need not.
  if (failure != 0 && failure != EINVAL) return ErrnoError(failure, "make durable", path);
  return {};
}

std::string ParentFolder(const std::string& path) {
  size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const size_t slash = path.find_last_of('/', end);
  if (slash == std::string::npos) return ".";
  end = path.find_last_not_of('/', slash);
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

}  // namespace lakegate
