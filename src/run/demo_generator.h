// The sample lake "shop": good, bad and late data of three days, to look at and to learn from.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

enum class LateFile : uint8_t {
  kWrite,     // with the rest
  kHoldBack,  // WriteDemoLateFile brings it after the first run
};

struct DemoOptions {
  int64_t events_per_date = 1000;
  uint64_t seed = 1;
  std::string root;  // the folder to be the lake; must be empty or not there
  LateFile late_file = LateFile::kWrite;
};

// Writes lakegate.yaml, contracts/ and land/. The same options give the same bytes everywhere.
//   events 2025-01-01, -02   pass: 1 % repeated ids, 2 % null users, a few bad lines set aside
//   events 2025-01-03        3.1 % repeated ids: its gate closes (few-duplicates)
//   events_late.json         50 more records for 2025-01-02
//   customers_2025-01-01     40 customers, 2 of them bad
//   customers_2025-01-02     two columns swapped: held at the door (moved-label)
// kAlreadyExists if there are files in the folder.
Status WriteDemoLake(Storage& storage, const DemoOptions& options);
Status WriteDemoLateFile(Storage& storage, const DemoOptions& options);

}  // namespace lakegate
