// Plain, gzip, zstd and pipelined sources: whole, in pieces, damaged.
#include "read/byte_source.h"

#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <random>
#include <string>

#include "storage/local_storage.h"
#include "tests/support/result_matchers.h"
#include "tests/support/seen_records.h"
#include "tests/support/temp_lake.h"

namespace lakegate {
namespace {

std::string Gzip(const std::string& text) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  std::string out(text.size() * 2 + 1000, '\0');
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uint32_t>(text.size());
  stream.next_out = reinterpret_cast<uint8_t*>(out.data());
  stream.avail_out = static_cast<uint32_t>(out.size());
  EXPECT_EQ(isal_deflate(&stream), COMP_OK);
  EXPECT_EQ(stream.internal_state.state, ZSTATE_END);
  out.resize(stream.total_out);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::string RandomBytes(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

struct Packer {
  const char* name;
  std::string (*pack)(const std::string&);
  std::unique_ptr<ByteSource> (*open)(std::unique_ptr<ByteSource>);
};
constexpr Packer kPackers[] = {{"gzip", Gzip, MakeGzipSource}, {"zstd", Zstd, MakeZstdSource}};

// Reads to the end in pieces of `piece` bytes; the contract of ByteSource is checked on the way.
Result<std::string> ReadAll(ByteSource* source, size_t piece) {
  std::string text;
  std::string buffer(piece, '\0');
  for (;;) {
    LAKEGATE_ASSIGN(const size_t got, source->Read({buffer.data(), piece}));
    text.append(buffer, 0, got);
    if (got < piece) break;
  }
  LAKEGATE_ASSIGN(const size_t after, source->Read({buffer.data(), piece}));
  EXPECT_EQ(after, 0u) << "a short read was not the end";
  return text;
}

class CompressedSource : public testing::TestWithParam<Packer> {
 protected:
  Result<std::string> Unpack(const std::string& packed, size_t piece = 4096) {
    return ReadAll(GetParam().open(std::make_unique<TextSource>(packed)).get(), piece);
  }
  std::string Pack(const std::string& text) { return GetParam().pack(text); }
};

TEST_P(CompressedSource, PiecesOfEverySize) {
  const std::string text = "{\"a\":1}\n" + std::string(3000, 'x') + RandomBytes(500, 1);
  const std::string packed = Pack(text);
  for (size_t piece = 1; piece < 70; ++piece) {
    ASSERT_OK_AND_ASSIGN(const std::string unpacked, Unpack(packed, piece));
    ASSERT_EQ(unpacked, text) << piece;
  }
}

TEST_P(CompressedSource, SeveralMembersAreOneText) {
  const std::string packed = Pack("one\n") + Pack("") + Pack("two\n") + Pack("three");
  for (size_t piece = 1; piece < 20; ++piece) {
    ASSERT_OK_AND_ASSIGN(const std::string unpacked, Unpack(packed, piece));
    ASSERT_EQ(unpacked, "one\ntwo\nthree");
  }
  EXPECT_EQ(*Unpack(Pack("")), "");
  EXPECT_EQ(*Unpack(""), "");
}

// The sources refill their input every 128 or 256 KB: members must end anywhere around there.
TEST_P(CompressedSource, MembersAroundTheInputBuffer) {
  const std::string bytes = RandomBytes(300'000, 9);
  for (const size_t target : {ZSTD_DStreamInSize(), size_t{256} * 1024}) {
    size_t count = target * 4 / 5;
    for (int i = 0; i < 5; ++i) count = count * target / Pack(bytes.substr(0, count)).size();
    bool before = false, behind = false;
    for (size_t size = count - 12; size < count + 12; ++size) {
      const std::string first = bytes.substr(0, size);
      const std::string packed = Pack(first);
      (packed.size() < target ? before : behind) = true;
      ASSERT_OK_AND_ASSIGN(const std::string unpacked,
                           Unpack(packed + Pack("second") + Pack("third"), 100'000));
      ASSERT_EQ(unpacked, first + "secondthird") << size;
    }
    EXPECT_TRUE(before && behind);
  }
}

TEST_P(CompressedSource, TruncatedAnywhereIsAnError) {
  const std::string packed = Pack("first member, ") + Pack("second member " + RandomBytes(200, 2));
  const size_t first = Pack("first member, ").size();
  for (size_t size = 1; size < packed.size(); ++size) {
    if (size == first) continue;  // whole members
    for (const size_t piece : {1, 7, 4096}) {
      const auto read = Unpack(packed.substr(0, size), piece);
      ASSERT_TRUE(IsError(read, ErrorCode::kInvalidData, "truncated"))
          << size << " of " << packed.size();
    }
  }
}

TEST_P(CompressedSource, FlippedBitsNeverPass) {
  const std::string text =
      "some text that compresses, compresses, compresses " + RandomBytes(99, 3);
  const std::string packed = Pack(text);
  int64_t refused = 0;
  for (size_t bit = 0; bit < packed.size() * 8; ++bit) {
    std::string damaged = packed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto read = Unpack(damaged);
    if (read) {
      EXPECT_EQ(*read, text) << "bit " << bit;  // e.g. the time in a gzip header
      continue;
    }
    ++refused;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidData);
    const std::string kind = read.error().message.substr(0, read.error().message.find(':'));
    EXPECT_TRUE(kind == "checksum" || kind == "damaged" || kind == "truncated") << kind;
  }
  EXPECT_GT(refused, static_cast<int64_t>(text.size()));
}

TEST_P(CompressedSource, TrailingGarbageIsDamage) {
  const std::string packed = Pack("text");
  EXPECT_FALSE(Unpack(packed + "garbage behind it").has_value());
  EXPECT_FALSE(Unpack(packed + "x").has_value());
  EXPECT_FALSE(Unpack("no compressed data at all").has_value());
}

INSTANTIATE_TEST_SUITE_P(All, CompressedSource, testing::ValuesIn(kPackers),
                         [](const auto& test) { return test.param.name; });

TEST(GzipSource, ZeroPaddingBehindTheLastMember) {
  const std::string padded = Gzip("a") + Gzip("b") + std::string(300'000, '\0');
  const auto source = MakeGzipSource(std::make_unique<TextSource>(padded));
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadAll(source.get(), 10));
  EXPECT_EQ(text, "ab");
  const std::string more = Gzip("a") + std::string(10, '\0') + "x";
  EXPECT_FALSE(ReadAll(MakeGzipSource(std::make_unique<TextSource>(more)).get(), 10).has_value());
}

// Fails after its text.
class FailingSource : public ByteSource {
 public:
  explicit FailingSource(std::string_view text) : text_(text) {}
  Result<size_t> Read(std::span<char> out) override {
    LAKEGATE_ASSIGN(const size_t got, text_.Read(out));
    if (got < out.size()) return Error{ErrorCode::kInvalidData, "truncated: a test", "none"};
    return got;
  }

 private:
  TextSource text_;
};

TEST(PipelinedSource, PiecesAndBuffersOfEverySize) {
  const std::string text = RandomBytes(2000, 4);
  for (const size_t piece : {1, 3, 64, 100, 5000}) {
    for (const size_t buffer_bytes : {1, 7, 64, 2000, 4096}) {
      for (const size_t buffers : {1, 2, 6}) {
        const auto source =
            MakePipelinedSource(std::make_unique<TextSource>(text), buffer_bytes, buffers);
        ASSERT_OK_AND_ASSIGN(const std::string read, ReadAll(source.get(), piece));
        ASSERT_EQ(read, text);
      }
    }
  }
}

// A short read must mean the end: an error never hides behind the last bytes before it.
TEST(PipelinedSource, ErrorsAreNeverLost) {
  const std::string text = RandomBytes(100, 5);
  for (size_t piece = 1; piece < 130; ++piece) {
    for (const size_t buffer_bytes : {1, 10, 50, 64, 100}) {
      const auto source =
          MakePipelinedSource(std::make_unique<FailingSource>(text), buffer_bytes, 2);
      ASSERT_TRUE(IsError(ReadAll(source.get(), piece), ErrorCode::kInvalidData, "truncated"))
          << piece << " " << buffer_bytes;
    }
  }
}

TEST(PipelinedSource, MayBeDroppedEarly) {
  const std::string text = RandomBytes(100'000, 6);
  for (int i = 0; i < 50; ++i) {
    const auto source = MakePipelinedSource(std::make_unique<TextSource>(text), 100, 3);
    char buffer[300];
    ASSERT_OK_AND_ASSIGN(const size_t got, source->Read({buffer, static_cast<size_t>(i) * 6}));
    EXPECT_EQ(got, static_cast<size_t>(i) * 6);
  }
}

TEST(FileSource, FromAnyOffset) {
  TempLake lake;
  const std::string path = lake.WriteFile("f", "0123456789");
  const auto storage = MakeLocalStorage();
  ASSERT_OK_AND_ASSIGN(const auto file, storage->OpenRead(path));
  for (size_t begin = 0; begin <= 10; ++begin) {
    const auto source = MakeFileSource(file.get(), static_cast<int64_t>(begin));
    ASSERT_OK_AND_ASSIGN(const std::string text, ReadAll(source.get(), 3));
    EXPECT_EQ(text, std::string("0123456789").substr(begin));
  }
}

TEST(DetectCompression, ByTheFirstBytes) {
  const std::string gzip = Gzip("x"), zstd = Zstd("x"), text = "{}";
  EXPECT_EQ(DetectCompression(gzip), Compression::kGzip);
  EXPECT_EQ(DetectCompression(zstd), Compression::kZstd);
  EXPECT_EQ(DetectCompression(text), Compression::kNone);
  EXPECT_EQ(DetectCompression({}), Compression::kNone);
}

}  // namespace
}  // namespace lakegate
