// Bytes of one landed file, in order: plain, decompressed, or from a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/input_format.h"
#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

// Single-threaded use.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills as much of `out` as there is; less than out.size() only at the end of the data.
  // Errors: kInvalidData for damaged compressed data; its message starts with "truncated",
  // "checksum" or "damaged". Else those of the storage.
  virtual Result<size_t> Read(std::span<char> out) = 0;
};

// The bytes of `file` from `begin` to its end. Borrows the file.
std::unique_ptr<ByteSource> MakeFileSource(ReadableFile* file, int64_t begin);

// Standard input, or any other descriptor; does not close it.
std::unique_ptr<ByteSource> MakeDescriptorSource(int descriptor);

// Several gzip members or zstd frames in a row are one text.
std::unique_ptr<ByteSource> MakeGzipSource(std::unique_ptr<ByteSource> compressed);
std::unique_ptr<ByteSource> MakeZstdSource(std::unique_ptr<ByteSource> compressed);

// Reads `inner` on a thread of its own, at most `buffers` x `buffer_bytes` ahead.
std::unique_ptr<ByteSource> MakePipelinedSource(std::unique_ptr<ByteSource> inner,
                                                size_t buffer_bytes, size_t buffers);

// Looks at the first bytes: gzip and zstd are recognised whatever the file is called.
Compression DetectCompression(std::span<const char> head);

}  // namespace lakegate
