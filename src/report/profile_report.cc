#include "report/profile_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakegate {

std::string RenderProfile(const JobOutcome& outcome, int threads) {
  const StageTimes& times = outcome.times;
  int64_t bytes = 0;
  for (const FileOutcome& file : outcome.files) bytes += file.bytes_read;
  const double gigabytes = static_cast<double>(bytes) / 1e9;
  const struct {
    const char* name;
    int64_t ticks;
  } stages[] = {{"read", times.read},       {"walk", times.walk},     {"check", times.check},
                {"metrics", times.metrics}, {"commit", times.commit}, {"finish", times.finish}};
  int64_t sum = 0;
  for (const auto& stage : stages) sum += stage.ticks;
  std::string text =
      fmt::format("profile: {:.3f} GB in {:.3f} s on {} threads, {:.2f} GB/s\n", gigabytes,
                  outcome.seconds, threads, gigabytes / std::max(outcome.seconds, 1e-9));
  text += fmt::format("  {:<8} {:>9} {:>6} {:>8}\n", "stage", "seconds", "share", "GB/s");
  for (const auto& stage : stages) {
    const double seconds = static_cast<double>(stage.ticks) * times.seconds_per_tick;
    const double share =
        100.0 * static_cast<double>(stage.ticks) / static_cast<double>(std::max<int64_t>(sum, 1));
    text += fmt::format("  {:<8} {:>9.3f} {:>5.1f}% {:>8.2f}\n", stage.name, seconds, share,
                        gigabytes / std::max(seconds, 1e-9));
  }
  return text;
}

}  // namespace lakegate
