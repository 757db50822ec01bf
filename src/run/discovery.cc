#include "run/discovery.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <set>
#include <tuple>

#include "core/on_threads.h"
#include "core/sha256.h"
#include "publish/plain_publisher.h"
#include "run/partition_path.h"

namespace lakegate {
namespace {

constexpr size_t kHashBufferBytes = 1024 * 1024;

// A matched file and what is to be written about it.
struct Seen {
  SeenFile file;
  std::string partition_path;
  std::map<std::string, std::string> captures;
  std::optional<LandedFile> known;  // registered before and unchanged
  Status hashed;                    // why file.sha256 is missing, if it is not known
};

Status FindKnown(Ledger* ledger, Seen* seen) {
  const SeenFile& file = seen->file;
  LAKEGATE_ASSIGN(seen->known, ledger->landed_files().FindUnchanged(file.dataset, file.path,
                                                                    file.size, file.mtime_ns));
  const bool as_before = seen->known && seen->known->partition_key == file.partition_key &&
                         seen->known->state != LandedFileState::kGone;
  if (!as_before) seen->known.reset();
  return {};
}

// Of what is new. Outside a transaction: it may take long, and others want to write.
void HashNew(Storage* storage, int threads, std::vector<Seen>* files) {
  std::vector<Seen*> unknown;
  for (Seen& seen : *files) {
    if (!seen.known) unknown.push_back(&seen);
  }
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < unknown.size(); i = next++) {
      Seen& seen = *unknown[i];
      try {
        Result<std::string> sha256 = HashFile(storage, seen.file.path);
        if (sha256) {
          seen.file.sha256 = *std::move(sha256);
        } else {
          seen.hashed = sha256.error();
        }
      } catch (const std::bad_alloc&) {
        seen.hashed = Error{ErrorCode::kUnavailable, "out of memory while hashing landed files",
                            "use fewer --threads or free memory"};
      }
    }
  };
  OnThreads(static_cast<int>(std::min(unknown.size(), static_cast<size_t>(threads))), work);
}

// The files of the land zone that the dataset's pattern matches, hashed where they are new.
Result<std::vector<Seen>> LookAround(Storage* storage, Ledger* ledger, const std::string& land,
                                     const Dataset& dataset, int threads,
                                     std::vector<Error>* problems) {
  LAKEGATE_ASSIGN(const PathPattern pattern, PathPattern::Compile(dataset.landing.path));
  std::string folder = land + pattern.literal_prefix();
  folder.pop_back();
  Result<std::vector<FileInfo>> listed = storage->List(folder);
  if (!listed && listed.error().code != ErrorCode::kNotFound) return listed.error();
  std::vector<Seen> files;
  for (const FileInfo& info : listed ? *listed : std::vector<FileInfo>{}) {
    auto captures = pattern.Match(std::string_view(info.path).substr(land.size()));
    if (!captures) continue;
    Result<std::string> path = PartitionPathOf(dataset.publish.path_columns, *captures);
    if (!path) {
      if (path.error().code == ErrorCode::kInvalidConfig) return path.error();
      problems->push_back(path.error().While("looking at " + info.path));
      continue;
    }
    Seen& seen = files.emplace_back();
    seen.file = {dataset.name, info.path, info.size, info.mtime_ns, "", PartitionKeyOfPath(*path)};
    seen.partition_path = *std::move(path);
    seen.captures = *std::move(captures);
    LAKEGATE_TRY(FindKnown(ledger, &seen));
  }
  HashNew(storage, threads, &files);
  return files;
}

// A partition of which no file is left in land.
void FromKey(const std::string& key, DiscoveredPartition* partition) {
  partition->key = key;
  partition->path = PartitionPathOfKey(key);
  partition->values = ValuesOfPartitionPath(partition->path);
}

DiscoveredPartition& PartitionOf(const LandedFile& file,
                                 std::map<std::string, DiscoveredPartition>* partitions) {
  DiscoveredPartition& partition = (*partitions)[file.partition_key];
  if (partition.key.empty()) FromKey(file.partition_key, &partition);
  return partition;
}

// Whether the file's bytes are in history.
Result<bool> IsStored(Storage* storage, const LandedFile& file) {
  if (file.stored_path == file.path) return false;
  const Result<FileInfo> info = storage->Stat(file.stored_path);
  if (!info && info.error().code != ErrorCode::kNotFound) return info.error();
  return info && info->size == file.size;
}

