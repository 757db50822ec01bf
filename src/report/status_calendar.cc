#include "report/status_calendar.h"

#include "core/temporal_pattern.h"
#include "report/report_model.h"

namespace lakegate {
namespace {

constexpr size_t kMonths = 24;
constexpr size_t kDays = 31;
constexpr char kNone = '.';

struct Letter {
  PartitionState state;
  char letter;
};
constexpr Letter kLetters[] = {
    {PartitionState::kPublished, '#'}, {PartitionState::kWaiting, 'w'},
    {PartitionState::kReady, 'r'},     {PartitionState::kRunning, 'r'},
    {PartitionState::kStale, 's'},     {PartitionState::kMissing, 'm'},
    {PartitionState::kHeld, 'h'},      {PartitionState::kGated, 'g'},
    {PartitionState::kFailed, 'F'},
};

char LetterOf(PartitionState state) {
  for (const Letter& known : kLetters) {
    if (known.state == state) return known.letter;
  }
  return '?';
}

// "# published 28   m missing 2"
std::string Legend(const std::map<int64_t, PartitionState>& dates) {
  std::string text;
  for (const Letter& known : kLetters) {
    int64_t count = 0;
    for (const auto& [days, state] : dates) count += state == known.state ? 1 : 0;
    if (count == 0) continue;
    text += (text.empty() ? "" : "   ") + std::string(1, known.letter) + " " + Name(known.state) +
            " " + WithCommas(count);
  }
  return text;
}

}  // namespace

std::string CalendarText(const std::string& dataset,
                         const std::map<int64_t, PartitionState>& dates) {
  if (dates.empty()) return dataset + "\n  no partitions of dates\n";
  std::map<std::string, std::string> months;  // "2025-01" -> a letter a day
  for (const auto& [days, state] : dates) {
    const std::string date = FormatDate(days);
    const size_t dash = date.rfind('-');
    std::string& month =
        months.emplace(date.substr(0, dash), std::string(kDays, kNone)).first->second;
    month[static_cast<size_t>(std::stoi(date.substr(dash + 1))) - 1] = LetterOf(state);
  }
  std::string text = dataset + "\n           1   5    10   15   20   25   30\n";
  const size_t older = months.size() > kMonths ? months.size() - kMonths : 0;
  size_t index = 0;
  for (const auto& [month, letters] : months) {
    if (index++ >= older) text += "  " + month + "  " + letters + "\n";
  }
  if (older > 0) {
    text += "  … " + std::to_string(older) + " older months\n";
  }
  return text + "  " + Legend(dates) + "\n";
}

}  // namespace lakegate
