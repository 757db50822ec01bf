#include "quality/unique_index.h"

#include <algorithm>

#include "quality/spilling_lists.h"

namespace lakegate {
namespace {

constexpr size_t kBuckets = 256;  // of sequences

struct KeyAt {
  Hash128 hash;
  int64_t sequence = 0;
  RecordPlace place;
};

// A later copy and where the first one is.
struct Copy {
  int64_t sequence = 0;
  RecordPlace first;
};

}  // namespace

class UniqueIndex::Table {
 public:
  std::optional<RecordPlace> FindOrAdd(const Hash128& hash, const RecordPlace& place) {
    if (used_ * 3 >= slots_.size() * 2) Grow();
    size_t at = hash.low & (slots_.size() - 1);
    while (slots_[at].place.line != 0) {
      if (slots_[at].hash == hash) return slots_[at].place;
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = {hash, place};
    ++used_;
    return std::nullopt;
  }
  size_t bytes_after_growth() const {
    return slots_.size() * sizeof(Slot) * (used_ * 3 >= slots_.size() * 2 ? 3 : 1);
  }

 private:
  struct Slot {
    Hash128 hash;
    RecordPlace place;  // line 0: free
  };
  void Grow() {
    std::vector<Slot> old(std::max<size_t>(slots_.size() * 2, 1024));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.place.line == 0) continue;
      size_t at = slot.hash.low & (slots_.size() - 1);
      while (slots_[at].place.line != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

class UniqueIndex::Collector {
 public:
  explicit Collector(const SpillOptions& options)
      : options_(options),
        keys_(options.directory, kKeyPartitions),
        copies_(options.directory, kBuckets) {}

  Status Add(const KeyAt& key) {
    keys_[KeyPartitionOf(key.hash)].push_back(key);
    last_sequence_ = key.sequence;
    if (++held_ * static_cast<int64_t>(2 * sizeof(KeyAt)) <= options_.memory_bytes) return {};
    held_ = 0;
    return keys_.SpillAll();
  }

  // Later copies, bucketed by sequence so that LookUp reads them in order.
  Status Resolve() {
    bucket_size_ = last_sequence_ / static_cast<int64_t>(kBuckets) + 1;
    int64_t held = 0;
    for (size_t i = 0; i < keys_.size(); ++i) {
      LAKEGATE_TRY(keys_.Load(i));
      held += FindCopies(&keys_[i]);
      keys_.Forget(i);
      if (held * static_cast<int64_t>(2 * sizeof(Copy)) > options_.memory_bytes) {
        held = 0;
        LAKEGATE_TRY(copies_.SpillAll());
      }
    }
    return {};
  }

  // Sequences come in ascending order.
  Result<std::optional<RecordPlace>> LookUp(int64_t sequence) {
    const auto bucket = static_cast<size_t>(sequence / bucket_size_);
    if (bucket >= copies_.size()) return std::optional<RecordPlace>();
    if (!loaded_ || bucket != current_) {
      if (loaded_) copies_.Forget(current_);
      LAKEGATE_TRY(copies_.Load(bucket));
      std::sort(copies_[bucket].begin(), copies_[bucket].end(),
                [](const Copy& a, const Copy& b) { return a.sequence < b.sequence; });
      current_ = bucket;
      loaded_ = true;
      next_ = 0;
    }
    const std::vector<Copy>& copies = copies_[bucket];
    while (next_ < copies.size() && copies[next_].sequence < sequence) ++next_;
    if (next_ < copies.size() && copies[next_].sequence == sequence) {
      return std::optional<RecordPlace>(copies[next_].first);
    }
    return std::optional<RecordPlace>();
  }

 private:
  // Sorts the keys; the later copies among them go to their buckets. Returns how many there are.
  int64_t FindCopies(std::vector<KeyAt>* keys) {
    std::sort(keys->begin(), keys->end(), [](const KeyAt& a, const KeyAt& b) {
      if (a.hash.low != b.hash.low) return a.hash.low < b.hash.low;
      if (a.hash.high != b.hash.high) return a.hash.high < b.hash.high;
      return a.sequence < b.sequence;
    });
    int64_t found = 0;
    size_t first = 0;
    for (size_t i = 1; i < keys->size(); ++i) {
      if (!((*keys)[i].hash == (*keys)[first].hash)) {
        first = i;
        continue;
      }
      const int64_t sequence = (*keys)[i].sequence;
      copies_[static_cast<size_t>(sequence / bucket_size_)].push_back(
          {sequence, (*keys)[first].place});
      ++found;
    }
    return found;
  }

  const SpillOptions options_;
  SpillingLists<KeyAt> keys_;
  SpillingLists<Copy> copies_;
  int64_t held_ = 0;
  int64_t last_sequence_ = 0;
  int64_t bucket_size_ = 1;
  size_t current_ = 0;
  bool loaded_ = false;
  size_t next_ = 0;
};

UniqueIndex::UniqueIndex(SpillOptions options)
    : options_(std::move(options)), table_(std::make_unique<Table>()) {}
UniqueIndex::~UniqueIndex() = default;

std::optional<RecordPlace> UniqueIndex::Decide(const Hash128& hash, const RecordPlace& place) {
  if (overflowed_) return std::nullopt;
  if (static_cast<int64_t>(table_->bytes_after_growth()) > options_.memory_bytes) {
    overflowed_ = true;
    table_ = std::make_unique<Table>();
    return std::nullopt;
  }
  return table_->FindOrAdd(hash, place);
}

void UniqueIndex::StartCollecting() {
  table_.reset();
  collector_ = std::make_unique<Collector>(options_);
  pass_ = Pass::kCollect;
}

Status UniqueIndex::Collect(const Hash128& hash, int64_t sequence, const RecordPlace& place) {
  return collector_->Add({hash, sequence, place});
}

Status UniqueIndex::Resolve() {
  pass_ = Pass::kLookUp;
  return collector_->Resolve();
}

Result<std::optional<RecordPlace>> UniqueIndex::LookUp(int64_t sequence) {
  return collector_->LookUp(sequence);
}

}  // namespace lakegate
