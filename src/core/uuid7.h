// UUID version 7 (RFC 9562, section 5.7): ids that sort by the time they were made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"

namespace lakegate {

// "01943c5e-3f00-7abc-8123-456789abcdef". 48 bits of milliseconds, 12 bits of the fraction of the
// millisecond (section 6.2, method 3), 62 random bits. A time before 1970 counts as 1970.
std::string MakeUuid7(TimestampUs now_us, Random& random);

// The time in `text`, exact to the microsecond; none if it is no UUID of version 7.
std::optional<TimestampUs> Uuid7Time(std::string_view text);

}  // namespace lakegate
