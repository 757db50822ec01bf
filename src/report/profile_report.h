// Where the time of jobs went, for --profile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "run/check_job.h"

namespace lakegate {

class ProfileReport {
 public:
  void Add(const JobOutcome& outcome);
  // What runs took besides their jobs: ledger, history, publishing.
  void AddAround(double seconds) { around_ = around_.value_or(0) + seconds; }

  // A line per stage: seconds over all threads, share, and the GB/s that one thread would reach in
  // this stage alone. The bytes are those that were read, after decompression; `seconds` is how
  // long it took altogether.
  std::string Render(double seconds, int threads) const;

 private:
  struct Stages {
    double read = 0, walk = 0, check = 0, metrics = 0, commit = 0, finish = 0;  // seconds
  };
  Stages stages_;
  std::optional<double> around_;
  int64_t bytes_ = 0;
};

}  // namespace lakegate
