#include "publish/part_name.h"

#include <algorithm>
#include <charconv>

#include "core/check.h"

namespace lakegate {

namespace {

constexpr std::string_view kPrefix = "part-";
constexpr size_t kMinDigits = 5;
constexpr size_t kHashDigits = 8;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string PartName(int64_t number, std::string_view sha256_hex, std::string_view extension) {
  LAKEGATE_CHECK(sha256_hex.size() >= kHashDigits, "a hash in hex digits");
  std::string digits = std::to_string(number);
  if (digits.size() < kMinDigits) digits.insert(0, kMinDigits - digits.size(), '0');
  return std::string(kPrefix) + digits + "-" + std::string(sha256_hex.substr(0, kHashDigits)) +
         "." + std::string(extension);
}

int64_t NumberOfPart(std::string_view name) {
  int64_t number = 0;
  if (!name.starts_with(kPrefix)) return number;
  name.remove_prefix(kPrefix.size());
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

std::string TurnedPartName(const std::string& name) {
  if (!IsPartName(name)) return name;
  std::string turned = name;
  const auto hash =
      turned.begin() + static_cast<std::ptrdiff_t>(name.find('-', kPrefix.size())) + 1;
  std::rotate(hash, hash + 1, hash + kHashDigits);
  return turned;
}

bool IsPartName(std::string_view name) {
  if (!name.starts_with(kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  const size_t dash = name.find('-');
  if (dash == std::string_view::npos || dash < kMinDigits) return false;
  if (!std::all_of(name.begin(), name.begin() + dash, IsDigit)) return false;
  name.remove_prefix(dash + 1);
  if (name.size() < kHashDigits + 2 || name[kHashDigits] != '.') return false;
  return std::all_of(name.begin(), name.begin() + kHashDigits, IsHexDigit) &&
         name.find('/') == std::string_view::npos;
}

bool IsLitterName(std::string_view name) { return name.starts_with('_') || name.starts_with('.'); }

}  // namespace lakegate
