// A temporary file without a name: it is gone when the process is, however that ends.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/result.h"

namespace lakegate {

// Movable. Append, then Read; not thread safe.
class SpillFile {
 public:
  // `directory` must exist and be writable.
  static Result<SpillFile> Make(const std::string& directory);
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();

  // kUnavailable with a hint when the disk is full.
  Status Append(std::span<const char> bytes);
  // Exactly out.size() bytes from `offset`.
  Status ReadAt(int64_t offset, std::span<char> out) const;
  // Its place on disk is free again where the file system can do that; not to be read any more.
  void Forget(int64_t offset, int64_t size);
  int64_t size() const { return size_; }

 private:
  explicit SpillFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
  int64_t size_ = 0;
};

}  // namespace lakegate
