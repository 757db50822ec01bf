// The queries behind the checks of contracts.
#pragma once

#include <string>

#include "contract/query_rule.h"

namespace lakegate {

// Names of tables as they stand in the query: quoted.
struct RuleTables {
  std::string rows;            // what is about to be published
  std::string other;           // kRowCountEqual, kReference
  bool other_is_text = false;  // a list: every column is text
};

// One SELECT with one row. kSql: as written. kMean to kQuantile: the value. kFreshness: the newest
// value in microseconds since 1970 and as text. All others: violations, base, and an example as
// text or null. Not for kVolume, which needs no query.
std::string SqlOfRule(const QueryRule& rule, const RuleTables& tables);

}  // namespace lakegate
