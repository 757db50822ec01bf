// `relationships` of objects and properties.
#include "contract/contract_reader.h"
#include "contract/lakegate_settings.h"

namespace lakegate {
namespace {

// A text or a list of texts; what is no reference at all is an error.
std::vector<Written<std::string>> ReadReferences(MapReader& map, const char* key) {
  std::vector<Written<std::string>> references;
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return references;
  if (node->kind == YamlKind::kList) {
    if (auto texts = map.Texts(key)) references = *std::move(texts);
  } else if (auto text = map.Text(key)) {
    references.push_back(*std::move(text));
  }
  for (const auto& reference : references) {
    if (reference.value.find_first_of("./") != std::string::npos) continue;
    map.problems().diagnostics.Error(
        reference.position, "wrong-form",
        std::string("'") + key + "' of a relationship cannot be '" + reference.value + "'",
        "write object.property or schema/<id>/properties/<id>");
  }
  return references;
}

}  // namespace

std::vector<Relationship> ReadRelationships(const YamlNode& list, const ContractContext& context) {
  std::vector<Relationship> relationships;
  for (const YamlNode& node : list.items) {
    MapReader map(node, "a relationship", context.problems);
    Relationship relationship;
    relationship.position = context.problems.At(node);
    map.OneOf<int>("type", {{"foreignKey", 0}});
    relationship.settings =
        ReadLakegateSettings(map, SettingsPlace::kRelationship, context.version);
    if (context.version >= ApiVersion::kV32) map.Ignore({"id"});
    map.Require("to");
    relationship.from = ReadReferences(map, "from");
    relationship.to = ReadReferences(map, "to");
    for (const auto& to : relationship.to) {
      relationship.target += (relationship.target.empty() ? "" : ", ") + to.value;
    }
    map.RefuseUnknown();
    relationships.push_back(std::move(relationship));
  }
  return relationships;
}

}  // namespace lakegate
