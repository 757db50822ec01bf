// Writes made-up events to standard output: generate_events shop|wide EVENTS [SEED]; or, for
// `contract`, the ODCS contract of the wide ones. Built by the target bench_generate only.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>

#include "run/demo_events.h"

namespace {

lakegate::Status WriteToStandardOutput(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return lakegate::Error{lakegate::ErrorCode::kUnavailable, "cannot write", ""};
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  const std::string shape = count > 1 ? words[1] : "";
  if (shape == "contract") {
    std::cout << lakegate::WideEventsContract();
    return 0;
  }
  if (count < 3 || (shape != "shop" && shape != "wide")) {
    std::cerr << "usage: bench_generate shop|wide EVENTS [SEED] | contract\n";
    return 3;
  }
  lakegate::EventsOptions options;
  options.shape = shape == "wide" ? lakegate::EventShape::kWide : lakegate::EventShape::kShop;
  options.events = std::atoll(words[2]);
  options.seed = count > 3 ? std::strtoull(words[3], nullptr, 10) : 1;
  return lakegate::WriteEvents(options, WriteToStandardOutput) ? 0 : 4;
}
