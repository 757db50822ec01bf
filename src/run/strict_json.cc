#include "run/strict_json.h"

#include <limits>

#include "core/utf8.h"

namespace lakegate {
namespace {

using Json = nlohmann::json;

constexpr const char* kHint = "it was written by another version, or damaged on its way";

Error Wrong(const std::string& what, const std::string& why) {
  return {ErrorCode::kInvalidData, what + ": " + why, kHint};
}

int HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

std::optional<std::string> FromHex(const std::string& hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]);
    const int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

const Json& EmptyArray() {
  static const Json empty = Json::array();
  return empty;
}

const Json& EmptyObject() {
  static const Json empty = Json::object();
  return empty;
}

}  // namespace

Json BytesAsJson(const std::string& bytes) {
  if (!FirstInvalidUtf8(bytes)) return bytes;
  constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return {{"hex", hex}};
}

Result<Json> ParseStrictJson(std::string_view text, const std::string& what) {
  if (text.size() > kMaxStrictJsonBytes) {
    return Wrong(what, "it has more than " + std::to_string(kMaxStrictJsonBytes) + " bytes");
  }
  std::vector<std::set<std::string>> names;  // of the objects that are open
  std::string twice;
  const auto look = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto name = parsed.get<std::string>();
      if (!names.back().insert(name).second) twice = name;
    }
    return true;
  };
  Json json = Json::parse(text.begin(), text.end(), look, false);
  if (json.is_discarded()) return Wrong(what, "it is no JSON");
  if (!json.is_object()) return Wrong(what, "it is no JSON object");
  if (!twice.empty()) return Wrong(what, "'" + twice + "' occurs twice");
  return json;
}

StrictObject::StrictObject(const Json& json, std::string what)
    : json_(json), what_(std::move(what)) {
  if (!json_.is_object()) Fail("it is no object");
}

void StrictObject::Fail(const std::string& why) {
  if (!error_) error_ = Wrong(what_, why);
}

const Json* StrictObject::Take(const char* name) {
  if (!json_.is_object()) return nullptr;
  taken_.insert(name);
  const auto found = json_.find(name);
  if (found != json_.end()) return &*found;
  Fail("'" + std::string(name) + "' is missing");
  return nullptr;
}

int64_t StrictObject::IntegerOf(const Json& value, const std::string& name) {
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<uint64_t>() <= uint64_t{std::numeric_limits<int64_t>::max()});
  if (fits) return value.get<int64_t>();
  Fail("'" + name + "' is no integer of 64 bits");
  return 0;
}

int64_t StrictObject::CountOf(const Json& value, const std::string& name) {
  const int64_t count = IntegerOf(value, name);
  if (count >= 0) return count;
  Fail("'" + name + "' is negative");
  return 0;
}

int64_t StrictObject::Count(const char* name) {
  const Json* value = Take(name);
  return value ? CountOf(*value, name) : 0;
}

std::optional<int64_t> StrictObject::OptionalInteger(const char* name) {
  const Json* value = Take(name);
  if (!value || value->is_null()) return std::nullopt;
  return IntegerOf(*value, name);
}

bool StrictObject::Flag(const char* name) {
  const Json* value = Take(name);
  if (value && value->is_boolean()) return value->get<bool>();
  Fail("'" + std::string(name) + "' is neither true nor false");
  return false;
}

std::string StrictObject::BytesOf(const Json& value, const std::string& name) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.size() == 1 && value.contains("hex") && value["hex"].is_string()) {
    if (const auto bytes = FromHex(value["hex"].get<std::string>())) return *bytes;
  }
  Fail("'" + name + "' is no text");
  return "";
}

std::string StrictObject::Bytes(const char* name) {
  const Json* value = Take(name);
  return value ? BytesOf(*value, name) : "";
}

std::vector<int64_t> StrictObject::Counts(const char* name) {
  std::vector<int64_t> counts;
  for (const Json& value : Array(name)) counts.push_back(CountOf(value, name));
  return counts;
}

const Json& StrictObject::Array(const char* name) {
  const Json* value = Take(name);
  if (value && value->is_array()) return *value;
  Fail("'" + std::string(name) + "' is no array");
  return EmptyArray();
}

const Json& StrictObject::Object(const char* name) {
  const Json* value = Take(name);
  if (value && value->is_object()) return *value;
  Fail("'" + std::string(name) + "' is no object");
  return EmptyObject();
}

const Json* StrictObject::OptionalObject(const char* name) {
  const Json* value = Take(name);
  if (!value || value->is_null()) return nullptr;
  if (value->is_object()) return value;
  Fail("'" + std::string(name) + "' is no object");
  return nullptr;
}

Status StrictObject::Finish() {
  if (error_) return *error_;
  for (const auto& [name, value] : json_.items()) {
    if (!taken_.contains(name)) Fail("'" + name + "' is not known");
  }
  return error_ ? Status(*error_) : Status{};
}

}  // namespace lakegate
