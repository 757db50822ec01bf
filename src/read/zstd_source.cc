// Zstandard (RFC 8878) by libzstd: several frames in a row, checksums verified where present.
#include <zstd.h>
#include <zstd_errors.h>

#include <string>
#include <vector>

#include "read/byte_source.h"

namespace lakegate {
namespace {

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> compressed)
      : compressed_(std::move(compressed)),
        stream_(ZSTD_createDStream(), ZSTD_freeDStream),
        input_(ZSTD_DStreamInSize()) {}

  Result<size_t> Read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos < output.size) {
      if (in_.pos == in_.size && !input_ended_) LAKEGATE_TRY(Refill());
      const size_t before = output.pos;
      const bool had_input = in_.pos < in_.size;
      if (!had_input && between_frames_) break;
      const size_t code = ZSTD_decompressStream(stream_.get(), &output, &in_);
      if (ZSTD_isError(code)) return Describe(code);
      between_frames_ = code == 0;
      if (!between_frames_ && !had_input && output.pos == before) {
        return Error{ErrorCode::kInvalidData,
                     "truncated: the zstd data ends in the middle of a frame", "send it again"};
      }
    }
    return output.pos;
  }

 private:
  Status Refill() {
    LAKEGATE_ASSIGN(const size_t got, compressed_->Read(input_));
    in_ = {input_.data(), got, 0};
    input_ended_ = got < input_.size();
    return {};
  }

  static Error Describe(size_t code) {
    if (ZSTD_getErrorCode(code) == ZSTD_error_checksum_wrong) {
      return {ErrorCode::kInvalidData, "checksum: the zstd data was damaged", "send it again"};
    }
    return {ErrorCode::kInvalidData,
            std::string("damaged: not valid zstd data (") + ZSTD_getErrorName(code) + ")",
            "send it again"};
  }

  std::unique_ptr<ByteSource> compressed_;
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream_;
  std::vector<char> input_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool input_ended_ = false;
  bool between_frames_ = true;
};

}  // namespace

std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> compressed) {
  return std::make_unique<ZstdSource>(std::move(compressed));
}

}  // namespace lakegate
