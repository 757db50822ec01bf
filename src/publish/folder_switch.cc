#include "publish/folder_switch.h"

#include <algorithm>
#include <filesystem>

namespace lakegate {

namespace {

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

Result<std::vector<PublishedFile>> ListFolder(Storage& storage, const std::string& folder) {
  LAKEGATE_ASSIGN(const std::vector<FileInfo> infos, storage.List(folder));
  std::vector<PublishedFile> files;
  const size_t name_start = folder.size() + (folder.ends_with('/') ? 0 : 1);
  for (const FileInfo& info : infos) {
    files.push_back({info.path.substr(name_start), info.size, 0});
  }
  return files;
}

bool SameNamesAndSizes(const std::vector<PublishedFile>& a, const std::vector<PublishedFile>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const PublishedFile& left, const PublishedFile& right) {
                      return left.name == right.name && left.size == right.size;
                    });
}

Status FolderSwitch::Apply(const Intent& intent) {
  LAKEGATE_TRY(Move(intent));
  return intent.kind == IntentKind::kSame ? Status() : MakeDurable(intent);
}

Status FolderSwitch::Move(const Intent& intent) {
  const std::string staged = At(intent.staging_path);
  const std::string live = At(intent.live_path);
  switch (intent.kind) {
    case IntentKind::kSame:
      return {};
    case IntentKind::kFirst:
      LAKEGATE_TRY(storage_.MakeDirectories(ParentOf(live), DirectoryAccess::kShared));
      return storage_.RenameDirectory(staged, live);
    case IntentKind::kExchange:
      return storage_.ExchangeDirectories(staged, live);
  }
  return {};
}

Result<bool> FolderSwitch::IsDone(const Intent& intent) {
  if (intent.kind == IntentKind::kSame) return true;
  LAKEGATE_ASSIGN(const bool live, IsStagedFolder(intent, At(intent.live_path)));
  if (live) return true;
  for (const std::string& path : {intent.staging_path, AbandonedPath(intent)}) {
    LAKEGATE_ASSIGN(const bool still_aside, IsStagedFolder(intent, At(path)));
    if (still_aside) return false;
  }
  // The staged inode is nowhere: undone by somebody else, or the lake is a copy with new inodes.
  auto files = ListFolder(storage_, At(intent.live_path));
  if (files) return SameNamesAndSizes(*files, intent.files);
  if (files.error().code == ErrorCode::kNotFound) return false;
  return std::move(files).error();
}

Status FolderSwitch::MakeDurable(const Intent& intent) {
  if (intent.kind == IntentKind::kSame) return {};
  for (const std::string& folder : FoldersOf(intent)) LAKEGATE_TRY(storage_.Sync(folder));
  return {};
}

std::vector<std::string> FolderSwitch::FoldersOf(const Intent& intent) const {
  std::vector<std::string> folders;
  // From the live folder's parent up to the folder that holds the table: any may be new.
  const std::string top = ParentOf(At(intent.table_dir));
  for (std::string folder = ParentOf(At(intent.live_path));; folder = ParentOf(folder)) {
    folders.push_back(folder);
    if (folder.size() <= top.size()) break;
  }
  folders.push_back(ParentOf(At(intent.staging_path)));
  return folders;
}

Result<bool> FolderSwitch::Undo(const Intent& intent) {
  // Renamed first: from now on a process that believes it still publishes this cannot switch to
  // it, and a half removed folder can never become live.
  const std::string abandoned = At(AbandonedPath(intent));
  if (Status moved = storage_.RenameDirectory(At(intent.staging_path), abandoned);
      !moved && moved.error().code != ErrorCode::kNotFound) {
    return std::move(moved).error();
  }
  LAKEGATE_ASSIGN(const bool done, IsDone(intent));
  if (done) return false;
  LAKEGATE_TRY(storage_.RemoveTree(abandoned));
  return true;
}

std::string FolderSwitch::AbandonedPath(const Intent& intent) {
  return intent.staging_path + ".abandoned";
}

std::string FolderSwitch::At(const std::string& path) const {
  return (std::filesystem::path(lake_root_) / path).string();
}

Result<bool> FolderSwitch::IsStagedFolder(const Intent& intent, const std::string& path) {
  auto info = storage_.Stat(path);
  if (info) {
    return info->inode == intent.staged_inode && info->device == intent.staged_device;
  }
  if (info.error().code == ErrorCode::kNotFound) return false;
  return std::move(info).error();
}

}  // namespace lakegate
