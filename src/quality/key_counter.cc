#include "quality/key_counter.h"

#include <algorithm>

namespace lakegate {
namespace {

constexpr size_t kPartitions = 256;

size_t PartitionOf(const Hash128& hash) { return hash.high >> 56; }

// Open addressing in cache-sized tables; a slot with count 0 is free.
class CountTable {
 public:
  void Count(const std::vector<Hash128>& keys, KeyCounts* counts) {
    size_t size = 64;
    while (size < keys.size() * 2) size *= 2;
    slots_.assign(size, Slot{});
    for (const Hash128& key : keys) {
      size_t at = key.low & (size - 1);
      while (slots_[at].count != 0 && !(slots_[at].key == key)) at = (at + 1) & (size - 1);
      slots_[at].key = key;
      ++slots_[at].count;
    }
    for (const Slot& slot : slots_) {
      if (slot.count == 0) continue;
      ++counts->distinct;
      (slot.count == 1 ? counts->once : counts->repeated) += 1;
      counts->rows_in_groups += slot.count == 1 ? 0 : slot.count;
    }
    counts->keys += static_cast<int64_t>(keys.size());
  }

 private:
  struct Slot {
    Hash128 key;
    int64_t count = 0;
  };
  std::vector<Slot> slots_;
};

}  // namespace

KeyCounter::KeyCounter(SpillOptions options)
    : options_(std::move(options)), partitions_(kPartitions) {}

Status KeyCounter::Add(const UnitKeys& keys) {
  for (const KeyEntry& entry : keys)
    partitions_[PartitionOf(entry.hash)].keys.push_back(entry.hash);
  held_ += static_cast<int64_t>(keys.size());
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

Result<KeyCounts> KeyCounter::Finish() {
  KeyCounts counts;
  CountTable table;
  for (Partition& partition : partitions_) {
    if (partition.spilled) {
      const size_t held = partition.keys.size();
      const size_t spilled = static_cast<size_t>(partition.spilled->size()) / sizeof(Hash128);
      partition.keys.resize(held + spilled);
      LAKEGATE_TRY(partition.spilled->ReadAt(
          0, {reinterpret_cast<char*>(partition.keys.data() + held), spilled * sizeof(Hash128)}));
      partition.spilled.reset();
    }
    table.Count(partition.keys, &counts);
    std::vector<Hash128>().swap(partition.keys);
  }
  return counts;
}

}  // namespace lakegate
