// Storage on the machine's own file systems.
#pragma once

#include <memory>

#include "storage/storage.h"

namespace lakegate {

std::unique_ptr<Storage> MakeLocalStorage();

}  // namespace lakegate
