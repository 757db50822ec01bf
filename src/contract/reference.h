// References to columns, as relationships write them: object.property[.member] by name, or
// [file#][/]schema/<id>/properties/<id>[/properties/<id>] by id (ODCS v3.1, "Relationships").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/contract.h"

namespace lakegate {

// Where a reference leads. Borrows the contract.
struct ResolvedReference {
  const SchemaObject* object = nullptr;
  const Property* property = nullptr;  // null: there is no such column
  std::vector<std::string> path;       // names from the column down to the member
  bool through_list = false;           // the way down leads through items of an array
};

// The part before '#': another contract's file. Empty: the contract that has the reference.
std::string_view FileOfReference(std::string_view reference);

// Looks in `contract`, whatever file the reference names.
ResolvedReference ResolveReference(const Contract& contract, std::string_view reference);

// The parts between separators, blanks around them removed.
std::vector<std::string> SplitReference(std::string_view text, char separator);

// Down from `properties` by name or by id; lists are passed through to what they hold.
using PropertyKey = std::string Property::*;
ResolvedReference FindProperty(const std::vector<Property>& properties, PropertyKey key,
                               const std::vector<std::string>& path);

}  // namespace lakegate
