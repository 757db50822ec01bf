// The codecs of Parquet pages.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "config/lake_config.h"
#include "core/byte_buffer.h"

namespace lakegate {

// Reused for all pages of a file: making zstd's tables anew for every page takes longer than some
// pages. One thread at a time.
class PageCompressor {
 public:
  virtual ~PageCompressor() = default;
  // Appends the compressed bytes.
  virtual void Append(std::string_view bytes, ByteBuffer* out) = 0;
};

// Null for Codec::kNone.
std::unique_ptr<PageCompressor> MakePageCompressor(Codec codec);

}  // namespace lakegate
