// A published file that stays in the next version of its partition.
#pragma once

#include <string>

#include "core/result.h"
#include "storage/storage.h"

namespace lakegate {

// Gives it a second name, or copies it where the file system knows no links. kCorrupt: it is gone.
Status LinkOrCopy(Storage* storage, const std::string& from, const std::string& to);

}  // namespace lakegate
