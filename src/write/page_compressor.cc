#include "write/page_compressor.h"

#include <arrow/util/compression.h>
#include <zstd.h>

#include "core/check.h"

namespace lakegate {
namespace {

// Level 3 made no page smaller and took up to 1.6 times as long.
constexpr int kZstdLevel = 1;

class ZstdCompressor : public PageCompressor {
 public:
  ~ZstdCompressor() override { ZSTD_freeCCtx(context_); }

  void Append(std::string_view bytes, ByteBuffer* out) override {
    LAKEGATE_CHECK(context_ != nullptr, "out of memory");
    const size_t before = out->size();
    const size_t bound = ZSTD_compressBound(bytes.size());
    char* packed = out->Grow(bound);
    const size_t size =
        ZSTD_compressCCtx(context_, packed, bound, bytes.data(), bytes.size(), kZstdLevel);
    LAKEGATE_CHECK(!ZSTD_isError(size), "zstd fails only for want of room");
    out->Truncate(before + size);
  }

 private:
  ZSTD_CCtx* const context_ = ZSTD_createCCtx();
};

class SnappyCompressor : public PageCompressor {
 public:
  SnappyCompressor() {
    auto codec = arrow::util::Codec::Create(arrow::Compression::SNAPPY);
    LAKEGATE_CHECK(codec.ok(), "Arrow is built with snappy");
    codec_ = std::move(codec).ValueUnsafe();
  }

  void Append(std::string_view bytes, ByteBuffer* out) override {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    const auto length = static_cast<int64_t>(bytes.size());
    const size_t before = out->size();
    const int64_t bound = codec_->MaxCompressedLen(length, data);
    auto* packed = reinterpret_cast<uint8_t*>(out->Grow(static_cast<size_t>(bound)));
    const auto size = codec_->Compress(length, data, bound, packed);
    LAKEGATE_CHECK(size.ok(), "snappy fails only for want of room");
    out->Truncate(before + static_cast<size_t>(*size));
  }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
};

}  // namespace

std::unique_ptr<PageCompressor> MakePageCompressor(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return nullptr;
    case Codec::kSnappy:
      return std::make_unique<SnappyCompressor>();
    case Codec::kZstd:
      return std::make_unique<ZstdCompressor>();
  }
  return nullptr;
}

}  // namespace lakegate
