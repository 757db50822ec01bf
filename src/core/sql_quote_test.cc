#include "core/sql_quote.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(SqlQuote, AQuoteInsideIsDoubled) {
  EXPECT_EQ(QuoteSqlName("plain"), "\"plain\"");
  EXPECT_EQ(QuoteSqlName("a\"b'c\n"), "\"a\"\"b'c\n\"");
  EXPECT_EQ(QuoteSqlText("it's \"x\""), "'it''s \"x\"'");
  EXPECT_EQ(QuoteSqlText(""), "''");
}

}  // namespace
}  // namespace lakegate
