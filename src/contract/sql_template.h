// The `query` of an sql item: its placeholders, and whether it can be one SELECT.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lakegate {

// {object} {table} and {property} {column}, also with a $ in front, as quoted names; a dotted
// property is a member of an object. A placeholder that stands in quotes of its own keeps them.
// `property` empty: the item is the object's own. Other words in braces stay as they are.
std::string FillSqlTemplate(std::string_view query, std::string_view object,
                            std::string_view property);

// The first placeholder that cannot be filled in ("{colum}"), if there is one.
std::optional<std::string> UnknownPlaceholder(std::string_view query, bool has_property);

// What tells already from its words that the query is no single SELECT; empty: nothing does.
std::string WhyNoSelect(std::string_view query);

}  // namespace lakegate
