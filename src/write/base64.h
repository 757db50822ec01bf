// Base64 (RFC 4648, with padding) for bytes that are not UTF-8.
#pragma once

#include <string_view>

#include "core/byte_buffer.h"

namespace lakegate {

void AppendBase64(std::string_view bytes, ByteBuffer* out);

}  // namespace lakegate
