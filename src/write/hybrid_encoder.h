// Parquet's "RLE / bit-packing hybrid" (parquet-format, Encodings.md): levels and dictionary
// indexes.
#pragma once

#include <cstdint>
#include <span>

#include "core/byte_buffer.h"

namespace lakegate {

// Bits for values from 0 to `greatest`; at least 1, since not every reader knows 0.
int BitWidthFor(uint32_t greatest);

// `count` times the same value. bit_width is 1 to 16.
void AppendHybridRun(uint64_t count, uint32_t value, int bit_width, ByteBuffer* out);

// Values below 2^bit_width; bit_width is 1 to 8 for bytes, 1 to 16 for the others.
void AppendHybrid(std::span<const uint8_t> values, int bit_width, ByteBuffer* out);
void AppendHybrid(std::span<const uint16_t> values, int bit_width, ByteBuffer* out);

}  // namespace lakegate
