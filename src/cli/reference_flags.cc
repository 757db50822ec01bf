#include "cli/reference_flags.h"

namespace lakegate {

Result<ReferenceFiles> ParseReferences(const std::vector<std::string>& flags, Storage* storage) {
  ReferenceFiles files;
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == flag.size()) {
      return Error{ErrorCode::kInvalidConfig,
                   "--reference names a table and a file, not '" + flag + "'",
                   "e.g. --reference customers=customers.parquet"};
    }
    const std::string file = flag.substr(equals + 1);
    LAKEGATE_ASSIGN(const FileInfo info, storage->Stat(file));
    if (info.kind == FileKind::kDirectory) {
      return Error{ErrorCode::kInvalidConfig, "'" + file + "' is a folder",
                   "name one Parquet or CSV file"};
    }
    if (!files.emplace(flag.substr(0, equals), file).second) {
      return Error{ErrorCode::kInvalidConfig,
                   "--reference names '" + flag.substr(0, equals) + "' twice", "name it once"};
    }
  }
  return files;
}

FindOtherTable TablesFromFiles(ReferenceFiles files) {
  return [files = std::move(files)](const OtherTableName& name) -> Result<OtherTable> {
    OtherTable other;
    const auto file = files.find(name.object);
    if (file == files.end()) {
      other.why_missing = "give the table: --reference " + name.object + "=FILE";
    } else if (file->second.ends_with(".parquet")) {
      other.table = SqlTable{.name = name.object, .files = {file->second}};
    } else {
      other.csv_file = file->second;
    }
    return other;
  };
}

}  // namespace lakegate
