#include "read/json_text.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace lakegate {
namespace {

// One character after the other.
std::string Slowly(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 ? std::string(escape) : std::string(1, c);
    }
  }
  return out + "\"";
}

TEST(AppendJsonString, EveryByteAtEveryPlace) {
  for (size_t size = 1; size <= 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        for (const char next : {'x', '"', '\x1f', '\x80'}) {
          std::string text(size, 'x');
          text[at] = static_cast<char>(byte);
          if (at + 1 < size) text[at + 1] = next;
          std::string out = "before";
          AppendJsonString(text, &out);
          ASSERT_EQ(out, "before" + Slowly(text)) << testing::PrintToString(text);
        }
      }
    }
  }
  std::string text;
  for (int i = 0; i < 10'000; ++i) text.push_back(static_cast<char>(i * i));
  std::string all;
  AppendJsonString(text, &all);
  EXPECT_EQ(all, Slowly(text));
  std::string out;
  AppendJsonString("", &out);
  EXPECT_EQ(out, "\"\"");
}

}  // namespace
}  // namespace lakegate
