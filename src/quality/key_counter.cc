#include "quality/key_counter.h"

#include <algorithm>
#include <atomic>
#include <new>

#include "core/on_threads.h"

namespace lakegate {
namespace {

constexpr size_t kPartitions = 256;
constexpr int64_t kKeysWorthThreads = 10'000;

size_t PartitionOf(const Hash128& hash) { return hash.high >> 56; }

// Open addressing in cache-sized tables of indexes into the keys.
class CountTable {
 public:
  KeyCounts Count(const std::vector<Hash128>& keys) {
    size_t size = 64;
    while (size < keys.size() * 2) size *= 2;
    heads_.assign(size, 0);
    copies_.assign(keys.size(), 0);
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i + kAhead < keys.size()) __builtin_prefetch(&heads_[keys[i + kAhead].low & (size - 1)]);
      size_t at = keys[i].low & (size - 1);
      while (heads_[at] != 0 && !(keys[heads_[at] - 1] == keys[i])) at = (at + 1) & (size - 1);
      if (heads_[at] == 0) heads_[at] = static_cast<uint32_t>(i) + 1;
      ++copies_[heads_[at] - 1];
    }
    KeyCounts counts;
    counts.keys = static_cast<int64_t>(keys.size());
    for (const uint32_t copies : copies_) {
      counts.distinct += copies > 0 ? 1 : 0;
      counts.once += copies == 1 ? 1 : 0;
      counts.rows_in_groups += copies > 1 ? copies : 0;
    }
    counts.repeated = counts.distinct - counts.once;
    return counts;
  }

 private:
  static constexpr size_t kAhead = 8;
  std::vector<uint32_t> heads_;   // 1 + index of a key's first copy; 0: free
  std::vector<uint32_t> copies_;  // of the key whose first copy is there, else 0
};

}  // namespace

KeyCounter::KeyCounter(SpillOptions options)
    : options_(std::move(options)), partitions_(kPartitions) {}

Status KeyCounter::Add(const UnitKeys& keys) {
  for (const KeyEntry& entry : keys)
    partitions_[PartitionOf(entry.hash)].keys.push_back(entry.hash);
  held_ += static_cast<int64_t>(keys.size());
  added_ += static_cast<int64_t>(keys.size());
  // Growing vectors have up to twice the room they need.
  if (held_ * static_cast<int64_t>(2 * sizeof(Hash128)) > options_.memory_bytes) return Spill();
  return {};
}

Status KeyCounter::Spill() {
  for (Partition& partition : partitions_) {
    if (partition.keys.empty()) continue;
    if (!partition.spilled) {
      LAKEGATE_ASSIGN(SpillFile file, SpillFile::Make(options_.directory));
      partition.spilled = std::make_unique<SpillFile>(std::move(file));
    }
    LAKEGATE_TRY(partition.spilled->Append({reinterpret_cast<const char*>(partition.keys.data()),
                                            partition.keys.size() * sizeof(Hash128)}));
    std::vector<Hash128>().swap(partition.keys);
  }
  held_ = 0;
  return {};
}

void KeyCounts::Add(const KeyCounts& other) {
  keys += other.keys;
  distinct += other.distinct;
  once += other.once;
  repeated += other.repeated;
  rows_in_groups += other.rows_in_groups;
}

// What was spilled comes back behind what is in memory.
Status KeyCounter::Load(Partition* partition) {
  if (!partition->spilled) return {};
  const size_t held = partition->keys.size();
  const size_t spilled = static_cast<size_t>(partition->spilled->size()) / sizeof(Hash128);
  partition->keys.resize(held + spilled);
  LAKEGATE_TRY(partition->spilled->ReadAt(
      0, {reinterpret_cast<char*>(partition->keys.data() + held), spilled * sizeof(Hash128)}));
  partition->spilled.reset();
  return {};
}

Result<KeyCounts> KeyCounter::Finish(int threads) {
  std::vector<KeyCounts> counts(partitions_.size());
  std::vector<Status> statuses(partitions_.size());
  std::atomic<size_t> next{0};
  const auto work = [&] {
    CountTable table;
    for (size_t i = next++; i < partitions_.size(); i = next++) {
      try {
        statuses[i] = Load(&partitions_[i]);
        if (statuses[i]) counts[i] = table.Count(partitions_[i].keys);
      } catch (const std::bad_alloc&) {
        statuses[i] = Error{ErrorCode::kUnavailable, "out of memory while counting keys",
                            "use a smaller --memory or free memory"};
      }
      std::vector<Hash128>().swap(partitions_[i].keys);
    }
  };
  OnThreads(added_ >= kKeysWorthThreads ? threads : 1, work);
  KeyCounts sum;
  for (size_t i = 0; i < counts.size(); ++i) {
    LAKEGATE_TRY(statuses[i]);
    sum.Add(counts[i]);
  }
  return sum;
}

}  // namespace lakegate
