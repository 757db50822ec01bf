// The words of a filter (contract/record_filter.h).
#pragma once

#include <string>
#include <string_view>

namespace lakegate {

struct FilterToken {
  enum class Kind { kWord, kQuotedName, kText, kNumber, kSymbol, kEnd, kBad };
  Kind kind = Kind::kEnd;
  std::string text;   // without quotes; of kBad what is wrong
  size_t offset = 0;  // in the filter, bytes

  // A word without quotes, in any case; `upper` is in capitals.
  bool IsKeyword(std::string_view upper) const;
  bool IsSymbol(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
};

// Reads one token behind `*at` and moves behind it.
FilterToken NextFilterToken(std::string_view filter, size_t* at);

}  // namespace lakegate
