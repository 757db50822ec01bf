// lakegate check: files against a contract, without a lake. The event cleaner and file linter.
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>

#include "cli/command.h"
#include "cli/contract_file.h"
#include "cli/csv_flags.h"
#include "cli/query_flags.h"
#include "cli/reference_flags.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "core/uuid7.h"
#include "report/html_report.h"
#include "report/profile_report.h"
#include "report/report_model.h"
#include "run/check_job.h"
#include "run/scratch_table.h"
#include "run/target_keys.h"

namespace lakegate {
namespace {

constexpr const char* kCheckExamples =
    "Examples:\n"
    "  lakegate check events.json --contract events.odcs.yaml\n"
    "  lakegate check raw/*.json.gz --contract c.yaml --clean good.ndjson --quarantine bad/\n"
    "  lakegate check stations.csv --contract s.yaml --csv-delimiter ';' --csv-quote none\n"
    "  zcat log.gz | lakegate check - --contract c.yaml --report report.json --json\n"
    "Exit codes: 0 passed, 1 records set aside or a rule failed, 2 warnings with --fail-on "
    "warning,\n  3 wrong usage or contract, 4 the operation failed";

struct CheckFlags {
  std::vector<std::string> files, references;
  std::string contract, schema, clean, quarantine, report, html, format, max_rejects, fail_on;
  std::string now, compat;
  CsvFlags csv;
  int threads = 0;
  int64_t max_reasons = 5;
  int64_t memory_mb = 64;
  int64_t min_records = 1;
  bool json = false;
  bool profile = false;
  bool require_full_coverage = false;
};

struct RejectLimit {
  Budget budget{std::nullopt, 0};
};

Result<RejectLimit> ParseRejectLimit(const std::string& text) {
  RejectLimit limit;
  if (text.empty()) return limit;
  const bool percent = text.back() == '%';
  const char* end = text.data() + text.size() - (percent ? 1 : 0);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool whole = percent || value == static_cast<double>(static_cast<int64_t>(value));
  if (error != std::errc() || stop != end || value < 0 || !whole ||
      value > (percent ? 100 : 1e15)) {
    return Error{ErrorCode::kInvalidConfig,
                 "--max-rejects must be a number of records or a percentage, not '" + text + "'",
                 "write --max-rejects 10 or --max-rejects 0.5%"};
  }
  limit.budget =
      percent ? Budget{value, std::nullopt} : Budget{std::nullopt, static_cast<int64_t>(value)};
  return limit;
}

Result<JobOptions> MakeJobOptions(const CheckFlags& flags, const LoadedContract& contract,
                                  const CommandContext& context) {
  JobOptions options;
  if (contract.csv) options.read.format.csv = *contract.csv;
  LAKEGATE_TRY(ApplyCsvFlags(flags.csv, &options.read));
  if (flags.format == "ndjson" || flags.format == "json") {
    options.read.forced_format = FileFormat::kNdjson;
  }
  if (flags.format == "csv" || flags.format == "tsv") {
    options.read.forced_format = FileFormat::kCsv;
    if (flags.format == "tsv" && !options.read.format.csv.delimiter_given) {
      options.read.format.csv.delimiter = '\t';
    }
  }
  options.threads = flags.threads > 0 ? flags.threads : context.threads;
  options.spill.memory_bytes = flags.memory_mb << 20;
  options.spill.directory = Environment("TMPDIR").value_or("/tmp");
  options.min_records = flags.min_records;
  options.require_full_coverage = flags.require_full_coverage;
  options.max_samples = static_cast<size_t>(std::max<int64_t>(flags.max_reasons, 100));
  options.keeps_all_rejects = !flags.quarantine.empty();
  options.clean = flags.clean.empty() ? CleanText::kNone : CleanText::kCopyLines;
  options.cancelled = context.cancelled;
  options.profile = flags.profile;
  if (context.window_bytes > 0) options.read.window_bytes = context.window_bytes;
  if (context.unit_bytes > 0) {
    options.read.min_unit_bytes = options.read.max_unit_bytes = context.unit_bytes;
  }
  if (context.part_records > 0) options.read.max_part_records = context.part_records;
  options.units_as_json = context.units_as_json;
  return options;
}

// A check has no run: its files are pinned when they are opened.
WorkPlan PlanWork(const CheckFlags& flags, const CheckPlan& plan) {
  WorkPlan work;
  work.order.dataset = plan.dataset;
  work.order.contract_hash = plan.contract_hash;
  work.order.code_version = CodeVersion();
  for (const std::string& path : flags.files) work.inputs.push_back({path, {}, {}, ""});
  return work;
}

// One name for one file, whichever way it is written and whether it exists or not.
std::string Identity(const std::string& path) {
  std::error_code error;
  const std::filesystem::path canonical =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path : canonical.string();
}

// The errors of naming one file twice, before anything is written.
Status CheckNames(const CheckFlags& flags, Storage* storage) {
  std::map<std::string, std::string> taken = {{Identity(flags.contract), "the contract"}};
  for (const std::string& input : flags.files) {
    if (input != kStandardInput) {
      LAKEGATE_ASSIGN(const FileInfo info, storage->Stat(input));
      if (info.kind == FileKind::kDirectory) {
        return Error{ErrorCode::kInvalidConfig, "'" + input + "' is a folder",
                     "name the files in it, e.g. " + input + "/*.json"};
      }
    }
    taken.emplace(input == kStandardInput ? input : Identity(input), "an input");
  }
  std::vector<std::string> outputs = {flags.clean, flags.report, flags.html};
  if (!flags.quarantine.empty()) {
    outputs.push_back(flags.quarantine + "/rejects.ndjson");
    outputs.push_back(flags.quarantine + "/rejects.bytes");
  }
  for (const std::string& output : outputs) {
    if (output.empty()) continue;
    const Result<FileInfo> there = storage->Stat(output);
    if (there && there->kind == FileKind::kDirectory) {
      return Error{ErrorCode::kInvalidConfig, "'" + output + "' is a folder, not a file",
                   "name the file to write, e.g. " + output + "/clean.ndjson"};
    }
    const auto [other, is_free] = taken.emplace(Identity(output), "another output");
    if (!is_free) {
      return Error{ErrorCode::kInvalidConfig,
                   "'" + output + "' is an output and " + other->second + ", too",
                   "write the output under another name"};
    }
  }
  return {};
}

OutputFactory MakeOutputs(const CheckFlags& flags, const CheckPlan& plan, Storage* storage,
                          ScratchTable* scratch) {
  return [&flags, &plan, storage, scratch]() -> Result<JobOutputs> {
    JobOutputs outputs;
    if (!flags.quarantine.empty()) {
      // A check is made again after a power failure: nothing else depends on its files.
      LAKEGATE_ASSIGN(outputs.quarantine,
                      QuarantineWriter::Open(storage, flags.quarantine, plan, Durability::kNone));
    }
    if (!flags.clean.empty()) {
      const CreateOptions options{WhenExists::kReplace, Durability::kNone};
      LAKEGATE_ASSIGN(outputs.clean, storage->Create(flags.clean, options));
    }
    if (scratch) {
      LAKEGATE_ASSIGN(outputs.table, scratch->MakeWriter(plan));
    }
    return outputs;
  };
}

Verdict Judge(const JobOutcome& outcome, const RejectLimit& limit) {
  if (outcome.gate.has_errors) return Verdict::kError;
  bool failed = !outcome.gate.open;
  for (const FileOutcome& file : outcome.files) failed = failed || file.rejected;
  failed = failed || Exceeds(limit.budget, outcome.totals.quarantined(), outcome.totals.records);
  if (failed) return Verdict::kFailed;
  return outcome.totals.quarantined() > 0 ? Verdict::kWarned : outcome.gate.verdict;
}

ReportModel MakeModel(const CheckFlags& flags, const CheckPlan& plan, const JobOutcome& outcome,
                      Verdict verdict) {
  ReportModel model;
  model.plan = &plan;
  model.outcome = &outcome;
  model.verdict = verdict;
  model.quarantine_directory = flags.quarantine;
  if (!flags.quarantine.empty()) {
    model.see_all_command = "see " + flags.quarantine + "/rejects.ndjson";
  } else {
    model.see_all_command = "lakegate check … --quarantine DIR, or --max-reasons " +
                            std::to_string(std::max<int64_t>(flags.max_reasons * 10, 100));
  }
  return model;
}

// What rules see besides the records. Null: no rule needs a query, and no row is written.
Result<std::unique_ptr<ScratchTable>> PrepareQueries(const CheckFlags& flags, const CheckPlan& plan,
                                                     CommandContext& context, JobOptions* options) {
  LAKEGATE_ASSIGN(const TimestampUs now_us, ParseNow(flags.now, SystemClock()));
  LAKEGATE_ASSIGN(const ReferenceFiles references,
                  ParseReferences(flags.references, context.storage.get()));
  SqlEngineOptions engine = SqlOptions();
  engine.now_us = now_us;
  const FindOtherTable find = TablesFromFiles(references);
  options->target_keys = MakeTargetKeys(plan, find, engine, context.cancelled);
  if (plan.queries.empty()) return std::unique_ptr<ScratchTable>();
  SystemRandom random;
  LAKEGATE_ASSIGN(std::unique_ptr<ScratchTable> scratch,
                  ScratchTable::Make(context.storage.get(), engine.temp_directory,
                                     MakeUuid7(SystemClock().Now(), random)));
  options->store_columns = true;
  options->measure = scratch->Queries(plan, engine, find, context.cancelled);
  return scratch;
}

Result<ExitCode> RunCheck(const CheckFlags& flags, CommandContext& context) {
  LAKEGATE_ASSIGN(const RejectLimit limit, ParseRejectLimit(flags.max_rejects));
  LAKEGATE_TRY(CheckNames(flags, context.storage.get()));
  LAKEGATE_ASSIGN(
      const LoadedContract contract,
      LoadContractFile(context.storage.get(), flags.contract, "",
                       {.schema_name = flags.schema,
                        .compat = CompatFromName(flags.compat).value_or(Compat::kNone)}));
  const CheckPlan& plan = *contract.plan;
  if (flags.require_full_coverage) LAKEGATE_TRY(RefuseGaps(plan));
  LAKEGATE_ASSIGN(JobOptions options, MakeJobOptions(flags, contract, context));
  LAKEGATE_ASSIGN(const std::unique_ptr<ScratchTable> scratch,
                  PrepareQueries(flags, plan, context, &options));
  JobOutputs outputs;
  Result<JobOutcome> job =
      RunCheckJob(context.storage.get(), plan, PlanWork(flags, plan), options,
                  MakeOutputs(flags, plan, context.storage.get(), scratch.get()), &outputs);
  if (!job && job.error().code == ErrorCode::kCancelled) {
    return Error{ErrorCode::kCancelled, job.error().message,
                 "nothing was written: outputs of earlier checks are as they were"};
  }
  LAKEGATE_ASSIGN(const JobOutcome outcome, std::move(job));
  const Verdict verdict = Judge(outcome, limit);
  const ReportModel model = MakeModel(flags, plan, outcome, verdict);
  if (outputs.quarantine) LAKEGATE_TRY(outputs.quarantine->Commit());
  if (outputs.clean) LAKEGATE_TRY(outputs.clean->Commit());
  const bool wants_json = flags.json || !flags.report.empty() || !flags.html.empty();
  const std::string json = wants_json ? RenderJson(model) : "";
  if (!flags.html.empty()) {
    LAKEGATE_TRY(WriteWholeFile(*context.storage, flags.html, RenderHtml(json),
                                {WhenExists::kReplace, Durability::kNone}));
  }
  if (!flags.report.empty()) {
    LAKEGATE_TRY(WriteWholeFile(*context.storage, flags.report, json,
                                {WhenExists::kReplace, Durability::kNone}));
  }
  ReportStyle style{context.color_out, flags.max_reasons};
  const bool printed = Print(flags.json ? json : RenderTerminal(model, style));
  if (flags.profile) {
    ProfileReport profile;
    profile.Add(outcome);
    std::fputs(profile.Render(outcome.seconds, options.threads).c_str(), stderr);
  }
  if (verdict == Verdict::kError) return kExitOperationFailed;
  if (verdict == Verdict::kFailed) return kExitDataFailed;
  if (!printed) return kExitNotDelivered;
  return verdict == Verdict::kWarned && flags.fail_on == "warning" ? kExitWarnings : kExitDone;
}

}  // namespace

Command AddCheckCommand(CLI::App& program) {
  auto flags = std::make_shared<CheckFlags>();
  CLI::App* app = program.add_subcommand("check", "Check files against a contract, without a lake");
  app->footer(kCheckExamples);
  app->add_option("FILE", flags->files,
                  "Files to check (.json .jsonl .ndjson .csv .tsv, also .gz "
                  "and .zst); - reads standard input")
      ->required();
  app->add_option("-c,--contract", flags->contract, "The ODCS contract (YAML or JSON)")->required();
  app->add_option("--schema", flags->schema, "Which schema object, if the contract has several");
  app->add_option("--clean", flags->clean, "Write the accepted records as NDJSON to this file");
  app->add_option("--quarantine", flags->quarantine,
                  "Write rejects.ndjson and rejects.bytes into this folder");
  app->add_option("--report", flags->report, "Write the JSON report to this file");
  app->add_option("--html", flags->html, "Write the report as a page for a browser to this file");
  app->add_option("--reference", flags->references,
                  "NAME=FILE: another table that rules look into (Parquet or CSV)")
      ->allow_extra_args(false);
  app->add_option("--compat", flags->compat,
                  "Count null, missing, invalid and duplicate values as this tool does")
      ->check(CLI::IsMember(CompatNames()));
  app->add_option("--format", flags->format,
                  "Read the files as ndjson, csv or tsv, whatever "
                  "their names say")
      ->check(CLI::IsMember({"ndjson", "json", "csv", "tsv"}));
  AddCsvFlags(app, &flags->csv);
  app->add_option("--max-rejects", flags->max_rejects,
                  "Records that may be set aside before the check fails: N or P% (default 0)");
  app->add_option("--min-records", flags->min_records, "Fewer records fail (default 1)")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--max-reasons", flags->max_reasons, "Set-aside records to show (default 5)")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--fail-on", flags->fail_on, "warning: exit with 2 if there are only warnings")
      ->check(CLI::IsMember({"warning"}));
  app->add_flag("--require-full-coverage", flags->require_full_coverage,
                "Refuse a contract with promises that cannot be enforced; a rule that is skipped "
                "fails");
  app->add_option("--now", flags->now, "Judge freshness as if it were this time (ISO 8601)");
  app->add_option("--threads", flags->threads, "Threads (default: all cores, or LAKEGATE_THREADS)")
      ->check(CLI::Range(1, 256));
  app->add_option("--memory", flags->memory_mb,
                  "MB for the keys of each unique or duplicates rule before they go to disk "
                  "(default 64)")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20));
  app->add_flag("--json", flags->json, "Print the report as JSON");
  app->add_flag("--profile", flags->profile, "Say on stderr where the time went");
  return {app, [flags](CommandContext& context) {
            Result<ExitCode> code = RunCheck(*flags, context);
            return code ? *code : Fail(code.error());
          }};
}

}  // namespace lakegate
