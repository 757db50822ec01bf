// A clock that tests set.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace lakegate {

// Thread safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(TimestampUs now_us) : now_us_(now_us) {}
  TimestampUs Now() const override { return now_us_; }
  void Advance(int64_t us) { now_us_ += us; }
  void Set(TimestampUs now_us) { now_us_ = now_us; }

 private:
  std::atomic<TimestampUs> now_us_;
};

}  // namespace lakegate
