#include "core/sha256.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

// FIPS 180-4 example values (NIST CSRC, SHA256.pdf).
TEST(Sha256Test, MatchesThePublishedExamples) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, PiecesGiveTheSameAsTheWhole) {
  const std::string text(1000, 'x');
  Sha256 pieces;
  for (size_t i = 0; i < text.size(); i += 7) pieces.Update(std::string_view(text).substr(i, 7));
  EXPECT_EQ(pieces.FinishHex(), Sha256Hex(text));
}

TEST(Sha256DeathTest, FinishEndsTheStream) {
  Sha256 hash;
  hash.Finish();
  EXPECT_DEATH(hash.Update("x"), "Update after Finish");
}

}  // namespace
}  // namespace lakegate
