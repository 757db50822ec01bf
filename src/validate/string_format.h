// The named string formats. Each matches the whole text; tests count each against an independent
// implementation (RE2, inet_pton).
#pragma once

#include <string_view>

#include "contract/check_plan.h"

namespace lakegate {

bool IsUuid(std::string_view text);      // 8-4-4-4-12 hex digits, any case, any version (RFC 9562)
bool IsEmail(std::string_view text);     // the HTML standard's "valid e-mail address"
bool IsIpv4(std::string_view text);      // four decimal octets without leading zeros
bool IsIpv6(std::string_view text);      // RFC 4291, no zone
bool IsUri(std::string_view text);       // RFC 3986 with a scheme
bool IsHostname(std::string_view text);  // RFC 1123, at most 253 characters
bool IsDateTime(std::string_view text);  // RFC 3339, with an offset

bool HasFormat(std::string_view text, StringFormat format);
const char* Name(StringFormat format);     // "uuid", ...
const char* Example(StringFormat format);  // for messages

}  // namespace lakegate
