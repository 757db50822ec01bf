#include "config/variables.h"

#include <algorithm>

namespace lakegate {
namespace {

bool IsVariableName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The value of what stands between ${ and }.
std::string ValueOf(const std::string& inside, const YamlNode& node,
                    const EnvironmentLookup& environment, const FileProblems& problems) {
  const size_t separator = inside.find(":-");
  const std::string name = inside.substr(0, separator);
  if (!IsVariableName(name)) {
    problems.Error(node.mark, "bad-variable", "'${" + inside + "}' names no variable",
                   "write ${NAME} or ${NAME:-default}");
    return inside;
  }
  const auto value = environment(name);
  if (value && !(value->empty() && separator != std::string::npos)) return *value;
  if (separator != std::string::npos) return inside.substr(separator + 2);
  problems.Error(node.mark, "unset-variable", "the environment has no variable " + name,
                 "set it, or write ${" + name + ":-default}");
  return inside;  // so that no second problem follows
}

void ReplaceInScalar(YamlNode& node, const EnvironmentLookup& environment,
                     const FileProblems& problems) {
  if (node.text.find("${") == std::string::npos) return;
  std::string replaced;
  size_t at = 0;
  while (true) {
    const size_t open = node.text.find("${", at);
    replaced += node.text.substr(at, open - at);
    if (open == std::string::npos) break;
    const size_t close = node.text.find('}', open);
    if (close == std::string::npos) {
      problems.Error(node.mark, "bad-variable", "'${' is not closed", "write } behind the name");
      break;
    }
    replaced += ValueOf(node.text.substr(open + 2, close - open - 2), node, environment, problems);
    at = close + 1;
  }
  node.text = std::move(replaced);
  if (!node.quoted) node.kind = KindOfPlainScalar(node.text);
}

}  // namespace

void ReplaceVariables(YamlNode& node, const EnvironmentLookup& environment,
                      const FileProblems& problems) {
  if (node.is_scalar()) ReplaceInScalar(node, environment, problems);
  for (YamlNode& item : node.items) ReplaceVariables(item, environment, problems);
  for (YamlEntry& entry : node.entries) ReplaceVariables(entry.value, environment, problems);
}

}  // namespace lakegate
