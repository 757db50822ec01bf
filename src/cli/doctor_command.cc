// lakegate doctor: is the machine, and the lake here, in order? Says how to mend what is not.
#include <sys/statvfs.h>
#include <unistd.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lake_file.h"
#include "cli/query_flags.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "ledger/ledger.h"
#include "publish/staging.h"
#include "query/sql_engine.h"
#include "report/report_model.h"

namespace lakegate {
namespace {

struct DoctorFlags {
  std::string folder = ".";
  bool json = false;
};

struct Finding {
  std::string what;
  bool fine = true;
  std::string detail;
  std::string mend;
};

Finding FromStatus(const std::string& what, const Status& status, const std::string& detail) {
  if (status) return {what, true, detail, ""};
  return {what, false, status.error().message, status.error().hint};
}

Finding FreeSpace(const std::string& what, const std::string& folder) {
  struct statvfs info;
  if (::statvfs(folder.c_str(), &info) != 0) return {what, false, "cannot look at " + folder, ""};
  const int64_t bytes = static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
  return {what, bytes > int64_t{100} << 20, ShowBytes(bytes) + " free in " + folder,
          bytes > int64_t{100} << 20 ? "" : "free space there"};
}

// Writes, exchanges and removes two small folders next to the tables.
Status TryExchange(Storage& storage, const std::string& root) {
  const std::string a = root + "/doctor-a-" + std::to_string(getpid());
  const std::string b = root + "/doctor-b-" + std::to_string(getpid());
  LAKEGATE_TRY(storage.MakeDirectories(a, DirectoryAccess::kShared));
  LAKEGATE_TRY(storage.MakeDirectories(b, DirectoryAccess::kShared));
  const Status exchanged = storage.ExchangeDirectories(a, b);
  LAKEGATE_TRY(storage.RemoveTree(a));
  LAKEGATE_TRY(storage.RemoveTree(b));
  return exchanged;
}

Status TryWrite(Storage& storage, const std::string& folder) {
  LAKEGATE_TRY(storage.MakeDirectories(folder, DirectoryAccess::kShared));
  const std::string path = folder + "/.lakegate-doctor-" + std::to_string(getpid());
  LAKEGATE_TRY(WriteWholeFile(storage, path, "x", {WhenExists::kReplace, Durability::kNone}));
  return storage.Remove(path);
}

void LookAtLake(CommandContext& context, std::vector<Finding>* findings) {
  const Result<Lake> lake = LoadLake(context);
  if (!lake) {
    findings->push_back({"lake", false, lake.error().message, lake.error().hint});
    return;
  }
  findings->push_back({"lake", true,
                       lake->config.name + ", " + std::to_string(lake->datasets.size()) +
                           " datasets, contracts compile",
                       ""});
  const Zones& zones = lake->config.zones;
  Storage& storage = *context.storage;
  const Result<std::vector<FileInfo>> land = storage.List(zones.land);
  if (land) {
    findings->push_back(
        {"land zone", true, WithCommas(static_cast<int64_t>(land->size())) + " files", ""});
  } else if (land.error().code == ErrorCode::kNotFound) {
    findings->push_back(
        {"land zone", true, zones.land + " is not there yet: producers make it", ""});
  } else {
    findings->push_back({"land zone", false, land.error().message, land.error().hint});
  }
  for (const std::string& zone : {zones.tables, zones.quarantine, zones.reports}) {
    findings->push_back(FromStatus("zone " + zone, TryWrite(storage, zone), "can be written"));
  }
  const Result<std::string> staging = ChooseStagingRoot(storage, kStateDirectory, zones.tables);
  findings->push_back(FromStatus("atomic exchange",
                                 staging ? TryExchange(storage, *staging) : Status(staging.error()),
                                 "folders are exchanged in one step"));
  const auto ledger = Ledger::Open(lake->config.ledger, {});
  findings->push_back(FromStatus(
      "ledger", ledger ? (*ledger)->CheckIntegrity() : Status(ledger.error()), "intact"));
  findings->push_back(FreeSpace("free space", zones.tables));
}

Result<ExitCode> Doctor(const DoctorFlags& flags, CommandContext& context) {
  std::vector<Finding> findings;
  findings.push_back({"program", true, VersionText(), ""});
  findings.push_back({"threads", true, std::to_string(context.threads), ""});
  const std::string temporary = Environment("TMPDIR").value_or("/tmp");
  findings.push_back(FromStatus("temporary folder", TryWrite(*context.storage, temporary),
                                temporary + " can be written"));
  const Result<std::string> engine = SqlEngineVersion(SqlOptions().library_path);
  findings.push_back(FromStatus("SQL engine", engine ? Status() : Status(engine.error()),
                                engine ? *engine + ", loaded when a rule needs it" : ""));
  if (context.lake != "." || context.storage->Stat(kLakeFile)) {
    LookAtLake(context, &findings);
  } else {
    findings.push_back({"lake", true, "none here (-C DIR looks at one)", ""});
  }
  std::string text;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  bool fine = true;
  for (const Finding& finding : findings) {
    fine = fine && finding.fine;
    text += std::string(finding.fine ? "ok    " : "WRONG ") + finding.what + ": " + finding.detail +
            "\n" + (finding.mend.empty() ? "" : "      " + finding.mend + "\n");
    json.push_back({{"what", finding.what},
                    {"fine", finding.fine},
                    {"detail", finding.detail},
                    {"mend", finding.mend}});
  }
  const bool printed = Print(
      flags.json ? json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"
                 : text);
  if (!fine) return kExitOperationFailed;
  return printed ? kExitDone : kExitNotDelivered;
}

}  // namespace

Command AddDoctorCommand(CLI::App& program) {
  auto flags = std::make_shared<DoctorFlags>();
  CLI::App* app =
      program.add_subcommand("doctor", "Check the machine, zones and ledger, and how to mend them");
  app->footer(
      "Examples:\n  lakegate doctor -C my-lake\nExit codes: 0 all fine, 4 something is "
      "wrong");
  app->add_option("-C", flags->folder, "The lake's folder (default: here)");
  app->add_flag("--json", flags->json, "Print as JSON");
  return {app, [flags](CommandContext& context) {
            context.lake = flags->folder;
            Result<ExitCode> code = Doctor(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
