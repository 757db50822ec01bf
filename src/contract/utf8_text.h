// UTF-8 as it is checked in the files that users write.
#pragma once

#include <cstddef>
#include <string_view>

#include "contract/yaml_document.h"

namespace lakegate {

// The offset of the first byte that is not well-formed UTF-8 (Unicode, table 3-7); npos if none.
size_t FirstInvalidUtf8(std::string_view text);

// Line and column (code points) of a byte.
YamlMark MarkOfOffset(std::string_view text, size_t offset);

}  // namespace lakegate
