// Every hand-written format against a second implementation: RE2 with the pattern of the standard,
// or inet_pton. Values are near misses: good ones with a few changed characters.
#include "validate/string_format.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/test_scale.h"

namespace lakegate {
namespace {

using Judge = std::function<bool(const std::string&)>;

struct FormatCase {
  StringFormat format;
  std::vector<std::string> seeds;
  std::string alphabet;  // what changed characters become
  Judge judge;
};

Judge Matches(const std::string& pattern) {
  auto compiled = std::make_shared<RE2>(pattern, RE2::Latin1);
  EXPECT_TRUE(compiled->ok()) << compiled->error();
  return [compiled](const std::string& text) { return RE2::FullMatch(text, *compiled); };
}

const char* const kLabel = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

// RFC 3986, section 3.2.2 and appendix A.
std::string Ipv6Pattern() {
  const std::string h16 = "[0-9A-Fa-f]{1,4}",
                    octet = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])";
  const std::string ipv4 = octet + "(?:\\." + octet + "){3}";
  const std::string ls32 = "(?:" + h16 + ":" + h16 + "|" + ipv4 + ")";
  std::string pattern = "(?:(?:" + h16 + ":){6}" + ls32;
  for (int before = 0; before <= 7; ++before) {
    // [ *before( h16 ":" ) h16 ] "::" then as many groups as may follow.
    const std::string left =
        before == 0 ? "" : "(?:(?:" + h16 + ":){0," + std::to_string(before - 1) + "}" + h16 + ")?";
    const int groups = 5 - before;
    std::string right = groups > 0     ? "(?:" + h16 + ":){" + std::to_string(groups) + "}" + ls32
                        : groups == 0  ? ls32
                        : groups == -1 ? h16
                                       : "";
    pattern += "|" + left + "::" + right;
  }
  return pattern + ")";
}

std::string UriPattern() {
  const std::string pct = "%[0-9A-Fa-f]{2}", plain = "A-Za-z0-9._~!$&'()*+,;=\\-";
  const std::string pchar = "(?:[" + plain + ":@]|" + pct + ")";
  const std::string userinfo = "(?:(?:[" + plain + ":]|" + pct + ")*@)?";
  const std::string host = "(?:\\[(?:" + Ipv6Pattern() + "|[vV][0-9A-Fa-f]+\\.[" + plain +
                           ":]+)\\]|(?:[" + plain + "]|" + pct + ")*)";
  const std::string authority = userinfo + host + "(?::[0-9]*)?";
  const std::string hier = "(?://" + authority + "(?:/" + pchar + "*)*|/(?:" + pchar + "+(?:/" +
                           pchar + "*)*)?|" + pchar + "+(?:/" + pchar + "*)*|)";
  return "[A-Za-z][A-Za-z0-9+.-]*:" + hier + "(?:\\?(?:" + pchar + "|[/?])*)?(?:#(?:" + pchar +
         "|[/?])*)?";
}

bool Pton(int family, const std::string& text) {
  unsigned char address[16];
  return text.find('\0') == std::string::npos && inet_pton(family, text.c_str(), address) == 1;
}

