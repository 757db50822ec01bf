// Parquet's DELTA_BINARY_PACKED encoding (parquet-format, Encodings.md).
#pragma once

#include <cstdint>
#include <span>

#include "core/byte_buffer.h"

namespace lakegate {

// Blocks of 128 values, each with a bit width for every 32 of them. Of `bits` (32 or 64) the upper
// ones are not looked at; differences may overflow and are modulo 2^bits, as readers add them.
void AppendDeltas(std::span<const int64_t> values, int bits, ByteBuffer* out);

}  // namespace lakegate
