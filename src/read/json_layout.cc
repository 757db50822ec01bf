#include "read/json_layout.h"

#include "core/hash.h"
#include "read/json_text.h"

namespace lakegate {
namespace {

JsonLayout MakeItems(const FieldPlan& item);

// What is known of a field's {...}: its members, or the values of a map; null: nothing.
std::unique_ptr<JsonLayout> MakeObject(const FieldPlan& field) {
  if (field.children.empty()) return nullptr;
  if (field.type.kind == TypeKind::kObject) {
    return std::make_unique<JsonLayout>(MakeJsonLayout(field.children));
  }
  if (field.type.kind != TypeKind::kMap) return nullptr;
  auto map = std::make_unique<JsonLayout>(MakeItems(field.children[0].children[1]));
  map->is_map = true;
  return map;
}

JsonLayout MakeItems(const FieldPlan& item) {
  JsonLayout layout;
  layout.item_object = MakeObject(item);
  if (item.type.kind == TypeKind::kArray) {
    layout.item_items = std::make_unique<JsonLayout>(
        item.children.empty() ? JsonLayout{} : MakeItems(item.children[0]));
  }
  return layout;
}

size_t Slot(std::string_view name, size_t table_size) {
  return HashOf(name).low & (table_size - 1);
}

}  // namespace

int JsonLayout::Find(std::string_view name) const {
  if (table.empty()) return -1;
  for (size_t slot = Slot(name, table.size()); table[slot] >= 0;
       slot = (slot + 1) & (table.size() - 1)) {
    if (members[static_cast<size_t>(table[slot])].name == name) return table[slot];
  }
  return -1;
}

JsonLayout MakeJsonLayout(const std::vector<FieldPlan>& fields) {
  JsonLayout layout;
  size_t table_size = 4;
  while (table_size < fields.size() * 2) table_size *= 2;
  layout.table.assign(table_size, -1);
  for (const FieldPlan& field : fields) {
    JsonLayout::Member member;
    member.name = field.name;
    AppendJsonString(field.name, &member.quoted);
    member.quoted.erase(0, 1);
    member.quoted.reserve(32);  // compared 16 bytes at a time
    member.object = MakeObject(field);
    if (field.type.kind == TypeKind::kArray) {
      member.items = std::make_unique<JsonLayout>(
          field.children.empty() ? JsonLayout{} : MakeItems(field.children[0]));
    }
    size_t slot = Slot(field.name, table_size);
    while (layout.table[slot] >= 0) slot = (slot + 1) & (table_size - 1);
    layout.table[slot] = static_cast<int32_t>(layout.members.size());
    layout.members.push_back(std::move(member));
  }
  return layout;
}

}  // namespace lakegate
