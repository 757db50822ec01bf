#include "run/ordered_commit.h"

#include <algorithm>

namespace lakegate {
namespace {

constexpr size_t kWholeBytes = size_t{2} << 20;  // as of a unit whose values are all stored

}  // namespace

std::unique_ptr<UnitBundle> OrderedCommit::Begin(uint32_t file, int64_t unit, int64_t part) {
  std::unique_lock lock(mutex_);
  const Place place{file, unit, part};
  changed_.wait(lock, [&] { return error_ || HasRoom() || place == next_; });
  if (error_) return nullptr;
  begun_ += kWholeShare;
  std::unique_ptr<UnitBundle> bundle;
  if (free_.empty()) {
    bundle = std::make_unique<UnitBundle>();
  } else {
    bundle = std::move(free_.back());
    free_.pop_back();
  }
  bundle->file = file;
  bundle->unit = unit;
  bundle->part = part;
  bundle->ends_unit = true;
  bundle->last = false;
  bundle->times = {};
  bundle->file_damage.reset();
  return bundle;
}

bool OrderedCommit::HasRoom() const { return begun_ <= (max_ahead_ - 1) * kWholeShare; }

int OrderedCommit::ShareOf(const UnitBundle& bundle) {
  size_t bytes = bundle.result.bytes();
  for (const UnitKeys& keys : bundle.metrics.keys) bytes += keys.size() * sizeof(KeyEntry);
  return static_cast<int>(std::clamp<size_t>(bytes * kWholeShare / kWholeBytes, 1, kWholeShare));
}

OrderedCommit::Place OrderedCommit::After(const UnitBundle& bundle) {
  if (bundle.last) return {bundle.file + 1, 0, 0};
  if (bundle.ends_unit) return {bundle.file, bundle.unit + 1, 0};
  return {bundle.file, bundle.unit, bundle.part + 1};
}

void OrderedCommit::Submit(std::unique_ptr<UnitBundle> bundle) {
  std::unique_lock lock(mutex_);
  const Place place{bundle->file, bundle->unit, bundle->part};
  bundle->share = ShareOf(*bundle);
  begun_ -= kWholeShare - bundle->share;
  waiting_.emplace(place, std::move(bundle));
  changed_.notify_all();
  if (committing_) return;
  committing_ = true;
  while (!error_ && !waiting_.empty() && waiting_.begin()->first == next_) {
    std::unique_ptr<UnitBundle> current = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    const Place after = After(*current);
    lock.unlock();
    Status status = commit_(current.get());
    lock.lock();
    if (!status && !error_) error_ = status.error();
    next_ = after;
    begun_ -= current->share;
    if (free_.size() < static_cast<size_t>(max_ahead_)) free_.push_back(std::move(current));
    changed_.notify_all();
  }
  committing_ = false;
}

void OrderedCommit::Stop(Error error) {
  std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  changed_.notify_all();
}

bool OrderedCommit::stopped() {
  std::lock_guard lock(mutex_);
  return error_.has_value();
}

std::optional<Error> OrderedCommit::error() {
  std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace lakegate
