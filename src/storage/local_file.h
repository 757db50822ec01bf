// Open and pending files of the local storage.
#pragma once

#include <memory>
#include <string>

#include "storage/storage.h"

namespace lakegate {

// kNotFound if there is nothing (also behind a symbolic link).
Result<FileInfo> LocalStat(const std::string& path);
Result<FileInfo> LocalStatAt(int directory_fd, const char* name, const std::string& path);

// kInvalidData for a folder, FIFO, socket or device.
Result<std::unique_ptr<ReadableFile>> OpenLocalFile(const std::string& path);

// The temporary file is ".lakegate-<pid>-<n>.tmp" in the same folder.
Result<std::unique_ptr<PendingFile>> CreateLocalFile(const std::string& path,
                                                     const CreateOptions& options);

// fsync of a file or folder.
Status SyncLocalPath(const std::string& path);

// The folder that holds `path`; "." for a bare name.
std::string ParentFolder(const std::string& path);

}  // namespace lakegate
