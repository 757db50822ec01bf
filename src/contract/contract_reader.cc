#include "contract/contract_reader.h"

#include <xxhash.h>

#include "contract/json_document.h"
#include "contract/lakegate_settings.h"
#include "contract/lint.h"
#include "contract/odcs_schema.h"

namespace lakegate {
namespace {

std::string HashOf(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return buffer;
}

// The version whose rules the file is held to. A wrong one is reported and read as the newest.
// Of one with another structure nothing else is worth saying: nothing then.
std::optional<ApiVersion> ReadApiVersion(MapReader& map, std::string& text) {
  if (!map.Require("apiVersion")) return ApiVersion::kV32;
  const YamlNode* node = map.Find("apiVersion");
  if (node == nullptr) return ApiVersion::kV32;
  text = node->text;
  const auto known = [&](std::string_view version) -> std::optional<ApiVersion> {
    if (version == "3.0.0" || version == "3.0.1" || version == "3.0.2") return ApiVersion::kV30;
    if (version == "3.1.0") return ApiVersion::kV31;
    if (version == "3.2.0") return ApiVersion::kV32;
    return std::nullopt;
  };
  if (text.starts_with("v")) {
    if (const auto version = known(std::string_view(text).substr(1))) return *version;
  }
  const bool old = text.starts_with("v2") || text.starts_with("2.") || text.starts_with("v0");
  if (!node->is_scalar()) {
    map.WrongKind("apiVersion", *node, "a text such as v3.1.0");
  } else if (old) {
    map.Error(node->mark, "api-version",
              "apiVersion " + text + " has another structure and is not supported",
              "convert the contract to v3.1.0 first");
    return std::nullopt;
  } else if (const auto version = known(text)) {
    map.Error(node->mark, "api-version", "apiVersion '" + text + "' lacks its v",
              "write apiVersion: v" + text);
    map.problems().diagnostics.Mend({{map.problems().At(*node), text, "v" + text}});
    return *version;
  } else {
    map.Error(node->mark, "api-version", "apiVersion '" + text + "' is not known",
              "known: v3.0.0, v3.0.1, v3.0.2, v3.1.0, v3.2.0");
  }
  return ApiVersion::kV32;
}

void ReadVersion(MapReader& map, Contract& contract) {
  if (!map.Require("version")) return;
  const YamlNode* node = map.Find("version");
  if (node == nullptr) return;
  contract.version = node->text;
  if (node->kind == YamlKind::kText) return;
  if (node->is_scalar()) {
    map.Error(node->mark, "version-not-text",
              "version " + node->text + " without quotes is " + Name(node->kind) + ", not a text",
              "write version: \"" + node->text + "\"");
    MendWithQuotes(*node, map.problems());
  } else {
    map.WrongKind("version", *node, "a text such as 1.0.0");
  }
}

SchemaObject ReadObject(const YamlNode& node, const ContractContext& context) {
  SchemaObject object;
  object.position = context.problems.At(node);
  MapReader map(node, "a schema object", context.problems);
  map.Require("name");
  if (auto name = map.Text("name")) object.name = name->value;
  map.OneOf<int>("logicalType", {{"object", 0}});
  map.Ignore({"physicalName", "physicalType", "description", "businessName",
              "dataGranularityDescription", "tags", "authoritativeDefinitions"});
  if (context.version >= ApiVersion::kV31) {
    if (auto id = map.Text("id")) object.id = id->value;
    if (const YamlNode* list = map.Find("relationships")) {
      object.relationships = ReadRelationships(*list, context);
    }
  } else {
    map.Newer("id", "v3.1.0");
    map.Newer("relationships", "v3.1.0");
  }
  for (const char* key : {"deprecated", "synonyms", "context"}) {
    if (context.version >= ApiVersion::kV32) {
      map.Ignore({key});
    } else {
      map.Newer(key, "v3.2.0");
    }
  }
  if (const YamlNode* properties = map.Find("properties")) {
    object.properties = ReadProperties(*properties, "", context);
  }
  if (const YamlNode* quality = map.Find("quality")) {
    object.quality = ReadQuality(*quality, "'" + object.name + "'", context);
  }
  object.settings = ReadLakegateSettings(map, SettingsPlace::kObject, context.version);
  map.RefuseUnknown();
  return object;
}

void ReadSla(const YamlNode& list, const ContractContext& context, Contract& contract) {
  for (const YamlNode& node : list.items) {
    SlaProperty sla;
    sla.position = context.problems.At(node);
    MapReader map(node, "an SLA property", context.problems);
    map.Require("property");
    map.Require("value");
    if (auto property = map.Text("property")) sla.property = property->value;
    const YamlNode* value = map.FindAny("value");
    if (value != nullptr && !value->is_scalar()) {
      map.WrongKind("value", *value, "a plain value", "write one SLA property per value");
    } else if (value != nullptr) {
      sla.value = value->text;
    }
    if (auto unit = map.Text("unit")) sla.unit = unit->value;
    if (auto element = map.Text("element")) {
      sla.element = element->value;
      sla.element_position = element->position;
    }
    map.Ignore({"valueExt", "driver"});
    if (context.version >= ApiVersion::kV31) {
      map.Ignore({"id", "description", "scheduler", "schedule"});
      if (context.version >= ApiVersion::kV32) {
        map.Ignore({"customProperties", "authoritativeDefinitions"});
      }
      map.RefuseUnknown();
    }
    contract.sla_properties.push_back(std::move(sla));
  }
}

// Of servers only lakegate.csv matters to us.
void ReadServers(const YamlNode& list, const ContractContext& context, Contract& contract) {
  for (const YamlNode& node : list.items) {
    MapReader map(node, "a server", context.problems);
    map.Require("server");
    map.Require("type");
    const auto settings = ReadLakegateSettings(map, SettingsPlace::kServer, context.version);
    if (settings.csv && !contract.csv) contract.csv = settings.csv;
  }
}

void KnowOtherRootKeys(MapReader& map, const ContractContext& context) {
  map.Ignore({"tenant", "dataProduct", "contractCreatedTs", "slaDefaultElement", "roles", "support",
              "price", "authoritativeDefinitions"});
  map.FindList("tags");
  map.FindMap("description");
  const YamlNode* team = map.Find("team");
  if (team != nullptr && team->kind != YamlKind::kList &&
      (context.version < ApiVersion::kV31 || team->kind != YamlKind::kMap)) {
    map.WrongKind("team", *team, context.version < ApiVersion::kV31 ? "a list" : "a mapping");
  }
  if (context.version >= ApiVersion::kV32) {
    map.Ignore({"context"});
  } else {
    map.Newer("context", "v3.2.0");
  }
  ReadLakegateSettings(map, SettingsPlace::kElsewhere, context.version);
}

void ReadIdentity(MapReader& map, const ContractContext& context, Contract& contract) {
  map.Require("kind");
  map.OneOf<int>("kind", {{"DataContract", 0}});
  map.Require("id");
  if (auto id = map.Text("id")) contract.id = id->value;
  if (auto name = map.Text("name")) contract.name = name->value;
  if (auto domain = map.Text("domain")) contract.domain = domain->value;
  if (context.version < ApiVersion::kV32) map.Require("status");
  if (auto status = map.Text("status")) contract.status = status->value;
  ReadVersion(map, contract);
}

}  // namespace

const char* Name(LogicalType type) {
  constexpr const char* kNames[] = {"string", "date",  "timestamp", "time", "number", "integer",
                                    "object", "array", "boolean",   "map",  "vector"};
  return kNames[static_cast<size_t>(type)];
}

const CsvDialect* CsvDialectOf(const Contract& contract, std::string_view schema_name) {
  for (const SchemaObject& object : contract.schema) {
    const bool meant =
        schema_name.empty() ? contract.schema.size() == 1 : object.name == schema_name;
    if (meant && object.settings.csv) return &object.settings.csv->value;
  }
  return contract.csv ? &contract.csv->value : nullptr;
}

namespace {

void ReadRoot(const YamlNode& root, const FileProblems& problems, Contract& contract) {
  MapReader map(root, "the contract", problems);
  const auto version = ReadApiVersion(map, contract.api_version_text);
  if (!version) return;
  contract.api_version = *version;
  const ContractContext context{contract.api_version, problems};
  ReadIdentity(map, context, contract);
  if (const YamlNode* schema = map.FindList("schema")) {
    for (const YamlNode& node : schema->items) contract.schema.push_back(ReadObject(node, context));
  }
  if (const YamlNode* list = map.FindList("slaProperties")) ReadSla(*list, context, contract);
  if (const YamlNode* list = map.FindList("servers")) ReadServers(*list, context, contract);
  KnowOtherRootKeys(map, context);
  map.RefuseUnknown();
  LintContract(contract, problems.diagnostics);
  CheckOdcsSchema(root, contract.api_version, contract.file, problems.diagnostics);
}

}  // namespace

Result<Contract> LoadContract(std::string_view text, const std::string& file_name,
                              Diagnostics& diagnostics) {
  const size_t errors_before = diagnostics.error_count();
  Contract contract;
  contract.file = file_name;
  contract.hash = HashOf(text);
  if (auto root = ParseYamlOrJson(text, file_name, diagnostics)) {
    ReadRoot(*root, {file_name, diagnostics}, contract);
    contract.source = std::move(*root);
  }
  if (auto error = diagnostics.ErrorSince(errors_before)) return *std::move(error);
  return contract;
}

}  // namespace lakegate
