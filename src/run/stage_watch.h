// Where a job's time goes (--profile): what stands between the stages of a worker counts the time
// they take. Nothing of it is there unless it is asked for.
#pragma once

#include <cstdint>

#include "read/byte_source.h"
#include "read/record_sink.h"
#include "validate/record_checker.h"

namespace lakegate {

// In ticks of the processor's clock, over all threads; `seconds_per_tick` translates.
struct StageTimes {
  int64_t read = 0;     // bytes from the file
  int64_t walk = 0;     // lines, cells, values
  int64_t check = 0;    // the rules of records, columns, reasons
  int64_t metrics = 0;  // metrics and keys
  int64_t commit = 0;   // unique keys, totals, outputs; one thread at a time
  int64_t finish = 0;   // counting keys, closing tables; partly on all threads
  double seconds_per_tick = 0;

  void Add(const StageTimes& other) {
    read += other.read;
    walk += other.walk;
    check += other.check;
    metrics += other.metrics;
    commit += other.commit;
    finish += other.finish;
  }
};

inline int64_t Ticks() { return static_cast<int64_t>(__builtin_ia32_rdtsc()); }

// Adds the time from its making to its end.
class TickTimer {
 public:
  explicit TickTimer(int64_t* sum) : sum_(sum), start_(Ticks()) {}
  ~TickTimer() { *sum_ += Ticks() - start_; }
  TickTimer(const TickTimer&) = delete;
  TickTimer& operator=(const TickTimer&) = delete;

 private:
  int64_t* const sum_;
  const int64_t start_;
};

// Each passes on to `inner`, which is borrowed.
class TimedSource : public ByteSource {
 public:
  TimedSource(ByteSource* inner, int64_t* sum) : inner_(*inner), sum_(sum) {}
  Result<size_t> Read(std::span<char> out) override {
    const TickTimer timer(sum_);
    return inner_.Read(out);
  }

 private:
  ByteSource& inner_;
  int64_t* const sum_;
};

class TimedObserver : public RecordObserver {
 public:
  TimedObserver(RecordObserver* inner, int64_t* sum) : inner_(*inner), sum_(sum) {}
  void Observe(const RawRecord& record, int64_t index) override {
    const TickTimer timer(sum_);
    inner_.Observe(record, index);
  }

 private:
  RecordObserver& inner_;
  int64_t* const sum_;
};

class TimedSink : public RecordSink {
 public:
  TimedSink(RecordSink* inner, int64_t* sum) : inner_(*inner), sum_(sum) {}
  void OnRecord(const RecordSpan& span, const RawRecord& record) override {
    const TickTimer timer(sum_);
    inner_.OnRecord(span, record);
    is_full_ = inner_.is_full();
  }
  void OnDamaged(const RecordSpan& span, Damage damage) override {
    const TickTimer timer(sum_);
    inner_.OnDamaged(span, std::move(damage));
    is_full_ = inner_.is_full();
  }
  bool WantsWords() const override { return inner_.WantsWords(); }

 private:
  RecordSink& inner_;
  int64_t* const sum_;
};

}  // namespace lakegate
