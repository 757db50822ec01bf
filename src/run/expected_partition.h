// landing.expect: which partitions should be there by now, and are not.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

// The partition column whose values are dates: one that is the date of a time of the records; or of
// which every known value is one (YYYY-MM-DD); or, while none is known, whose name says so: date,
// day, dt, ..._date, ..._day, ..._dt.
std::optional<std::string> DateColumnOf(const Dataset& dataset,
                                        const std::vector<Partition>& known);

// Days since 1970 of a partition of one date of that column.
std::optional<int64_t> DateOfPartition(const std::string& key, const std::string& column);

// When the files of that date must be there; nothing without expect.by.
std::optional<TimestampUs> DeadlineOf(const Dataset& dataset, int64_t days);

// Of a partition with these values; nothing if it is not of one date.
std::optional<TimestampUs> DeadlineOf(const Dataset& dataset, const std::string& date_column,
                                      const std::map<std::string, std::string>& values);

struct MissingPartition {
  std::string key;  // column=date
  std::string why;
};

// Dates without any file whose deadline is over: from the first known date, but not longer ago than
// history_window, to now. While nothing is known: the last date whose deadline is over.
std::vector<MissingPartition> FindMissing(const Dataset& dataset,
                                          const std::vector<Partition>& known, TimestampUs now_us);

}  // namespace lakegate
