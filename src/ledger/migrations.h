// The numbered versions of the ledger's tables.
#pragma once

#include "core/result.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// "lkgt": in the header of every ledger file (PRAGMA application_id).
inline constexpr int64_t kLedgerApplicationId = 0x6c6b6774;

int64_t NewestLedgerVersion();

// Brings the file to the newest version in one transaction. Errors: kInvalidConfig if it is some
// other program's database, kUnsupported if a newer lakegate has written it.
Status MigrateLedger(SqliteDatabase& database);

}  // namespace lakegate
