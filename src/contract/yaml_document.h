// A YAML or JSON file as a tree with positions. The one door to the YAML library.
//
// Scalars follow the YAML 1.2 core schema: null ~ true false, integers (also 0x, 0o), floats (also
// .inf .nan); no dates, no yes/no, no merge keys. Refused: duplicate keys, keys that are no
// scalars, several documents, invalid UTF-8, and what exceeds the limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/diagnostics.h"
#include "core/source_position.h"

namespace lakegate {

enum class YamlKind : uint8_t { kNull, kBoolean, kInteger, kReal, kText, kList, kMap };
const char* Name(YamlKind kind);  // "a number", "a list", ... for messages

struct YamlMark {
  int line = 0;    // from 1
  int column = 0;  // from 1, code points
};

struct YamlEntry;

// A value. Owns its children.
struct YamlNode {
  YamlKind kind = YamlKind::kNull;
  bool quoted = false;  // a scalar in quotes or as a block: always kText
  YamlMark mark;
  std::string text;                // scalars: as written (without quotes)
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap, in the file's order

  bool is_scalar() const { return kind != YamlKind::kList && kind != YamlKind::kMap; }
  const YamlNode* Find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  YamlMark mark;  // of the key
  YamlNode value;
};

struct YamlLimits {
  size_t max_bytes = 10 * 1024 * 1024;
  int max_depth = 100;
  size_t max_alias_nodes = 100'000;  // nodes that aliases may add
};

// Nothing if it cannot be read; `diagnostics` then says why and where. Duplicate keys are reported
// and the first one is kept, so that the rest can be checked, too.
std::optional<YamlNode> ParseYaml(std::string_view text, const std::string& file_name,
                                  Diagnostics& diagnostics, const YamlLimits& limits = {});

// The kind that a scalar without quotes has by the core schema.
YamlKind KindOfPlainScalar(std::string_view text);

}  // namespace lakegate
