// A JSON file as the same tree with positions that a YAML file becomes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contract/diagnostics.h"
#include "contract/yaml_document.h"

namespace lakegate {

// RFC 8259, strictly: what YAML would forgive (comments, a last comma) is "json-syntax". The text
// must be UTF-8. Limits and duplicate keys as in ParseYaml; texts are `quoted`.
std::optional<YamlNode> ParseJson(std::string_view text, const std::string& file_name,
                                  Diagnostics& diagnostics, const YamlLimits& limits = {});

// JSON if the file is named .json or is an object in strict JSON, else YAML.
std::optional<YamlNode> ParseYamlOrJson(std::string_view text, const std::string& file_name,
                                        Diagnostics& diagnostics, const YamlLimits& limits = {});

}  // namespace lakegate
