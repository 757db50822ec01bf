// The system's time zone files. Read-only and outside of every zone of a lake, so not by Storage.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/time_zone.h"

namespace lakegate {
namespace {

constexpr size_t kMaxFileBytes = 1024 * 1024;

bool IsName(const std::string& name) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+' || c == '/';
  };
  return !name.empty() && name.size() < 256 && name[0] != '/' && name.back() != '/' &&
         std::all_of(name.begin(), name.end(), is_fine);
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> TimeZone::Find(const std::string& name) {
  const char* variable = std::getenv("TZDIR");
  const std::string folder = variable && *variable ? variable : "/usr/share/zoneinfo";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return Error{ErrorCode::kUnavailable, "there is no time zone database at " + folder,
                 "install tzdata, or set TZDIR to the folder that has it"};
  }
  const std::string path = folder + "/" + name;
  if (!IsName(name) || !std::filesystem::is_regular_file(path, ignored)) {
    return Error{ErrorCode::kNotFound, "there is no time zone '" + name + "'",
                 "write a name of the IANA database such as Europe/Rome, or an offset such as "
                 "+01:00"};
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMaxFileBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  if (bytes.empty() || bytes.size() > kMaxFileBytes) {
    return Error{ErrorCode::kCorrupt, "cannot read the time zone file " + path, "reinstall tzdata"};
  }
  Result<TimeZone> zone = Parse(bytes);
  if (!zone)
    return Error{zone.error().code, path + " is " + zone.error().message, zone.error().hint};
  return std::make_shared<const TimeZone>(*std::move(zone));
}

}  // namespace lakegate
