#include "report/profile_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace lakegate {

void ProfileReport::Add(const JobOutcome& outcome) {
  for (const FileOutcome& file : outcome.files) bytes_ += file.bytes_read;
  const StageTimes& times = outcome.times;
  const auto add = [&](int64_t ticks, double* sum) {
    *sum += static_cast<double>(ticks) * times.seconds_per_tick;
  };
  add(times.read, &stages_.read);
  add(times.walk, &stages_.walk);
  add(times.check, &stages_.check);
  add(times.metrics, &stages_.metrics);
  add(times.commit, &stages_.commit);
  add(times.finish, &stages_.finish);
}

std::string ProfileReport::Render(double seconds, int threads) const {
  std::vector<std::pair<const char*, double>> stages = {
      {"read", stages_.read},       {"walk", stages_.walk},     {"check", stages_.check},
      {"metrics", stages_.metrics}, {"commit", stages_.commit}, {"finish", stages_.finish}};
  if (around_) stages.emplace_back("around", *around_);
  double sum = 0;
  for (const auto& [name, time] : stages) sum += time;
  const double gigabytes = static_cast<double>(bytes_) / 1e9;
  const auto rate = [&](double time) { return gigabytes / std::max(time, 1e-9); };
  std::string text =
      fmt::format("profile: {:.3f} GB in {:.3f} s on {} thread{}, {:.2f} GB/s\n", gigabytes,
                  seconds, threads, threads == 1 ? "" : "s", rate(seconds));
  text += fmt::format("  {:<8} {:>9} {:>6} {:>8}\n", "stage", "seconds", "share", "GB/s");
  for (const auto& [name, time] : stages) {
    text += fmt::format("  {:<8} {:>9.3f} {:>5.1f}% {:>8.2f}\n", name, time,
                        100 * time / std::max(sum, 1e-9), rate(time));
  }
  return text;
}

}  // namespace lakegate
