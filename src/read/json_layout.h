// The contract's fields as the JSON walker wants them: members in predicted order, hashed keys.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"

namespace lakegate {

// An object whose members are known, the items of an array, or a map. Immutable; shared by threads.
struct JsonLayout {
  struct Member {
    std::string name;
    std::string quoted;  // name as JSON, then a quote: compared against the bytes in one go
    std::unique_ptr<JsonLayout> object;  // the member is an object with known members, or a map
    std::unique_ptr<JsonLayout> items;   // the member is an array: its item's layout
  };
  std::vector<Member> members;
  bool is_map = false;  // any keys; their values are described as items are
  // Items and maps only: what an item itself is, if it is not a plain value.
  std::unique_ptr<JsonLayout> item_object;
  std::unique_ptr<JsonLayout> item_items;
  std::vector<int32_t> table;  // open addressing by hash of the name; -1 = free

  // Index of the member called `name`, or -1.
  int Find(std::string_view name) const;
};

JsonLayout MakeJsonLayout(const std::vector<FieldPlan>& fields);

}  // namespace lakegate
