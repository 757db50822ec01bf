#include "storage/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace lakegate {
namespace {

Error SpillError(const std::string& what, int error) {
  const char* hint = "free space there, raise --memory, or set TMPDIR to a larger disk";
  if (error == EMFILE || error == ENFILE) {
    hint = "raise the limit of open files (ulimit -n), or --memory";
  } else if (error == EFBIG) {
    hint = "raise the limit of a file's size (ulimit -f), or --memory";
  }
  return {ErrorCode::kUnavailable, what + ": " + std::strerror(error), hint};
}

}  // namespace

Result<SpillFile> SpillFile::Make(const std::string& directory) {
  int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
    std::string name = directory + "/.lakegate-spill-XXXXXX";
    std::vector<char> buffer(name.begin(), name.end());
    buffer.push_back(0);
    descriptor = ::mkostemp(buffer.data(), O_CLOEXEC);
    if (descriptor >= 0) ::unlink(buffer.data());
  }
  if (descriptor < 0) return SpillError("cannot make a temporary file in " + directory, errno);
  return SpillFile(descriptor);
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(std::exchange(other.size_, 0)) {}

SpillFile& SpillFile::operator=(SpillFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status SpillFile::Append(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_, bytes.data(), bytes.size(), size_);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return SpillError("cannot write a temporary file", put < 0 ? errno : ENOSPC);
    size_ += put;
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

void SpillFile::Forget(int64_t offset, int64_t size) {
  (void)::fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size);
}

Status SpillFile::ReadAt(int64_t offset, std::span<char> out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(descriptor_, out.data(), out.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return SpillError("cannot read back a temporary file", got < 0 ? errno : EIO);
    offset += got;
    out = out.subspan(static_cast<size_t>(got));
  }
  return {};
}

}  // namespace lakegate
