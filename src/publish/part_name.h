// Names of files in plain tables: "part-<n>-<8 hex of the content's SHA-256>.<extension>". Equal
// names mean equal content, so a reader can never mix two versions unnoticed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakegate {

// E.g. number 0, extension "parquet" -> "part-00000-5f1c09ab.parquet".
std::string PartName(int64_t number, std::string_view sha256_hex, std::string_view extension);
// Of such a name, 12 of "part-00012-5f1c09ab.parquet"; 0 of others.
int64_t NumberOfPart(std::string_view name);
// Another name for the same content, in the same place of the order: its digits of the hash turned
// by one. Files that stay in a version that loses others have it: a reader that listed the old
// names and looks at each finds none of them, and not a part that it takes for the whole.
std::string TurnedPartName(const std::string& name);
// Whether a name has that form.
bool IsPartName(std::string_view name);
// "_SUCCESS", ".part-0.crc" and the like: no reader takes them for data.
bool IsLitterName(std::string_view name);

}  // namespace lakegate
