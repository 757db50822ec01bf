// Durations as users write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lakegate {

// "10s", "15 minutes", "7 days", "2h", "1 week" in seconds. Whole numbers only.
std::optional<int64_t> ParseDuration(std::string_view text);

}  // namespace lakegate
