#include "publish/history_store.h"

#include <vector>

#include "core/sha256.h"
#include "publish/abandoned_run.h"

namespace lakegate {
namespace {

constexpr size_t kCopyBufferBytes = 1024 * 1024;
constexpr int kNamesTried = 10'000;

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Where ".json.gz" begins; a name's end if it has none.
size_t ExtensionAt(const std::string& name) {
  size_t end = name.size();
  for (const char* packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) end = name.size() - std::string(packed).size();
  }
  const size_t dot = end == 0 ? std::string::npos : name.rfind('.', end - 1);
  return dot == std::string::npos || dot == 0 ? end : dot;
}

std::string ExtensionOf(const std::string& path) {
  const std::string name = FileName(path);
  return name.substr(ExtensionAt(name));
}

// Reads a file to its end; `write` gets its bytes.
template <typename Write>
Result<std::string> HashWhile(ReadableFile* file, Write write) {
  std::vector<char> buffer(kCopyBufferBytes);
  Sha256 sha256;
  for (int64_t offset = 0;;) {
    LAKEGATE_ASSIGN(const size_t got, file->ReadAt(offset, buffer));
    if (got == 0) return sha256.FinishHex();
    sha256.Update({buffer.data(), got});
    LAKEGATE_TRY(write(std::string_view(buffer.data(), got)));
    offset += static_cast<int64_t>(got);
  }
}

bool IsSameFile(const FileInfo& a, const FileInfo& b) {
  return a.inode == b.inode && a.device == b.device && a.size == b.size && a.mtime_ns == b.mtime_ns;
}

}  // namespace

std::string HistoryName(const LandedFile& file, int number) {
  const std::string name = FileName(file.path);
  const size_t extension = ExtensionAt(name);
  const std::string seconds = std::to_string(file.first_seen_us / 1'000'000);
  return "file_land_timestamp=" + seconds + "/" + name.substr(0, extension) + "_" + seconds +
         (number == 0 ? "" : "-" + std::to_string(number + 1)) + name.substr(extension);
}

// Whether the file is there and has these bytes.
Result<bool> HistoryStore::Holds(const std::string& path, const std::string& sha256) {
  const auto file = storage_.OpenRead(path);
  if (!file && file.error().code == ErrorCode::kNotFound) return false;
  if (!file) return file.error();
  LAKEGATE_ASSIGN(const std::string found,
                  HashWhile(file->get(), [](std::string_view) { return Status(); }));
  return found == sha256;
}

// Another landed file had the same bytes, and they are stored already.
Result<bool> HistoryStore::ShareStored(const std::string& run_id, const LandedFile& file) {
  const auto copied = copied_.find(file.sha256 + ExtensionOf(file.path));
  if (copied != copied_.end()) {
    LAKEGATE_TRY(ledger_.history_copies().Record({run_id, file.id, copied->second}));
    return true;
  }
  LAKEGATE_ASSIGN(const std::vector<LandedFile> same,
                  ledger_.landed_files().FindByContent(file.dataset, file.sha256));
  for (const LandedFile& other : same) {
    const bool stored = other.stored_path != other.path;
    // The format of a file is told by its name.
    if (!stored || ExtensionOf(other.path) != ExtensionOf(file.path)) continue;
    LAKEGATE_TRY(ledger_.history_copies().Record({run_id, file.id, other.stored_path}));
    LAKEGATE_ASSIGN(const bool holds, Holds(other.stored_path, file.sha256));
    if (holds) return true;
  }
  return false;
}

Status HistoryStore::Copy(const std::string& run_id, const LandedFile& file) {
  LAKEGATE_ASSIGN(const bool shared, ShareStored(run_id, file));
  if (shared) return {};
  for (int number = 0; number < kNamesTried; ++number) {
    const std::string path = zone_ + "/" + file.dataset + "/" + HistoryName(file, number);
    // From here on nobody removes what is under that name.
    LAKEGATE_TRY(ledger_.history_copies().Record({run_id, file.id, path}));
    const Result<FileInfo> info = storage_.Stat(path);
    if (!info && info.error().code != ErrorCode::kNotFound) return info.error();
    if (!info) {
      LAKEGATE_TRY(MakeFolder(path.substr(0, path.rfind('/')), file.dataset));
      LAKEGATE_ASSIGN(const bool copied, CopyTo(path, file));
      if (!copied) continue;  // somebody else took the name at this moment
    }
    LAKEGATE_ASSIGN(const bool holds, Holds(path, file.sha256));
    if (holds) {
      copied_[file.sha256 + ExtensionOf(file.path)] = path;
      return storage_.Sync(path.substr(0, path.rfind('/')));
    }
    if (!info) {
      return Error{ErrorCode::kCorrupt,
                   "'" + path + "' does not have the bytes that were written to it",
                   "nothing was removed from land; check the disk of the history zone"};
    }
  }
  return Error{ErrorCode::kConflict, "no free name in history for '" + file.path + "'",
               "too many files of that name landed in one second"};
}

