// Numbers as people read them.
#include <cmath>
#include <cstdio>

#include "report/report_model.h"

namespace lakegate {

std::string WithCommas(int64_t number) {
  std::string digits = std::to_string(number);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string ShowBytes(int64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s", value,
                kUnits[unit]);
  return text;
}

std::string ShowPercent(double percent) {
  char text[32];
  // Enough digits to tell it from a limit just below or above.
  std::snprintf(text, sizeof text, "%.4g %%", percent);
  return text;
}

}  // namespace lakegate
