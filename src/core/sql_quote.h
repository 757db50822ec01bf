// Names and texts inside SQL: whatever is in them, they stay one name or one text.
#pragma once

#include <string>
#include <string_view>

namespace lakegate {

// A column's or table's name: "a ""b""".
std::string QuoteSqlName(std::string_view name);
// A text: 'it''s'.
std::string QuoteSqlText(std::string_view text);

}  // namespace lakegate
