#include "storage/storage.h"

#include <utility>

#include "storage/local_file.h"

namespace lakegate {

Result<std::string> ReadWholeFile(Storage& storage, const std::string& path, int64_t max_bytes) {
  LAKEGATE_ASSIGN(auto file, storage.OpenRead(path));
  LAKEGATE_ASSIGN(const FileInfo info, file->Stat());
  if (info.size > max_bytes) {
    return Error{ErrorCode::kInvalidData,
                 "'" + path + "' has " + std::to_string(info.size) + " bytes; at most " +
                     std::to_string(max_bytes) + " are allowed here",
                 "check that this is the file you meant"};
  }
  std::string bytes(static_cast<size_t>(info.size), '\0');
  LAKEGATE_ASSIGN(const size_t got, file->ReadAt(0, bytes));
  bytes.resize(got);
  return bytes;
}

std::vector<std::string> MissingFolders(Storage& storage, std::string path) {
  std::vector<std::string> missing;
  for (;;) {
    const Result<FileInfo> there = storage.Stat(path);
    if (there || there.error().code != ErrorCode::kNotFound) return missing;
    std::string parent = ParentFolder(path);
    missing.push_back(std::exchange(path, std::move(parent)));
  }
}

Status WriteWholeFile(Storage& storage, const std::string& path, std::string_view bytes,
                      const CreateOptions& options) {
  LAKEGATE_ASSIGN(auto file, storage.Create(path, options));
  LAKEGATE_TRY(file->Write(bytes));
  return file->Commit();
}

}  // namespace lakegate