std::vector<FormatCase> Cases() {
  const std::string label63(63, 'a');
  return {
      {StringFormat::kUuid,
       {"123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"},
       "0aFgG-/:@`\x80\xff\x11\x01",
       Matches("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")},
      {StringFormat::kEmail,
       {"ann.o'neil+tag@mail.example.org", "a@b", "x@" + label63 + ".de", "x@a-b--c.d"},
       "a@.-_+ \"0\xc3",
       Matches(std::string("[a-zA-Z0-9.!#$%&'*+\\/=?^_`{|}~-]+@") + kLabel + "(?:\\." + kLabel +
               ")*")},
      {StringFormat::kHostname,
       {"www.example.org", "a", label63 + "." + label63 + "." + label63 + "." + label63.substr(2)},
       "a-.0_ \xff",
       [labels = Matches(std::string(kLabel) + "(?:\\." + kLabel + ")*")](const std::string& text) {
         return text.size() <= 253 && labels(text);
       }},
      {StringFormat::kIpv4,
       {"192.0.2.1", "255.255.255.255", "0.0.0.0", "10.20.30.49"},
       "0123456789. ",
       [](const std::string& text) { return Pton(AF_INET, text); }},
      {StringFormat::kIpv6,
       {"2001:db8::1", "::", "::1", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:7::", "fe80::1:2", "1:2:3:4:5:6:192.0.2.33"},
       "0:aF.g1 %",
       [pattern = Matches(Ipv6Pattern())](const std::string& text) {
         EXPECT_EQ(pattern(text), Pton(AF_INET6, text)) << text;
         return pattern(text);
       }},
      {StringFormat::kUri,
       {"https://user:pw@example.org:8080/a/b?q=1&r=%20#top", "mailto:ann@example.org",
        "urn:isbn:0451450523", "http://[2001:db8::1]:80/", "file:///etc/hosts", "a:", "x+y.z:/p"},
       "a:/?#[]@%2Fv. \"\xc3|",
       Matches(UriPattern())},
      {StringFormat::kDateTime,
       {"2025-01-31T12:00:00Z", "2024-02-29t23:59:59.123456+01:00", "1999-12-01T00:00:00-00:30"},
       "0123459-:TZ+. z",
       Matches("(?:[0-9]{4})-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-"
               "9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-9]))[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:"
               "[0-5][0-9](?:\\.[0-9]+)?(?:[Zz]|[+-](?:0[0-9]|1[0-8]):[0-5][0-9])")}};
}

// 29 February of a year that has none: more than a pattern can say.
bool IsMissingLeapDay(const std::string& text) {
  if (text.size() < 10 || text.compare(5, 5, "02-29") != 0) return false;
  const int year = std::atoi(text.substr(0, 4).c_str());
  return year % 4 != 0 || (year % 100 == 0 && year % 400 != 0);
}

class StringFormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(StringFormatTest, AgreesWithTheOtherImplementation) {
  const FormatCase& test = GetParam();
  std::mt19937 random(23);
  const auto pick = [&](size_t count) { return random() % count; };
  int64_t good = 0;
  const int64_t wanted = 150'000 * TestScale();
  for (int64_t i = 0; i < wanted && !HasFailure(); ++i) {
    std::string text = test.seeds[pick(test.seeds.size())];
    for (size_t changes = pick(4); changes > 0; --changes) {
      const size_t at = pick(text.size() + 1);
      const char c =
          pick(20) ? test.alphabet[pick(test.alphabet.size())] : static_cast<char>(random());
      switch (pick(4)) {
        case 0:
          text.insert(at, 1, c);
          break;
        case 1:
          if (at < text.size()) text.erase(at, 1);
          break;
        case 2:
          text.insert(at, text.substr(pick(text.size() + 1), pick(6)));
          break;
        default:
          if (at < text.size()) text[at] = c;
      }
    }
    bool expected = test.judge(text);
    if (test.format == StringFormat::kDateTime && IsMissingLeapDay(text)) expected = false;
    ASSERT_EQ(HasFormat(text, test.format), expected) << testing::PrintToString(text);
    good += expected ? 1 : 0;
  }
  EXPECT_GT(good, wanted / 10);
  EXPECT_LT(good, wanted * 9 / 10);
}

TEST_P(StringFormatTest, ExampleHasTheFormat) {
  EXPECT_TRUE(HasFormat(Example(GetParam().format), GetParam().format));
  EXPECT_FALSE(HasFormat("", GetParam().format));
  EXPECT_STRNE(Name(GetParam().format), "?");
}

INSTANTIATE_TEST_SUITE_P(All, StringFormatTest, testing::ValuesIn(Cases()), [](const auto& test) {
  std::string name = Name(test.param.format);
  std::erase(name, '-');
  return name;
});

// Each byte in each place of a UUID.
TEST(IsUuid, EveryByteInEveryPlace) {
  const auto judge = Matches(
      "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-"
      "F]{12}");
  for (size_t at = 0; at < 36; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "123e4567-e89b-12d3-a456-426614174000";
      text[at] = static_cast<char>(byte);
      ASSERT_EQ(IsUuid(text), judge(text)) << text;
    }
  }
}

}  // namespace
}  // namespace lakegate
