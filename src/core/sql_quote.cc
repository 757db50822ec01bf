#include "core/sql_quote.h"

namespace lakegate {
namespace {

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

}  // namespace

std::string QuoteSqlName(std::string_view name) { return Quote(name, '"'); }
std::string QuoteSqlText(std::string_view text) { return Quote(text, '\''); }

}  // namespace lakegate
