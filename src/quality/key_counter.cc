#include "quality/key_counter.h"

#include <algorithm>
#include <atomic>
#include <new>

#include "core/on_threads.h"

namespace lakegate {
namespace {

constexpr int64_t kKeysWorthThreads = 10'000;
// A quarter: less goes to disk than if all did, and the workers wait for it less long.
constexpr size_t kPartitionsAtOnce = kKeyPartitions / 4;
constexpr size_t kKeysAtOnce = 32 * 1024;  // written; all keys may be of one partition

// Open addressing in cache-sized tables of indexes into the keys.
class CountTable {
 public:
  KeyCounts Count(std::span<const Hash128> keys) {
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
    : options_(std::move(options)), spilled_(options_.directory, kKeyPartitions) {}

Status KeyCounter::Add(const UnitKeys& keys) {
  for (const KeyEntry& entry : keys) held_.Add(entry.hash);
  added_ += static_cast<int64_t>(keys.size());
  while (held_.bytes() > options_.memory_bytes) LAKEGATE_TRY(Spill());
  return {};
}

Status KeyCounter::Spill() {
  std::vector<Hash128> keys;
  keys.reserve(kKeysAtOnce);
  for (size_t i = 0; i < kPartitionsAtOnce; ++i) {
    const size_t partition = next_to_spill_++ % kKeyPartitions;
    const auto write = [&] {
      const auto* bytes = reinterpret_cast<const char*>(keys.data());
      const Status status = spilled_.Append(partition, {bytes, keys.size() * sizeof(Hash128)});
      keys.clear();
      return status;
    };
    LAKEGATE_TRY(held_.ForEachPiece(partition, [&](std::span<const Hash128> piece) {
      keys.insert(keys.end(), piece.begin(), piece.end());
      return keys.size() + piece.size() > kKeysAtOnce ? write() : Status();
    }));
    LAKEGATE_TRY(write());
    held_.Clear(partition);
  }
  return {};
}

void KeyCounts::Add(const KeyCounts& other) {
  keys += other.keys;
  distinct += other.distinct;
  once += other.once;
  repeated += other.repeated;
  rows_in_groups += other.rows_in_groups;
}

Result<std::span<const Hash128>> KeyCounter::Load(size_t partition, std::vector<Hash128>* memory) {
  const size_t held = held_.size(partition);
  const size_t bytes = spilled_.size(partition);
  const size_t keys = held + bytes / sizeof(Hash128);
  memory->resize(std::max(keys, memory->size()));
  Hash128* to = memory->data();
  LAKEGATE_TRY(held_.ForEachPiece(partition, [&](std::span<const Hash128> piece) {
    to = std::copy(piece.begin(), piece.end(), to);
    return Status();
  }));
  LAKEGATE_TRY(
      spilled_.ReadAll(partition, {reinterpret_cast<char*>(memory->data() + held), bytes}));
  return std::span<const Hash128>(memory->data(), keys);
}

Result<KeyCounts> KeyCounter::Finish(int threads) {
  std::vector<KeyCounts> counts(kKeyPartitions);
  std::vector<Status> statuses(kKeyPartitions);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    CountTable table;
    std::vector<Hash128> memory;
    for (size_t i = next++; i < kKeyPartitions; i = next++) {
      try {
        const auto keys = Load(i, &memory);
        statuses[i] = keys ? Status() : Status(keys.error());
        if (keys) counts[i] = table.Count(*keys);
      } catch (const std::bad_alloc&) {
        statuses[i] = Error{ErrorCode::kUnavailable, "out of memory while counting keys",
                            "use a smaller --memory or free memory"};
      }
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
