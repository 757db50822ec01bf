#include "config/quantity.h"

#include <charconv>
#include <string>
#include <utility>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

// "15 minutes" -> {15, "minutes"}; nothing without a whole number in front.
std::optional<std::pair<int64_t, std::string>> SplitQuantity(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  while (unit.ends_with(' ')) unit.remove_suffix(1);
  return std::pair{number, std::string(unit)};
}

std::optional<int64_t> Times(int64_t number, int64_t factor) {
  int64_t product = 0;
  if (__builtin_mul_overflow(number, factor, &product)) return std::nullopt;
  return product;
}

}  // namespace

std::optional<int64_t> ParseSize(std::string_view text) {
  const auto quantity = SplitQuantity(text);
  if (!quantity) return std::nullopt;
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"", 1},
      {"B", 1},
      {"bytes", 1},
      {"kB", 1000},
      {"KB", 1000},
      {"MB", 1000 * 1000},
      {"GB", 1000 * 1000 * 1000},
      {"TB", 1000LL * 1000 * 1000 * 1000},
      {"KiB", 1LL << 10},
      {"MiB", 1LL << 20},
      {"GiB", 1LL << 30},
      {"TiB", 1LL << 40},
  };
  for (const auto& [name, factor] : kUnits) {
    if (quantity->second == name) return Times(quantity->first, factor);
  }
  return std::nullopt;
}

std::optional<int32_t> ParseTimeOfDayUtc(std::string_view text) {
  for (std::string_view zone : {" UTC", "UTC", "Z"}) {
    if (!text.ends_with(zone)) continue;
    text.remove_suffix(zone.size());
    break;
  }
  const auto time = ParseIsoTime(text);
  if (!time) return std::nullopt;
  return static_cast<int32_t>(time->us_of_day / 1'000'000);
}

std::optional<Deadline> ParseDeadline(std::string_view text) {
  Deadline deadline;
  const size_t plus = text.find(" +");
  if (plus != std::string_view::npos) {
    std::string_view days = text.substr(plus + 2);
    if (!days.ends_with("d")) return std::nullopt;
    days.remove_suffix(1);
    const auto [end, error] =
        std::from_chars(days.data(), days.data() + days.size(), deadline.days_later);
    if (error != std::errc() || end != days.data() + days.size() || days.empty()) {
      return std::nullopt;
    }
    if (deadline.days_later < 0 || deadline.days_later > 366) return std::nullopt;
    text = text.substr(0, plus);
  }
  const auto time = ParseTimeOfDayUtc(text);
  if (!time) return std::nullopt;
  deadline.utc_s = *time;
  return deadline;
}

}  // namespace lakegate
