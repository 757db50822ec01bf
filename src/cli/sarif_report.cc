#include "cli/sarif_report.h"

#include <nlohmann/json.hpp>
#include <set>

#include "cli/version.h"

namespace lakegate {
namespace {

using Json = nlohmann::ordered_json;

const char* Level(Severity severity) {
  if (severity == Severity::kHint) return "note";
  return Name(severity);
}

// A path as a relative URI reference (RFC 3986).
std::string UriOf(const std::string& path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    constexpr char kDigits[] = "0123456789ABCDEF";
    uri += '%';
    uri += kDigits[static_cast<unsigned char>(c) >> 4];
    uri += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return uri;
}

Json ResultJson(const Diagnostic& diagnostic) {
  const std::string text =
      diagnostic.message + (diagnostic.mend.empty() ? "" : " (" + diagnostic.mend + ")");
  Json place = {{"artifactLocation", {{"uri", UriOf(diagnostic.position.file)}}}};
  if (diagnostic.position.line > 0) {
    place["region"] = {{"startLine", diagnostic.position.line},
                       {"startColumn", diagnostic.position.column}};
  }
  return {{"ruleId", diagnostic.id},
          {"level", Level(diagnostic.severity)},
          {"message", {{"text", text}}},
          {"locations", Json::array({{{"physicalLocation", place}}})}};
}

}  // namespace

std::string SarifReport(const std::vector<Diagnostic>& diagnostics) {
  std::set<std::string> ids;
  Json results = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    ids.insert(diagnostic.id);
    results.push_back(ResultJson(diagnostic));
  }
  Json rules = Json::array();
  for (const std::string& id : ids) rules.push_back({{"id", id}});
  const Json driver = {{"name", "lakegate"}, {"version", CodeVersion()}, {"rules", rules}};
  const Json run = {
      {"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", results}};
  const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}};
  return log.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace lakegate
