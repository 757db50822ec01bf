// Base64 (RFC 4648, with padding) for bytes that are not UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace lakegate {

std::string EncodeBase64(std::string_view bytes);

}  // namespace lakegate
