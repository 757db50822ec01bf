// The clock is an argument everywhere, so that runs can be repeated exactly.
#pragma once

#include <cstdint>

namespace lakegate {

// Microseconds since 1970-01-01T00:00:00Z.
using TimestampUs = int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimestampUs Now() const = 0;
};

// The machine's clock. Thread safe.
class SystemClock : public Clock {
 public:
  TimestampUs Now() const override;
};

// Always the same instant: `--now`, and tests.
class FixedClock : public Clock {
 public:
  explicit FixedClock(TimestampUs now_us) : now_us_(now_us) {}
  TimestampUs Now() const override { return now_us_; }

 private:
  TimestampUs now_us_;
};

// Seconds of a clock that never goes back, for durations in messages.
double MonotonicSeconds();

}  // namespace lakegate
