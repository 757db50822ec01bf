// Inside liblakegate_parquet.so: a pending file as Arrow writes it, hashed as it passes, and the
// name that the hash gives it.
#pragma once

#include <arrow/io/interfaces.h>
#include <xxhash.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/check.h"
#include "storage/storage.h"

namespace lakegate {

// Writes to a PendingFile and hashes what passes.
class HashingStream : public arrow::io::OutputStream {
 public:
  explicit HashingStream(std::unique_ptr<PendingFile> file) : file_(std::move(file)) {
    state_ = XXH3_createState();
    LAKEGATE_CHECK(state_ != nullptr, "out of memory");
    XXH3_64bits_reset(state_);
  }
  ~HashingStream() override { XXH3_freeState(state_); }

  arrow::Status Write(const void* data, int64_t bytes) override {
    if (error_) return arrow::Status::IOError(error_->message);
    const std::string_view view(static_cast<const char*>(data), static_cast<size_t>(bytes));
    XXH3_64bits_update(state_, view.data(), view.size());
    if (Status status = file_->Write(view); !status) {
      error_ = status.error();
      return arrow::Status::IOError(status.error().message);
    }
    return arrow::Status::OK();
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return file_->size(); }

  PendingFile& file() { return *file_; }
  const std::optional<Error>& error() const { return error_; }
  std::string Hash8() const {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(XXH3_64bits_digest(state_)));
    return text;
  }

 private:
  std::unique_ptr<PendingFile> file_;
  XXH3_state_t* state_ = nullptr;
  std::optional<Error> error_;
  bool closed_ = false;
};

// "part-00000-5f1c09ab.parquet".
inline std::string PartFileName(int64_t number, const std::string& hash8) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%05lld", static_cast<long long>(number));
  return std::string("part-") + digits + "-" + hash8 + ".parquet";
}

}  // namespace lakegate
