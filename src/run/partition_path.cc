#include "run/partition_path.h"

#include <algorithm>

#include "ledger/partitions.h"

namespace lakegate {
namespace {

bool IsPlain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string EncodePartitionValue(std::string_view value) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : value) {
    if (IsPlain(c)) {
      text.push_back(c);
    } else {
      text.push_back('%');
      text.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      text.push_back(kHex[c & 15]);
    }
  }
  return text;
}

std::string DecodePartitionValue(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      value.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
      i += 2;
    } else {
      value.push_back(text[i]);
    }
  }
  return value;
}

Result<std::string> PartitionPathOf(const std::vector<std::string>& columns,
                                    const std::map<std::string, std::string>& captures) {
  std::string path;
  for (const std::string& column : columns) {
    const auto capture = captures.find(column);
    if (capture == captures.end()) {
      return Error{ErrorCode::kInvalidConfig,
                   "the landing path does not capture the partition column '" + column + "'",
                   "write {" + column + "} in landing.path"};
    }
    const std::string value = DecodePartitionValue(capture->second);
    if (value.empty() || value == "NULL" || value == "__HIVE_DEFAULT_PARTITION__") {
      return Error{ErrorCode::kInvalidData,
                   "'" + value + "' cannot be a partition value: readers take it for null",
                   "land the file under a real value of " + column};
    }
    if (!path.empty()) path += '/';
    path += column + "=" + EncodePartitionValue(value);
  }
  return path;
}

std::map<std::string, std::string> ValuesOfPartitionPath(const std::string& path) {
  std::map<std::string, std::string> values;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string level = path.substr(at, end - at);
    const size_t equals = std::min(level.find('='), level.size() - 1);
    values[level.substr(0, equals)] =
        DecodePartitionValue(std::string_view(level).substr(equals + 1));
    at = end + 1;
  }
  return values;
}

std::string PartitionPathOfKey(const std::string& key) { return key == kWholeTableKey ? "" : key; }

}  // namespace lakegate
