// gzip (RFC 1952) by ISA-L: several members in a row, each with its checksum verified.
#include <isa-l/igzip_lib.h>

#include <string>
#include <vector>

#include "read/byte_source.h"

namespace lakegate {
namespace {

constexpr size_t kInputBytes = 256 * 1024;

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> compressed)
      : compressed_(std::move(compressed)), input_(kInputBytes) {
    StartMember();
  }

  Result<size_t> Read(std::span<char> out) override {
    state_.next_out = reinterpret_cast<uint8_t*>(out.data());
    state_.avail_out = static_cast<uint32_t>(out.size());
    while (state_.avail_out > 0) {
      if (state_.avail_in == 0 && !input_ended_) LAKEGATE_TRY(Refill());
      if (state_.avail_in == 0 && member_untouched_) break;  // a clean end between members
      LAKEGATE_TRY(Inflate());
    }
    return out.size() - state_.avail_out;
  }

 private:
  void StartMember() {
    const auto next_in = state_.next_in;
    const auto avail_in = state_.avail_in;
    const auto next_out = state_.next_out;
    const auto avail_out = state_.avail_out;
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
    state_.next_in = next_in;
    state_.avail_in = avail_in;
    state_.next_out = next_out;
    state_.avail_out = avail_out;
    member_untouched_ = true;
  }

  Status Refill() {
    LAKEGATE_ASSIGN(const size_t got, compressed_->Read(input_));
    state_.next_in = reinterpret_cast<uint8_t*>(input_.data());
    state_.avail_in = static_cast<uint32_t>(got);
    input_ended_ = got < input_.size();
    return {};
  }

  // One step. Zero padding behind the last member (as tape blocks have it) is accepted.
  Status Inflate() {
    if (member_untouched_ && members_ > 0) {
      while (state_.avail_in > 0 && *state_.next_in == 0) {
        ++state_.next_in;
        --state_.avail_in;
      }
      if (state_.avail_in == 0) return {};
    }
    const bool had_input = state_.avail_in > 0;
    const uint32_t room = state_.avail_out;
    if (had_input) member_untouched_ = false;
    const int code = isal_inflate(&state_);
    if (code != ISAL_DECOMP_OK) return Describe(code);
    if (state_.block_state == ISAL_BLOCK_FINISH) {
      ++members_;
      StartMember();
    } else if (!had_input && input_ended_ && state_.avail_out == room) {
      return Error{ErrorCode::kInvalidData,
                   "truncated: the gzip data ends in the middle of a member", "send it again"};
    }
    return {};
  }

  Error Describe(int code) const {
    if (code == ISAL_INCORRECT_CHECKSUM) {
      return {ErrorCode::kInvalidData, "checksum: the gzip data was damaged", "send it again"};
    }
    if (members_ > 0 && code == ISAL_INVALID_WRAPPER) {
      return {ErrorCode::kInvalidData,
              "damaged: something that is not gzip follows the last gzip member", "send it again"};
    }
    return {ErrorCode::kInvalidData,
            "damaged: not valid gzip data (ISA-L code " + std::to_string(code) + ")",
            "send it again"};
  }

  std::unique_ptr<ByteSource> compressed_;
  std::vector<char> input_;
  inflate_state state_{};
  bool input_ended_ = false;
  bool member_untouched_ = true;  // nothing of the current member was read yet
  int64_t members_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> MakeGzipSource(std::unique_ptr<ByteSource> compressed) {
  return std::make_unique<GzipSource>(std::move(compressed));
}

}  // namespace lakegate
