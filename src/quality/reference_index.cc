#include "quality/reference_index.h"

#include <algorithm>

#include "quality/spilling_lists.h"

namespace lakegate {
namespace {

constexpr size_t kBuckets = 256;  // of sequences

struct KeyAt {
  Hash128 hash;
  int64_t sequence = 0;
};

bool IsLess(const Hash128& a, const Hash128& b) {
  return a.low != b.low ? a.low < b.low : a.high < b.high;
}

}  // namespace

// A set with open addressing. The hash 0,0 is kept apart: it marks a free slot.
class ReferenceIndex::Table {
 public:
  void Add(const Hash128& hash) {
    if (hash == Hash128{}) {
      has_zero_ = true;
      return;
    }
    if (used_ * 3 >= slots_.size() * 2) Grow();
    Hash128& slot = slots_[Find(hash)];
    if (slot == hash) return;
    slot = hash;
    ++used_;
  }
  bool Contains(const Hash128& hash) const {
    if (hash == Hash128{}) return has_zero_;
    return !slots_.empty() && slots_[Find(hash)] == hash;
  }
  // While it grows, the old and the new slots are held.
  size_t bytes_after_next() const {
    return slots_.size() * sizeof(Hash128) * (used_ * 3 >= slots_.size() * 2 ? 3 : 1);
  }
  template <typename Visit>
  Status ForEach(const Visit& visit) const {
    if (has_zero_) LAKEGATE_TRY(visit(Hash128{}));
    for (const Hash128& slot : slots_) {
      if (!(slot == Hash128{})) LAKEGATE_TRY(visit(slot));
    }
    return {};
  }

 private:
  size_t Find(const Hash128& hash) const {
    size_t at = hash.low & (slots_.size() - 1);
    while (!(slots_[at] == Hash128{}) && !(slots_[at] == hash)) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void Grow() {
    std::vector<Hash128> old(std::max<size_t>(slots_.size() * 2, 1024));
    old.swap(slots_);
    for (const Hash128& slot : old) {
      if (!(slot == Hash128{})) slots_[Find(slot)] = slot;
    }
  }
  std::vector<Hash128> slots_;
  size_t used_ = 0;
  bool has_zero_ = false;
};

class ReferenceIndex::Collector {
 public:
  explicit Collector(const SpillOptions& options)
      : options_(options),
        targets_(options.directory, kKeyPartitions),
        keys_(options.directory, kKeyPartitions),
        orphans_(options.directory, kBuckets) {}

  Status AddTarget(const Hash128& hash) {
    targets_[KeyPartitionOf(hash)].push_back(hash);
    return Held(sizeof hash);
  }
  Status AddKey(const Hash128& hash, int64_t sequence) {
    keys_[KeyPartitionOf(hash)].push_back({hash, sequence});
    last_sequence_ = sequence;
    return Held(sizeof(KeyAt));
  }

  Status Resolve() {
    bucket_size_ = last_sequence_ / static_cast<int64_t>(kBuckets) + 1;
    for (size_t i = 0; i < kKeyPartitions; ++i) LAKEGATE_TRY(ResolvePartition(i));
    return {};
  }

  Result<bool> IsOrphan(int64_t sequence) {
    const auto bucket = static_cast<size_t>(sequence / bucket_size_);
    if (bucket >= orphans_.size()) return false;
    if (!loaded_ || bucket != current_) {
      if (loaded_) orphans_.Forget(current_);
      LAKEGATE_TRY(orphans_.Load(bucket));
      std::sort(orphans_[bucket].begin(), orphans_[bucket].end());
      current_ = bucket;
      loaded_ = true;
      next_ = 0;
    }
    const std::vector<int64_t>& orphans = orphans_[bucket];
    while (next_ < orphans.size() && orphans[next_] < sequence) ++next_;
    return next_ < orphans.size() && orphans[next_] == sequence;
  }

 private:
  // Vectors hold up to twice what is in them.
  Status Held(size_t bytes) {
    held_ += static_cast<int64_t>(2 * bytes);
    if (held_ <= options_.memory_bytes) return {};
    held_ = 0;
    LAKEGATE_TRY(targets_.SpillAll());
    return keys_.SpillAll();
  }

  Status ResolvePartition(size_t index) {
    LAKEGATE_TRY(targets_.Load(index));
    LAKEGATE_TRY(keys_.Load(index));
    std::vector<Hash128>& targets = targets_[index];
    std::sort(targets.begin(), targets.end(), IsLess);
    for (const KeyAt& key : keys_[index]) {
      if (std::binary_search(targets.begin(), targets.end(), key.hash, IsLess)) continue;
      orphans_[static_cast<size_t>(key.sequence / bucket_size_)].push_back(key.sequence);
      LAKEGATE_TRY(HeldOrphan());
    }
    std::vector<Hash128>().swap(targets);
    keys_.Forget(index);
    return {};
  }

  Status HeldOrphan() {
    held_orphans_ += static_cast<int64_t>(2 * sizeof(int64_t));
    if (held_orphans_ <= options_.memory_bytes) return {};
    held_orphans_ = 0;
    return orphans_.SpillAll();
  }

  const SpillOptions options_;
  SpillingLists<Hash128> targets_;
  SpillingLists<KeyAt> keys_;
  SpillingLists<int64_t> orphans_;  // sequences, bucketed so that they come in order
  int64_t held_ = 0;
  int64_t held_orphans_ = 0;
  int64_t last_sequence_ = 0;
  int64_t bucket_size_ = 1;
  size_t current_ = 0;
  bool loaded_ = false;
  size_t next_ = 0;
};

ReferenceIndex::ReferenceIndex(SpillOptions options)
    : options_(std::move(options)),
      table_(std::make_unique<Table>()),
      collector_(std::make_unique<Collector>(options_)) {}
ReferenceIndex::~ReferenceIndex() = default;

Status ReferenceIndex::AddTarget(const Hash128& hash) {
  if (fits_ && static_cast<int64_t>(table_->bytes_after_next()) > options_.memory_bytes) {
    LAKEGATE_TRY(SpillTargets());
  }
  if (!fits_) return collector_->AddTarget(hash);
  table_->Add(hash);
  return {};
}

Status ReferenceIndex::SpillTargets() {
  fits_ = false;
  LAKEGATE_TRY(table_->ForEach([&](const Hash128& hash) { return collector_->AddTarget(hash); }));
  table_.reset();
  return {};
}

bool ReferenceIndex::Contains(const Hash128& hash) const { return table_->Contains(hash); }

Status ReferenceIndex::Collect(const Hash128& hash, int64_t sequence) {
  return collector_->AddKey(hash, sequence);
}

Status ReferenceIndex::Resolve() {
  if (fits_) collector_.reset();  // what was collected is not needed
  return fits_ ? Status{} : collector_->Resolve();
}

Result<bool> ReferenceIndex::IsOrphan(int64_t sequence) { return collector_->IsOrphan(sequence); }

}  // namespace lakegate
