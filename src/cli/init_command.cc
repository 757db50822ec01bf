// lakegate init: the scaffold of a lake.
#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/terminal.h"

namespace lakegate {
namespace {

constexpr const char* kLakeText = R"(version: 1
name: my-lake
# Each dataset: one contract, one landing rule, one table.
datasets:
  events:
    contract: contracts/events.odcs.yaml
    landing:
      path: events/ingestion_date={ingestion_date}/*.json     # below land/
    publish:
      partition_by: [ingestion_date]
)";

constexpr const char* kContractText = R"(apiVersion: v3.1.0
kind: DataContract
id: my-lake.events
name: Events
version: "1.0.0"
status: draft
schema:
  - name: events
    logicalType: object
    properties:
      - name: event_id
        logicalType: string
        required: true
        logicalTypeOptions: {format: uuid}
      - name: event_ts
        logicalType: timestamp
        required: true
      - name: amount
        logicalType: number
        physicalType: decimal(12,2)
        logicalTypeOptions: {minimum: 0}
    quality:
      - id: has-rows
        metric: rowCount
        mustBeGreaterThan: 0
      - id: few-duplicates
        metric: duplicateValues
        arguments: {properties: [event_id]}
        unit: percent
        mustBeLessOrEqualTo: 2
)";

struct InitFlags {
  std::string folder = ".";
};

Result<ExitCode> Init(const InitFlags& flags, CommandContext& context) {
  Storage& storage = *context.storage;
  const std::string lake_file = flags.folder + "/" + kLakeFile;
  if (storage.Stat(lake_file)) {
    return Error{ErrorCode::kInvalidConfig, "'" + lake_file + "' is there already",
                 "nothing was changed; give another folder: lakegate init DIR"};
  }
  for (const char* folder : {"/contracts", "/land/events"}) {
    LAKEGATE_TRY(storage.MakeDirectories(flags.folder + folder, DirectoryAccess::kShared));
  }
  const std::string contract = flags.folder + "/contracts/events.odcs.yaml";
  if (!storage.Stat(contract)) LAKEGATE_TRY(WriteWholeFile(storage, contract, kContractText, {}));
  LAKEGATE_TRY(WriteWholeFile(storage, lake_file, kLakeText, {}));
  const std::string enter = flags.folder == "." ? "" : "cd " + flags.folder + "; ";
  const bool printed =
      Print("made " + lake_file + " and " + contract +
            "\n\nNext:\n"
            "  1. describe your records in contracts/events.odcs.yaml\n"
            "  2. " +
            enter +
            "lakegate lint\n"
            "  3. put a file at land/events/ingestion_date=2025-01-01/events.json\n"
            "  4. lakegate run; lakegate status\n");
  return printed ? kExitDone : kExitNotDelivered;
}

}  // namespace

Command AddInitCommand(CLI::App& program) {
  auto flags = std::make_shared<InitFlags>();
  CLI::App* app = program.add_subcommand("init", "Make the scaffold of a new lake");
  app->footer("Examples:\n  lakegate init my-lake");
  app->add_option("DIR", flags->folder, "The lake's folder (default: here)");
  return {app, [flags](CommandContext& context) {
            Result<ExitCode> code = Init(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
