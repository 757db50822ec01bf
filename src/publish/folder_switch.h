// The file side of a publication: which folder is live, switching it, undoing what was staged.
// The ledger side is publication_record.h.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "ledger/intents.h"
#include "storage/storage.h"

namespace lakegate {

// The files of a folder with their sizes, names relative to it, sorted; rows are 0.
Result<std::vector<PublishedFile>> ListFolder(Storage& storage, const std::string& folder);

// Whether both have the same names and sizes. Both in order of name.
bool SameNamesAndSizes(const std::vector<PublishedFile>& a, const std::vector<PublishedFile>& b);

// Borrows the storage. Paths of intents are relative to `lake_root` unless absolute.
class FolderSwitch {
 public:
  FolderSwitch(Storage& storage, std::string lake_root)
      : storage_(storage), lake_root_(std::move(lake_root)) {}

  // Makes the staged folder the live one and durable. After an error: IsDone tells.
  Status Apply(const Intent& intent);
  // The same, not durable yet: that takes a Sync of its FoldersOf, once for many.
  Status Move(const Intent& intent);
  std::vector<std::string> FoldersOf(const Intent& intent) const;
  // Whether the live folder is the one that was staged (by inode; in a copied lake by its files).
  Result<bool> IsDone(const Intent& intent);
  Status MakeDurable(const Intent& intent);
  // Takes the staged folder away and removes it. False: it had become live at the last moment, and
  // the old version is now at AbandonedPath. May be repeated.
  Result<bool> Undo(const Intent& intent);

  static std::string AbandonedPath(const Intent& intent);
  // As the storage wants it.
  std::string At(const std::string& path) const;

 private:
  Result<bool> IsStagedFolder(const Intent& intent, const std::string& path);
  Storage& storage_;
  std::string lake_root_;
};

}  // namespace lakegate
