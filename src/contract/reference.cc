#include "contract/reference.h"

#include <algorithm>

namespace lakegate {
namespace {

ResolvedReference ResolveById(const Contract& contract, std::string_view reference) {
  if (reference.starts_with('/')) reference.remove_prefix(1);
  const std::vector<std::string> parts = SplitReference(reference, '/');
  if (parts.size() < 4 || parts.size() % 2 != 0 || parts[0] != "schema") return {};
  std::vector<std::string> ids;
  for (size_t i = 2; i < parts.size(); i += 2) {
    if (parts[i] != "properties") return {};
    ids.push_back(parts[i + 1]);
  }
  for (const SchemaObject& object : contract.schema) {
    if (object.id != parts[1]) continue;
    ResolvedReference found = FindProperty(object.properties, &Property::id, ids);
    found.object = &object;
    return found;
  }
  return {};
}

ResolvedReference ResolveByName(const Contract& contract, std::string_view reference) {
  std::vector<std::string> names = SplitReference(reference, '.');
  const std::string object_name = names[0];
  names.erase(names.begin());
  for (const SchemaObject& object : contract.schema) {
    if (object.name != object_name) continue;
    ResolvedReference found = FindProperty(object.properties, &Property::name, names);
    found.object = &object;
    return found;
  }
  return {};
}

}  // namespace

std::vector<std::string> SplitReference(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

ResolvedReference FindProperty(const std::vector<Property>& properties, PropertyKey key,
                               const std::vector<std::string>& path) {
  ResolvedReference found;
  const std::vector<Property>* level = &properties;
  for (size_t i = 0; i < path.size(); ++i) {
    const auto at = std::find_if(level->begin(), level->end(), [&](const Property& property) {
      return property.*key == path[i];
    });
    if (at == level->end()) return {};
    found.path.push_back(at->name);
    if (i + 1 == path.size()) {
      found.property = &*at;
      return found;
    }
    const Property* owner = &*at;
    for (; !owner->items.empty(); owner = &owner->items[0]) found.through_list = true;
    level = &owner->properties;
  }
  return {};
}

std::string_view FileOfReference(std::string_view reference) {
  const size_t hash = reference.find('#');
  return hash == std::string_view::npos ? std::string_view() : reference.substr(0, hash);
}

ResolvedReference ResolveReference(const Contract& contract, std::string_view reference) {
  const size_t hash = reference.find('#');
  if (hash != std::string_view::npos) reference.remove_prefix(hash + 1);
  const bool by_id = hash != std::string_view::npos || reference.find('/') != std::string::npos;
  return by_id ? ResolveById(contract, reference) : ResolveByName(contract, reference);
}

}  // namespace lakegate
