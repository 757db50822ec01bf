#include "contract/odcs_schema.h"

#include <optional>
#include <set>
#include <tuple>

#include "contract/json_document.h"
#include "contract/json_schema.h"
#include "core/check.h"

namespace lakegate {
namespace {

using Reach = SchemaViolation::Reach;

YamlNode* FindMutable(YamlNode* node, std::string_view key) {
  if (node == nullptr) return nullptr;
  for (YamlEntry& entry : node->entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

// v3.2.0 as published applies the branches of `map` and `vector` to properties without
// logicalType, too. The standard corrected this with `required` in both conditions.
void GuardMapAndVector(YamlNode& schema) {
  YamlNode* branches =
      FindMutable(FindMutable(FindMutable(&schema, "$defs"), "SchemaBaseProperty"), "allOf");
  if (branches == nullptr) return;
  for (YamlNode& branch : branches->items) {
    YamlNode* condition = FindMutable(&branch, "if");
    const YamlNode* type = FindMutable(FindMutable(condition, "properties"), "logicalType");
    const YamlNode* word = type == nullptr ? nullptr : type->Find("const");
    if (word == nullptr || (word->text != "map" && word->text != "vector")) continue;
    if (condition->Find("required") != nullptr) continue;
    YamlNode key{.kind = YamlKind::kText, .text = "logicalType"};
    YamlNode required{.kind = YamlKind::kList, .items = {std::move(key)}};
    condition->entries.push_back({"required", {}, std::move(required)});
  }
}

JsonSchema Load(std::string_view text) {
  Diagnostics diagnostics;
  std::optional<YamlNode> tree = ParseJson(text, "schema.json", diagnostics);
  LAKEGATE_CHECK(tree.has_value(), "the embedded schema is not JSON");
  GuardMapAndVector(*tree);
  Result<JsonSchema> schema = JsonSchema::Compile(*tree);
  LAKEGATE_CHECK(schema.has_value(), "the embedded schema has an unknown keyword");
  return *std::move(schema);
}

// Each is loaded when it is first wanted.
const JsonSchema& SchemaOf(ApiVersion version) {
  switch (version) {
    case ApiVersion::kV30: {
      static const JsonSchema schema = Load(kOdcsSchemaV30);
      return schema;
    }
    case ApiVersion::kV31: {
      static const JsonSchema schema = Load(kOdcsSchemaV31);
      return schema;
    }
    default: {
      static const JsonSchema schema = Load(kOdcsSchemaV32);
      return schema;
    }
  }
}

using Positions = std::set<std::pair<int, int>>;

bool IsWithin(const YamlNode& node, const Positions& errors) {
  if (errors.contains({node.mark.line, node.mark.column})) return true;
  for (const YamlNode& item : node.items) {
    if (IsWithin(item, errors)) return true;
  }
  for (const YamlEntry& entry : node.entries) {
    if (errors.contains({entry.mark.line, entry.mark.column})) return true;
    if (IsWithin(entry.value, errors)) return true;
  }
  return false;
}

bool Mentions(const Diagnostic& diagnostic, const std::string& key) {
  return diagnostic.message.find("'" + key + "'") != std::string::npos ||
         diagnostic.mend.find(key + ":") != std::string::npos;
}

// An error about the same missing key, at the mapping or at one of its keys.
bool IsMissedAlready(const SchemaViolation& violation, const Diagnostics& diagnostics,
                     size_t earlier) {
  for (size_t i = 0; i < earlier; ++i) {
    const Diagnostic& diagnostic = diagnostics.all()[i];
    if (diagnostic.severity != Severity::kError || !Mentions(diagnostic, violation.key)) continue;
    const auto at = [&](YamlMark mark) {
      return mark.line == diagnostic.position.line && mark.column == diagnostic.position.column;
    };
    if (at(violation.mark)) return true;
    for (const YamlEntry& entry : violation.node->entries) {
      if (at(entry.mark)) return true;
    }
  }
  return false;
}

// An error that says the same, usually with more sense for what was meant.
bool IsKnown(const SchemaViolation& violation, const Diagnostics& diagnostics, size_t earlier,
             const Positions& errors) {
  const auto has = [&](YamlMark mark) { return errors.contains({mark.line, mark.column}); };
  switch (violation.reach) {
    case Reach::kMember:
      return IsMissedAlready(violation, diagnostics, earlier);
    case Reach::kWhole:
      return IsWithin(*violation.node, errors);
    case Reach::kValue:
      return has(violation.mark) || has(violation.key_mark);
    case Reach::kRest:
      // Whatever is wrong beside it may be why no part that knows the key fits.
      for (const YamlEntry& entry : violation.node->entries) {
        if (has(entry.mark)) return true;
      }
      [[fallthrough]];
    case Reach::kKey:
      return has(violation.mark) || has(violation.node->mark) ||
             IsWithin(*violation.node->Find(violation.key), errors);
  }
  return false;
}

}  // namespace

void CheckOdcsSchema(const YamlNode& document, ApiVersion version, const std::string& file,
                     Diagnostics& diagnostics) {
  const std::vector<SchemaViolation> violations = SchemaOf(version).Check(document);
  if (violations.empty()) return;
  const size_t earlier = diagnostics.all().size();
  Positions errors, gaps;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity != Severity::kError) continue;
    // A missing key stands at its mapping and says nothing about the keys that are there.
    const bool missing = diagnostic.id == "missing-key";
    (missing ? gaps : errors).insert({diagnostic.position.line, diagnostic.position.column});
  }
  std::set<std::tuple<int, int, std::string>> reported;
  for (const SchemaViolation& violation : violations) {
    if (IsKnown(violation, diagnostics, earlier, errors)) continue;
    if (violation.reach == Reach::kWhole && IsWithin(*violation.node, gaps)) continue;
    // Several branches of a schema may refuse the same.
    if (!reported.insert({violation.mark.line, violation.mark.column, violation.message}).second) {
      continue;
    }
    diagnostics.Error({file, violation.mark.line, violation.mark.column}, violation.id,
                      violation.message, violation.mend);
    if (!violation.after.empty()) {
      const SourcePosition at{file, violation.mark.line, violation.mark.column};
      diagnostics.Mend({{at, violation.before, violation.after}});
    }
  }
  if (violations.size() < JsonSchema::kMaxViolations) return;
  diagnostics.Error({file, document.mark.line, document.mark.column}, "too-many-violations",
                    "the schema refuses more than " + std::to_string(violations.size()) +
                        " places; only these are looked at",
                    "mend them first");
}

}  // namespace lakegate
