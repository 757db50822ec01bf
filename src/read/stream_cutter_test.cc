// Pieces of a stream: every cut, whatever is read of it in between.
#include "read/stream_cutter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "read/window_buffer.h"
#include "tests/support/result_matchers.h"
#include "tests/support/seen_records.h"

namespace lakegate {
namespace {

struct Seen {
  std::string text;                 // all of it
  std::vector<std::string> pieces;  // "-" and the bytes: read past the cutter
};

// Where no line ends within a piece, reads `step` bytes and puts `back` of them back.
Seen CutAll(const std::string& text, size_t piece_bytes, size_t step, size_t back) {
  StreamCutter cutter(std::make_unique<TextSource>(text), piece_bytes);
  StreamPiece piece;
  Seen seen;
  for (;;) {
    EXPECT_EQ(cutter.offset(), static_cast<int64_t>(seen.text.size()));
    const auto cut = cutter.Next(&piece);
    EXPECT_TRUE(cut.has_value());
    if (!cut.has_value()) return seen;
    if (*cut) {
      EXPECT_EQ(piece.offset, static_cast<int64_t>(seen.text.size()));
      EXPECT_EQ(piece.end(), piece.offset + static_cast<int64_t>(piece.size));
      EXPECT_EQ(*(piece.text().data() + piece.size), '\n');
      EXPECT_GE(piece.buffer.size(), piece.size + kWindowPadding);
      seen.pieces.emplace_back(piece.text());
      seen.text += piece.text();
      if (piece.is_last) return seen;
      EXPECT_TRUE(piece.text().ends_with('\n'));
      continue;
    }
    EXPECT_EQ(piece.size, 0u);
    std::string read(step, '\0');
    const auto got = cutter.Read({read.data(), step});
    EXPECT_TRUE(got.has_value());
    read.resize(got ? *got : 0);
    const size_t kept = read.size() > back ? read.size() - back : read.size();
    cutter.PutBack(std::string_view(read).substr(kept));
    seen.pieces.push_back("-" + read.substr(0, kept));
    seen.text += read.substr(0, kept);
  }
}

TEST(StreamCutter, EveryPieceSize) {
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (size_t n = random() % 60; n > 0; --n) text += random() % 5 == 0 ? '\n' : 'x';
    for (const size_t piece_bytes : {1, 2, 3, 7, 20, 59, 60, 61, 100}) {
      for (const size_t step : {2, 9, 64}) {
        const Seen seen = CutAll(text, piece_bytes, step, step / 2);
        ASSERT_EQ(seen.text, text) << piece_bytes << " " << step;
      }
    }
  }
}

TEST(StreamCutter, LinesThatEndWithinAPiece) {
  const Seen seen = CutAll("a\nbc\ndef\nlonger than that\ng\nh", 6, 20, 3);
  EXPECT_EQ(seen.pieces,
            (std::vector<std::string>{"a\nbc\n", "def\n", "-longer than that\n", "g\nh"}));
}

TEST(StreamCutter, TheEndExactlyBehindAPiece) {
  EXPECT_EQ(CutAll("ab\ncd\n", 6, 1, 0).pieces, (std::vector<std::string>{"ab\ncd\n", ""}));
  EXPECT_EQ(CutAll("ab\ncd\n", 7, 1, 0).pieces, (std::vector<std::string>{"ab\ncd\n"}));
  EXPECT_EQ(CutAll("", 7, 1, 0).pieces, (std::vector<std::string>{""}));
}

}  // namespace
}  // namespace lakegate
