// One compiled subschema; only json_schema*.cc include this.
#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/yaml_document.h"

namespace lakegate {

// Which kinds `type` allows, as bits.
enum SchemaType : uint8_t {
  kSchemaNull = 1,
  kSchemaBoolean = 2,
  kSchemaInteger = 4,
  kSchemaNumber = 8,  // integers, too
  kSchemaString = 16,
  kSchemaArray = 32,
  kSchemaObject = 64,
};

// Pointers are borrowed from JsonSchema, which owns all rules; they may form circles.
struct SchemaRule {
  bool never = false;                             // the schema `false`
  uint8_t types = 0;                              // 0: any
  std::optional<std::vector<std::string>> words;  // enum or const: texts only
  std::vector<std::string> required;
  std::map<std::string, const SchemaRule*, std::less<>> properties;
  const SchemaRule* ref = nullptr;
  const SchemaRule* additional = nullptr;
  const SchemaRule* unevaluated = nullptr;
  const SchemaRule* items = nullptr;
  const SchemaRule* condition = nullptr;  // if
  const SchemaRule* when = nullptr;       // then
  const SchemaRule* otherwise = nullptr;  // else
  const SchemaRule* forbidden = nullptr;  // not
  std::vector<const SchemaRule*> all_of, any_of, one_of;
  std::optional<double> minimum, exclusive_minimum;
  std::optional<size_t> min_items, max_items;
  bool unique_items = false;
  std::unique_ptr<RE2> pattern;
};

}  // namespace lakegate
