#include "core/duration_text.h"

#include <charconv>
#include <initializer_list>

namespace lakegate {

std::optional<int64_t> ParseDuration(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  struct Unit {
    int64_t seconds;
    std::initializer_list<std::string_view> names;
  };
  static const Unit kUnits[] = {
      {1, {"s", "sec", "second", "seconds"}}, {60, {"m", "min", "minute", "minutes"}},
      {3600, {"h", "hour", "hours"}},         {86'400, {"d", "day", "days"}},
      {7 * 86'400, {"w", "week", "weeks"}},
  };
  for (const Unit& unit : kUnits) {
    for (std::string_view name : unit.names) {
      int64_t product = 0;
      if (text != name || __builtin_mul_overflow(number, unit.seconds, &product)) continue;
      return product;
    }
  }
  return std::nullopt;
}

}  // namespace lakegate
