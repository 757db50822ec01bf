// The one door to files. Everything outside this room reads and writes through a Storage, so that
// tests can make any single operation fail, and other storages can be added later.
//
// Invariants: (1) A file appears under its name only whole: Create writes aside, Commit renames.
// (2) No operation leaves something under a name that it did not announce, except for a temporary
// file (its name starts with ".lakegate-") after a killed process.
//
// Paths are plain local paths, relative to the working folder or absolute. Every error names its
// path and carries a hint. Codes: kNotFound, kAlreadyExists, kPermissionDenied (rights, read-only),
// kInvalidData (a folder where a file is needed, or the reverse, or a path that cannot exist),
// kUnavailable (no space, I/O error, too many open files: may work later), kUnsupported.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lakegate {

enum class FileKind : uint8_t { kFile, kDirectory, kOther };

struct FileInfo {
  std::string path;
  FileKind kind = FileKind::kFile;
  int64_t size = 0;      // bytes
  int64_t mtime_ns = 0;  // since 1970, UTC
  uint64_t inode = 0;
  uint64_t device = 0;
  uint64_t mount = 0;  // with equal device and mount a rename works; 0: unknown
};

// An open file. ReadAt is thread safe; the file stays readable after it was renamed or removed.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;
  // Fills `out` from byte `offset`; fewer bytes only at the end of the file, 0 behind it.
  virtual Result<size_t> ReadAt(int64_t offset, std::span<char> out) = 0;
  // Of the open file, whatever its name points to now.
  virtual Result<FileInfo> Stat() = 0;
};

// A file that does not exist yet. Legal order: Write any number of times, then Commit once.
// Dropped without Commit it leaves nothing behind. Owned by one thread.
class PendingFile {
 public:
  virtual ~PendingFile() = default;
  virtual Status Write(std::string_view bytes) = 0;
  // After an error nothing is under the name, unless the code is kCommitUnknown.
  virtual Status Commit() = 0;
  // The same under another name in the same folder: for names that depend on the content.
  virtual Status CommitAs(const std::string& path) = 0;
  // Bytes written so far.
  virtual int64_t size() const = 0;
};

enum class WhenExists : uint8_t { kFail, kReplace };
enum class Durability : uint8_t { kNone, kSync };              // kSync: Commit returns after fsync
enum class DirectoryAccess : uint8_t { kShared, kOwnerOnly };  // 0777 less umask, or 0700

struct CreateOptions {
  WhenExists when_exists = WhenExists::kFail;
  Durability durability = Durability::kNone;
  bool read_only = false;  // nobody may write to the file once it has its name
};

// Thread safe: all calls from any thread. Returned objects may outlive the Storage.
class Storage {
 public:
  virtual ~Storage() = default;

  // The regular files below the folder `prefix`, recursively, sorted by path; of a file, itself.
  // Symbolic links are followed, loops are not; broken links, FIFOs, sockets and devices are left
  // out, files whose name starts with a dot are not. A folder that cannot be read is an error.
  virtual Result<std::vector<FileInfo>> List(const std::string& prefix) = 0;
  virtual Result<FileInfo> Stat(const std::string& path) = 0;
  virtual Result<std::unique_ptr<ReadableFile>> OpenRead(const std::string& path) = 0;

  // The folder of `path` must exist.
  virtual Result<std::unique_ptr<PendingFile>> Create(const std::string& path,
                                                      const CreateOptions& options) = 0;
  // Also the missing folders above; `access` is given to those that are made.
  virtual Status MakeDirectories(const std::string& path, DirectoryAccess access) = 0;

  // `to` must not exist, not even as an empty folder.
  virtual Status RenameDirectory(const std::string& from, const std::string& to) = 0;
  // In one step `a` has what `b` had and the reverse; both must exist. kUnsupported where the file
  // system cannot do that, or they are on different ones; nothing is changed then.
  virtual Status ExchangeDirectories(const std::string& a, const std::string& b) = 0;

  // A second name for a file; it has the same bytes for ever, so the file must not be changed any
  // more. kUnsupported where the file system cannot, kAlreadyExists.
  virtual Status Link(const std::string& from, const std::string& to) = 0;

  // A file. kNotFound if it is not there.
  virtual Status Remove(const std::string& path) = 0;
  // A folder with all below it (links are not followed); fine if it is not there.
  virtual Status RemoveTree(const std::string& path) = 0;
  // A folder that has nothing in it. One that has something stays, which is no error; fine if it is
  // not there.
  virtual Status RemoveEmptyDirectory(const std::string& path) = 0;
  // Makes a file's bytes, or a folder's list of names, survive a power failure.
  virtual Status Sync(const std::string& path) = 0;
};

// The whole file as a string. Only for small files; kInvalidData if it has more than `max_bytes`.
Result<std::string> ReadWholeFile(Storage& storage, const std::string& path, int64_t max_bytes);
// The folders that MakeDirectories(path) would make, the innermost first.
std::vector<std::string> MissingFolders(Storage& storage, std::string path);
// Writes aside and commits.
Status WriteWholeFile(Storage& storage, const std::string& path, std::string_view bytes,
                      const CreateOptions& options);

}  // namespace lakegate
