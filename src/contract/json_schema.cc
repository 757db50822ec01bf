// Compiles a schema into rules.
#include "contract/json_schema.h"

#include <array>
#include <map>

#include "contract/json_schema_rule.h"
#include "contract/map_reader.h"

namespace lakegate {
namespace {

// Compiles each subschema once, by its address in the schema's tree.
class SchemaCompiler {
 public:
  explicit SchemaCompiler(const YamlNode& root) : root_(root) {}

  const SchemaRule* Compile(const YamlNode& node) {
    const auto [known, fresh] = compiled_.emplace(&node, nullptr);
    if (!fresh) return known->second;
    rules_.push_back(std::make_unique<SchemaRule>());
    SchemaRule& rule = *rules_.back();
    known->second = &rule;  // before its members: references may lead back
    if (node.kind == YamlKind::kBoolean) {
      rule.never = !BooleanOf(node);
    } else if (node.kind == YamlKind::kMap) {
      for (const YamlEntry& entry : node.entries) CompileKeyword(entry, rule);
    } else {
      Refuse("a schema that is no object");
    }
    return &rule;
  }

  const std::string& problem() const { return problem_; }
  std::vector<std::unique_ptr<SchemaRule>> TakeRules() { return std::move(rules_); }

 private:
  void Refuse(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }

  void CompileKeyword(const YamlEntry& entry, SchemaRule& rule) {
    const std::string& key = entry.key;
    const YamlNode& value = entry.value;
    if (IsAnnotation(key)) return;
    if (const auto single = Single(key)) {
      rule.*(*single) = Compile(value);
    } else if (const auto list = List(key)) {
      for (const YamlNode& item : value.items) (rule.*(*list)).push_back(Compile(item));
    } else if (key == "properties") {
      for (const YamlEntry& member : value.entries) {
        rule.properties[member.key] = Compile(member.value);
      }
    } else if (key == "$ref") {
      CompileReference(value.text, rule);
    } else if (!CompileAssertion(key, value, rule)) {
      Refuse("the keyword '" + key + "'");
    }
  }

  static bool IsAnnotation(std::string_view key) {
    constexpr std::array kKeys = {"title",   "description", "default", "examples", "deprecated",
                                  "$schema", "$id",         "$defs",   "format",   "$comment"};
    for (const char* known : kKeys) {
      if (key == known) return true;
    }
    return false;
  }

  static std::optional<const SchemaRule * SchemaRule::*> Single(std::string_view key) {
    if (key == "additionalProperties") return &SchemaRule::additional;
    if (key == "unevaluatedProperties") return &SchemaRule::unevaluated;
    if (key == "items") return &SchemaRule::items;
    if (key == "if") return &SchemaRule::condition;
    if (key == "then") return &SchemaRule::when;
    if (key == "else") return &SchemaRule::otherwise;
    if (key == "not") return &SchemaRule::forbidden;
    return std::nullopt;
  }

  static std::optional<std::vector<const SchemaRule*> SchemaRule::*> List(std::string_view key) {
    if (key == "allOf") return &SchemaRule::all_of;
    if (key == "anyOf") return &SchemaRule::any_of;
    if (key == "oneOf") return &SchemaRule::one_of;
    return std::nullopt;
  }

  // Into this document only: "#/$defs/Name".
  void CompileReference(std::string_view reference, SchemaRule& rule) {
    const YamlNode* node = &root_;
    std::string_view path = reference;
    if (!path.starts_with("#/")) return Refuse("the reference " + std::string(reference));
    path.remove_prefix(2);
    while (node != nullptr && !path.empty()) {
      const size_t end = std::min(path.find('/'), path.size());
      node = node->Find(path.substr(0, end));
      path.remove_prefix(std::min(end + 1, path.size()));
    }
    if (node == nullptr) return Refuse("the reference " + std::string(reference));
    rule.ref = Compile(*node);
  }

  bool CompileAssertion(const std::string& key, const YamlNode& value, SchemaRule& rule) {
    if (key == "type") {
      if (value.is_scalar()) AddType(value.text, rule);
      for (const YamlNode& item : value.items) AddType(item.text, rule);
    } else if (key == "enum" || key == "const") {
      rule.words.emplace();
      if (value.is_scalar()) AddWord(value, rule);
      for (const YamlNode& item : value.items) AddWord(item, rule);
    } else if (key == "required") {
      for (const YamlNode& item : value.items) rule.required.push_back(item.text);
    } else if (key == "minimum") {
      rule.minimum = NumberOf(value);
    } else if (key == "exclusiveMinimum") {
      rule.exclusive_minimum = NumberOf(value);
    } else if (key == "minItems") {
      rule.min_items = static_cast<size_t>(IntegerOf(value).value_or(0));
    } else if (key == "maxItems") {
      rule.max_items = static_cast<size_t>(IntegerOf(value).value_or(0));
    } else if (key == "uniqueItems") {
      rule.unique_items = BooleanOf(value);
    } else if (key == "pattern") {
      rule.pattern = std::make_unique<RE2>(value.text, RE2::Quiet);
      if (!rule.pattern->ok()) Refuse("the pattern " + value.text);
    } else {
      return false;
    }
    return true;
  }

  void AddType(std::string_view name, SchemaRule& rule) {
    constexpr std::pair<std::string_view, SchemaType> kTypes[] = {
        {"null", kSchemaNull},     {"boolean", kSchemaBoolean}, {"integer", kSchemaInteger},
        {"number", kSchemaNumber}, {"string", kSchemaString},   {"array", kSchemaArray},
        {"object", kSchemaObject}};
    for (const auto& [known, bit] : kTypes) {
      if (name != known) continue;
      rule.types = static_cast<uint8_t>(rule.types | bit);
      return;
    }
    Refuse("the type " + std::string(name));
  }

  void AddWord(const YamlNode& word, SchemaRule& rule) {
    if (word.kind != YamlKind::kText) Refuse("an enum of anything but texts");
    rule.words->push_back(word.text);
  }

  const YamlNode& root_;
  std::map<const YamlNode*, const SchemaRule*> compiled_;
  std::vector<std::unique_ptr<SchemaRule>> rules_;
  std::string problem_;
};

}  // namespace

JsonSchema::JsonSchema(std::vector<std::unique_ptr<SchemaRule>> rules) : rules_(std::move(rules)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Result<JsonSchema> JsonSchema::Compile(const YamlNode& schema) {
  SchemaCompiler compiler(schema);
  compiler.Compile(schema);
  if (!compiler.problem().empty()) {
    return Error{ErrorCode::kUnsupported, "the JSON Schema has " + compiler.problem(), ""};
  }
  return JsonSchema(compiler.TakeRules());
}

}  // namespace lakegate
