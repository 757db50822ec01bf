// A JSON Schema (draft 2019-09) applied to a tree with positions: the keywords that the schemas of
// the data contract standard use; any other is refused, never skipped.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "contract/yaml_document.h"
#include "core/result.h"

namespace lakegate {

struct SchemaViolation {
  enum class Reach : uint8_t {
    kValue,   // the value at `mark` itself
    kMember,  // `key` of the mapping at `mark` is missing
    kKey,     // the key at `mark` is not allowed in `node`
    kRest,    // as kKey, but only because no part of the schema that fits knows it
    kWhole,   // somewhere in `node`: no alternative fits
  };
  Reach reach = Reach::kValue;
  const YamlNode* node = nullptr;  // borrowed from the document
  YamlMark mark;
  YamlMark key_mark;    // kValue: of the key in front of the value, else as `mark`
  std::string key;      // kMember, kKey, kRest
  std::string id;       // a lint id: "missing-key", "unknown-key", "wrong-kind", ...
  std::string message;  // with the place in the document: "servers[0].port must be ..."
  std::string mend;
  std::string before, after;  // the text at `mark` that can safely be replaced; empty if none
};

struct SchemaRule;

// Immutable; may be used by several threads.
class JsonSchema {
 public:
  // kUnsupported names the keyword or reference that is not known.
  static Result<JsonSchema> Compile(const YamlNode& schema);
  JsonSchema(JsonSchema&&) noexcept;
  ~JsonSchema();

  // Nothing if the document is valid; at most kMaxViolations, so that a broken file of any size is
  // answered at once. `format` is an annotation and not checked.
  std::vector<SchemaViolation> Check(const YamlNode& document) const;
  static constexpr size_t kMaxViolations = 1000;

 private:
  explicit JsonSchema(std::vector<std::unique_ptr<SchemaRule>> rules);
  std::vector<std::unique_ptr<SchemaRule>> rules_;  // the first one is the root
};

}  // namespace lakegate