// Files that are in history; and those that the live version was made from and that are gone.
Status AddKnown(Storage* storage, Ledger* ledger, const Dataset& dataset,
                const std::set<std::string>& present, const std::set<int64_t>& from_land,
                std::map<std::string, DiscoveredPartition>* partitions) {
  LAKEGATE_ASSIGN(const std::vector<LandedFile> known,
                  ledger->landed_files().ListForDataset(dataset.name));
  LAKEGATE_ASSIGN(const std::vector<Publication> current,
                  ledger->publications().ListCurrent(dataset.name));
  std::map<std::string, std::string> live_run;  // by partition
  for (const Publication& publication : current) {
    live_run[publication.partition_key] = publication.run_id;
  }
  for (const LandedFile& file : known) {
    if (from_land.contains(file.id)) continue;
    LAKEGATE_ASSIGN(const bool stored, IsStored(storage, file));
    if (stored) {
      if (file.state == LandedFileState::kGone)
        LAKEGATE_TRY(ledger->landed_files().MarkSeen(file.id));
      PartitionOf(file, partitions).files.push_back(file);
      continue;
    }
    const bool other_version = present.contains(file.path) && file.stored_path == file.path;
    if (other_version || file.path.empty()) continue;
    const auto live = live_run.find(file.partition_key);
    const bool was_used = live != live_run.end() && file.run_id == live->second;
    if (file.state != LandedFileState::kGone) {
      LAKEGATE_TRY(ledger->landed_files().MarkGone(file.id));
    }
    if (was_used) PartitionOf(file, partitions).gone.push_back(file.path);
  }
  return {};
}

}  // namespace

Result<std::string> HashFile(Storage* storage, const std::string& path) {
  LAKEGATE_ASSIGN(const auto file, storage->OpenRead(path));
  std::vector<char> buffer(kHashBufferBytes);
  Sha256 sha256;
  for (int64_t offset = 0;;) {
    LAKEGATE_ASSIGN(const size_t got, file->ReadAt(offset, buffer));
    if (got == 0) return sha256.FinishHex();
    sha256.Update({buffer.data(), got});
    offset += static_cast<int64_t>(got);
  }
}

Status CheckAsDiscovered(Storage* storage, const std::vector<LandedFile>& files) {
  for (const LandedFile& file : files) {
    if (file.stored_path != file.path) continue;  // in history nothing changes
    const Result<FileInfo> now = storage->Stat(file.path);
    if (!now && now.error().code == ErrorCode::kNotFound) continue;  // what was open was read
    if (!now) return now.error();
    if (now->size == file.size && now->mtime_ns == file.mtime_ns) continue;
    return Error{ErrorCode::kConflict, "'" + file.path + "' was changed while it was read",
                 "nothing was published; let the producer finish, then run again"};
  }
  return {};
}

Result<Discovery> Discover(Storage* storage, Ledger* ledger, const Zones& zones,
                           const Dataset& dataset, const Clock& clock, int threads) {
  Discovery discovery;
  LAKEGATE_ASSIGN(std::vector<Seen> seen_files, LookAround(storage, ledger, zones.land + "/",
                                                           dataset, threads, &discovery.problems));
  std::erase_if(seen_files, [](const Seen& seen) {  // removed since it was listed
    return !seen.hashed && seen.hashed.error().code == ErrorCode::kNotFound;
  });
  std::map<std::string, DiscoveredPartition> partitions;
  std::set<std::string> present;
  for (const Seen& seen : seen_files) {
    LAKEGATE_TRY(seen.hashed);
    DiscoveredPartition& partition = partitions[seen.file.partition_key];
    partition.path = seen.partition_path;
    partition.key = seen.file.partition_key;
    for (const std::string& column : dataset.publish.path_columns) {
      partition.values[column] = DecodePartitionValue(seen.captures.at(column));
    }
    present.insert(seen.file.path);
  }
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger->Begin());
  std::set<int64_t> from_land;
  for (Seen& seen : seen_files) {
    if (!seen.known) {
      LAKEGATE_ASSIGN(seen.known, ledger->landed_files().Register(seen.file, clock.Now()));
    }
    LandedFile& file = *seen.known;
    DiscoveredPartition& partition = partitions[seen.file.partition_key];
    LAKEGATE_ASSIGN(const bool stored, IsStored(storage, file));
    if (stored) {  // its bytes were sent again, or it could not be removed from land before
      partition.stored_in_land.push_back(file);
      continue;
    }
    if (file.stored_path != file.path) {  // history lost it
      LAKEGATE_TRY(ledger->landed_files().SetStoredPath(file.id, file.path));
      file.stored_path = file.path;
    }
    from_land.insert(file.id);
    partition.files.push_back(std::move(file));
  }
  LAKEGATE_TRY(AddKnown(storage, ledger, dataset, present, from_land, &partitions));
  LAKEGATE_TRY(transaction.Commit());
  for (auto& [key, partition] : partitions) {
    std::sort(partition.files.begin(), partition.files.end(),
              [](const LandedFile& a, const LandedFile& b) {
                return std::tie(a.path, a.id) < std::tie(b.path, b.id);
              });
    discovery.partitions.push_back(std::move(partition));
  }
  return discovery;
}

}  // namespace lakegate