// False: there is a file under that name.
Result<bool> HistoryStore::CopyTo(const std::string& stored_path, const LandedFile& file) {
  LAKEGATE_ASSIGN(const auto source, storage_.OpenRead(file.path));
  CreateOptions options{WhenExists::kFail, Durability::kSync};
  options.read_only = true;
  LAKEGATE_ASSIGN(const auto copy, storage_.Create(stored_path, options));
  LAKEGATE_ASSIGN(const std::string sha256, HashWhile(source.get(), [&](std::string_view part) {
                    return copy->Write(part);
                  }));
  if (sha256 != file.sha256) {
    return Error{ErrorCode::kConflict, "'" + file.path + "' was changed after it was read",
                 "nothing was published; let the producer finish, then run again"};
  }
  Status committed = copy->Commit();
  if (!committed && committed.error().code == ErrorCode::kAlreadyExists) return false;
  if (!committed) return std::move(committed).error();
  return true;
}

// A new folder's name must survive a power failure, too.
Status HistoryStore::MakeFolder(const std::string& folder, const std::string& dataset) {
  if (storage_.Stat(folder)) return {};
  LAKEGATE_TRY(storage_.MakeDirectories(folder, DirectoryAccess::kShared));
  LAKEGATE_TRY(storage_.Sync(zone_ + "/" + dataset));
  return storage_.Sync(zone_);
}

// What a killed process was writing aside. Whoever writes into the folder has a row.
Status HistoryStore::RemoveHalfCopies(const HistoryCopy& copy) {
  LAKEGATE_ASSIGN(const bool in_use, ledger_.history_copies().IsFolderInUse(copy));
  if (in_use) return {};
  const auto files = storage_.List(copy.stored_path.substr(0, copy.stored_path.rfind('/')));
  if (!files && files.error().code == ErrorCode::kNotFound) return {};
  if (!files) return files.error();
  for (const FileInfo& file : *files) {
    if (!FileName(file.path).starts_with(".lakegate-")) continue;
    Status removed = storage_.Remove(file.path);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  }
  return {};
}

Status HistoryStore::ReleaseOne(const HistoryCopy& copy) {
  // Nobody else can come to need it between the question and the removal.
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  LAKEGATE_ASSIGN(const bool needed, ledger_.history_copies().IsNeeded(copy));
  if (!needed) {
    Status removed = storage_.Remove(copy.stored_path);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  }
  LAKEGATE_TRY(RemoveHalfCopies(copy));
  LAKEGATE_TRY(ledger_.history_copies().Forget(copy));
  return transaction.Commit();
}

Status HistoryStore::Release(const std::string& run_id) {
  LAKEGATE_ASSIGN(const std::vector<HistoryCopy> copies,
                  ledger_.history_copies().ListForRun(run_id));
  for (const HistoryCopy& copy : copies) LAKEGATE_TRY(ReleaseOne(copy));
  return {};
}

Status HistoryStore::ReleaseAbandoned(TimestampUs now_us) {
  LAKEGATE_ASSIGN(const std::vector<HistoryCopy> copies, ledger_.history_copies().List());
  for (const HistoryCopy& copy : copies) {
    LAKEGATE_ASSIGN(const std::optional<Run> run, ledger_.runs().Find(copy.run_id));
    if (!run) continue;
    LAKEGATE_ASSIGN(const RunHold hold, TakeHold(*run, now_us, &ledger_));
    if (hold == RunHold::kNone) LAKEGATE_TRY(ReleaseOne(copy));
  }
  return {};
}

Result<bool> HistoryStore::RemoveFromLand(const LandedFile& file) {
  if (file.stored_path == file.path) return false;
  const auto landed = storage_.OpenRead(file.path);
  if (!landed && landed.error().code == ErrorCode::kNotFound) return true;
  if (!landed) return landed.error();
  LAKEGATE_ASSIGN(const FileInfo before, (*landed)->Stat());
  LAKEGATE_ASSIGN(const bool stored, Holds(file.stored_path, file.sha256));
  if (!stored) return false;
  LAKEGATE_ASSIGN(const std::string sha256,
                  HashWhile(landed->get(), [](std::string_view) { return Status(); }));
  if (sha256 != file.sha256) return false;
  const Result<FileInfo> now = storage_.Stat(file.path);
  if (!now && now.error().code == ErrorCode::kNotFound) return true;
  if (!now) return now.error();
  if (!IsSameFile(before, *now)) return false;
  Status removed = storage_.Remove(file.path);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return std::move(removed).error();
  return true;
}

Status HistoryStore::CopyAll(const std::string& run_id, const std::vector<LandedFile>& files) {
  for (const LandedFile& file : files) {
    LAKEGATE_ASSIGN(const std::optional<LandedFile> now, ledger_.landed_files().Find(file.id));
    if (now && now->stored_path == now->path) LAKEGATE_TRY(Copy(run_id, *now));
  }
  return {};
}

std::string HistoryStore::RemoveFromLand(const std::vector<LandedFile>& files) {
  std::string problems;
  for (const LandedFile& file : files) {
    const auto now = ledger_.landed_files().Find(file.id);
    if (!now || !*now || (*now)->stored_path == file.path) continue;
    if (Result<bool> removed = RemoveFromLand(**now); !removed) {
      problems += (problems.empty() ? "" : "; ") + removed.error().message;
    }
  }
  return problems;
}

}  // namespace lakegate
