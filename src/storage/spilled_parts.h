// Bytes of several parts in one temporary file without a name: a part's bytes come back together.
// One file for all, because a file each costs a file descriptor, and making one costs as much as
// writing 100 KB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "storage/spill_file.h"

namespace lakegate {

// Append from one thread; ReadAll from any number when all is appended.
class SpilledParts {
 public:
  // The file is made in `directory` with the first Append.
  SpilledParts(std::string directory, size_t parts)
      : directory_(std::move(directory)), segments_(parts) {}

  // kUnavailable with a hint when the directory cannot be written or the disk is full.
  Status Append(size_t part, std::span<const char> bytes);
  // Bytes of the part.
  size_t size(size_t part) const;
  // All of the part, in the order of Append; `out` has its size.
  Status ReadAll(size_t part, std::span<char> out) const;
  // The part is empty, and its place on disk free again where the file system can do that.
  void Forget(size_t part);

 private:
  struct Segment {
    int64_t offset = 0;
    size_t size = 0;
    int64_t end() const { return offset + static_cast<int64_t>(size); }
  };
  std::string directory_;
  std::optional<SpillFile> file_;
  std::vector<std::vector<Segment>> segments_;  // by part
};

}  // namespace lakegate
