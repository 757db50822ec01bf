// Reads a JSON object of which every member is known: nothing missing, nothing more, no other type.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace lakegate {

inline constexpr size_t kMaxStrictJsonBytes = 64 << 20;

// A string, or {"hex": "..."} of bytes that are no UTF-8.
nlohmann::json BytesAsJson(const std::string& bytes);

// kInvalidData: no JSON object, too long, or a member occurs twice. `what` names it in messages.
Result<nlohmann::json> ParseStrictJson(std::string_view text, const std::string& what);

// Takes one member after the other; the first thing that is wrong stays the error. Borrows `json`.
class StrictObject {
 public:
  StrictObject(const nlohmann::json& json, std::string what);

  // What is wrong gives an empty value. Integers are 64 bits, exact.
  int64_t Count(const char* name);  // 0 or more
  std::optional<int64_t> OptionalInteger(const char* name);
  bool Flag(const char* name);
  std::string Bytes(const char* name);
  std::vector<int64_t> Counts(const char* name);
  // Borrowed from the object, or empty.
  const nlohmann::json& Array(const char* name);
  const nlohmann::json& Object(const char* name);
  const nlohmann::json* OptionalObject(const char* name);  // null: it is null
  std::string BytesOf(const nlohmann::json& value, const std::string& name);
  int64_t CountOf(const nlohmann::json& value, const std::string& name);

  void Fail(const std::string& why);
  // Also an error: members that nobody took.
  Status Finish();

 private:
  const nlohmann::json* Take(const char* name);
  int64_t IntegerOf(const nlohmann::json& value, const std::string& name);

  const nlohmann::json& json_;
  const std::string what_;
  std::set<std::string> taken_;
  std::optional<Error> error_;
};

}  // namespace lakegate
