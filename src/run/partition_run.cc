#include "run/partition_run.h"

#include <algorithm>
#include <set>

#include "core/sha256.h"
#include "core/uuid7.h"
#include "publish/history_store.h"
#include "publish/load_publisher.h"
#include "publish/plain_publisher.h"
#include "publish/staging.h"
#include "run/held_files.h"
#include "run/lake_tables.h"
#include "run/partition_lease.h"
#include "run/partition_plan.h"
#include "run/partition_queries.h"
#include "run/run_texts.h"
#include "run/table_output.h"
#include "run/target_keys.h"
#include "run/upsert_stage.h"

namespace lakegate {
namespace {

// The work of one run, between the lease and its release.
class PartitionRunner {
 public:
  PartitionRunner(const Lake& lake, const DatasetSetup& setup, const DiscoveredPartition& partition,
                  const RunSettings& settings, Ledger* ledger)
      : lake_(lake),
        setup_(setup),
        dataset_(*setup.dataset),
        partition_(partition),
        settings_(settings),
        ledger_(*ledger),
        history_(*settings.storage, *ledger, lake.config.zones.history),
        publisher_(*settings.storage, *ledger, *settings.clock, {".", settings.grace_us}),
        plan_(PlanForPartition(*setup.plan, partition, setup.dataset->publish)) {
    result_.dataset = dataset_.name;
    result_.key = partition.key;
  }

  PartitionRunResult Run() {
    if (Status status = CheckPathValues(plan_, partition_); !status) {
      result_.decision = RunDecision::kHeld;
      result_.why = status.error().message + "; " + status.error().hint;
      return std::move(result_);
    }
    // What looks damaged may be somebody's publication at work: under the lease it is looked at
    // again.
    Status status = Decide();
    if (!status && status.error().code != ErrorCode::kCorrupt) return Failed(status.error());
    if (status && decided_) {
      if (Status noted = IgnoreDuplicates(); !noted) return Failed(noted.error());
      ClearLand(partition_.stored_in_land);
      return std::move(result_);
    }
    Result<Lease> lease = AcquireForLoad(dataset_.name, partition_.key, settings_, &ledger_);
    if (!lease) return Failed(lease.error());
    // Somebody else may have done the work while we waited.
    status = ledger_.intents().CheckNone(dataset_.name, partition_.key);
    if (status) status = Decide();
    if (status && !decided_) {
      const LeaseKeeper keeper(KeepingFor(settings_, lake_.config), *lease, *settings_.clock);
      status = Start(*lease);
    }
    if (!status) result_ = Failed(status.error());
    if (Status released = ledger_.leases().Release(*lease); !released) {
      result_.note = released.error().message;
    }
    return std::move(result_);
  }

 private:
  // Whether there is anything to do; sets decided_ if not.
  Status Decide() {
    LAKEGATE_ASSIGN(Due due, DecideDue(lake_, setup_, partition_, settings_, &ledger_));
    inputs_ = due.inputs;
    pending_ = std::move(due.pending);
    result_.waiting = static_cast<int64_t>(pending_.waiting.size());
    if (due.table_damaged) result_.note = due.why + ": published again";
    if (due.due) return {};
    if (const auto state = StateWithoutRun(due.decision)) {
      LAKEGATE_TRY(ledger_.partitions().SetState(dataset_.name, partition_.key, *state, due.why,
                                                 settings_.clock->Now()));
    }
    result_.run_id = due.run_id;
    result_.report_path = due.report_path;
    return DecideOn(due.decision, due.why);
  }

  Status DecideOn(RunDecision decision, std::string why) {
    decided_ = true;
    result_.decision = decision;
    result_.why = std::move(why);
    return {};
  }

  PartitionRunResult Failed(const Error& error) {
    result_.decision = RunDecision::kError;
    result_.why = error.message;
    result_.error = error;
    return std::move(result_);
  }

  Status Start(const Lease& lease) {
    LAKEGATE_ASSIGN(
        const std::string staging_root,
        ChooseStagingRoot(*settings_.storage, kStateDirectory, lake_.config.zones.tables));
    result_.run_id = MakeUuid7(settings_.clock->Now(), *settings_.random);
    staging_ = StagingFolder(staging_root, result_.run_id);
    RunStart start;
    start.id = result_.run_id;
    start.dataset = dataset_.name;
    start.partition_key = partition_.key;
    start.lease_resource = lease.resource;
    start.lease_epoch = lease.epoch;
    start.staging_path = staging_;
    start.started_us = settings_.now_us;
    LAKEGATE_TRY(RecordStart(start));
    Status status = Work();
    if (status) return status;
    RunEnd end;
    end.verdict = Verdict::kError;
    end.error_class = Name(status.error().code);
    end.counters = CountersJson({.inputs = inputs_});
    if (status.error().code == ErrorCode::kCommitUnknown) return status;  // Recover decides
    GiveUp(end, PartitionState::kFailed, status.error().message);
    return status;
  }

  // The quarantine folder has an owner in the ledger before it is made.
  Status RecordStart(const RunStart& start) {
    quarantine_ = ZonePath(lake_.config.zones.quarantine) + "/" + start.id;
    lease_ = {start.lease_resource, start.lease_epoch};
    LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
    LAKEGATE_TRY(ledger_.leases().Check(lease_));
    LAKEGATE_TRY(ledger_.runs().Start(start));
    LAKEGATE_TRY(ledger_.partitions().SetRunState(dataset_.name, partition_.key,
                                                  PartitionState::kRunning, std::nullopt,
                                                  result_.run_id, settings_.clock->Now()));
    QuarantineItem item;
    item.run_id = start.id;
    item.dataset = start.dataset;
    item.partition_key = start.partition_key;
    item.folder = quarantine_;
    item.is_replay = settings_.replay;
    LAKEGATE_TRY(ledger_.quarantine_items().Begin(item, settings_.clock->Now()));
    return transaction.Commit();
  }

  // Ends the run without a publication. What fails here is repaired by the next Recover.
  void GiveUp(const RunEnd& end, PartitionState state, const std::string& why) {
    const TimestampUs now_us = settings_.clock->Now();
    // Without the lease the partition is somebody else's.
    if (ledger_.runs().Finish(result_.run_id, end, now_us) && ledger_.leases().Check(lease_)) {
      (void)ledger_.partitions().SetRunState(dataset_.name, partition_.key, state, why,
                                             result_.run_id, now_us);
    }
    (void)publisher_.DiscardStaging(result_.run_id, staging_);
    (void)history_.Release(result_.run_id);
    const auto item = ledger_.quarantine_items().Find(result_.run_id);
    if (!item || (*item && (*item)->state != QuarantineState::kWriting)) return;  // it counts
    result_.quarantine_directory.clear();
    if (settings_.storage->RemoveTree(quarantine_)) {
      (void)ledger_.quarantine_items().Forget(result_.run_id);
    }
  }

  std::string ZonePath(const std::string& zone) const {
    return zone + "/" + dataset_.name + (partition_.path.empty() ? "" : "/" + partition_.path);
  }

  Status Work() {
    if (TakesFilesOnce(dataset_.publish.mode)) {
      stage_.emplace(
          settings_.storage, &ledger_,
          LoadStageOptions{dataset_.name, TableDirectory(), staging_,
                           dataset_.publish.mode == PublishMode::kUpsert ? LoadRows::kMerged
                                                                         : LoadRows::kAsTheyAre});
      LAKEGATE_TRY(TakePending());
    } else {
      LAKEGATE_TRY(IgnoreCopies());
    }
    work_.order = {result_.run_id,       lease_.epoch,        dataset_.name,
                   partition_.key,       plan_.contract_hash, settings_.code_version,
                   OptionsText(dataset_)};
    LAKEGATE_TRY(settings_.storage->MakeDirectories(staging_, DirectoryAccess::kShared));
    JobOutputs outputs;
    JobOptions options = MakeJobOptions();
    options.row_columns = {RowColumnsOf(dataset_), sources_};
    LAKEGATE_ASSIGN(JobOutcome outcome, RunCheckJob(
                                            settings_.storage, plan_, work_, options,
                                            [this] { return MakeOutputs(); }, &outputs));
    LAKEGATE_TRY(CheckAsDiscovered(settings_.storage, stage_ ? pending_.read : partition_.files));
    outcome.table_files = outputs.table ? outcome.table_files : std::vector<WrittenFile>{};
    LAKEGATE_TRY(CommitQuarantine(&outputs));
    result_.outcome = std::move(outcome);
    LAKEGATE_ASSIGN(rejected_why_, HoldRejected(Judged(), &ledger_, &good_ids_));
    const std::string before = WhyStillHeld(pending_);
    held_why_ = rejected_why_ + (rejected_why_.empty() || before.empty() ? "" : "; ") + before;
    return Conclude();
  }

  JobOptions MakeJobOptions() {
    JobOptions options = JobOptionsFor(dataset_, settings_);
    SqlEngineOptions engine = settings_.sql;
    engine.now_us = settings_.now_us;
    options.target_keys =
        MakeTargetKeys(plan_, LakeTables(lake_, {&setup_, partition_.key}, &ledger_),
                       std::move(engine), options.cancelled);
    options.measure = PartitionQueries(lake_, setup_, plan_, partition_, settings_, &ledger_,
                                       TableFolder(TableRequest()));
    return options;
  }

  // Of a table that takes every file once: what is pending, whatever else is in land.
  Status TakePending() {
    for (const LandedFile& file : pending_.read) LAKEGATE_TRY(Take(file));
    return IgnoreDuplicates();
  }

  // Somebody else may have moved it to history since it was discovered.
  Status Take(const LandedFile& file) {
    LAKEGATE_ASSIGN(const std::optional<LandedFile> now, ledger_.landed_files().Find(file.id));
    PinnedInput input{now ? now->stored_path : file.path, file.size, file.mtime_ns, file.sha256};
    if (input.path != file.path) input.mtime_ns.reset();  // a copy in history has a time of its own
    work_.inputs.push_back(std::move(input));
    ids_.push_back(file.id);
    sources_.push_back({file.path, file.first_seen_us});
    return {};
  }

  Status IgnoreDuplicates() {
    for (const DuplicateFile& duplicate : pending_.duplicates) {
      LAKEGATE_TRY(Ignore(duplicate.file, duplicate.same_as));
      if (!IsMoving()) continue;
      LAKEGATE_ASSIGN(const bool stored, ShareStored(duplicate, &ledger_));
      if (stored) ClearLand({duplicate.file});
    }
    return {};
  }

  Status Ignore(const LandedFile& file, const std::string& same_as) {
    LAKEGATE_TRY(ledger_.landed_files().MarkIgnored(
        file.id, std::string(Name(ReasonCode::kDuplicateFile)) + ": the same bytes as " + same_as));
    result_.note += (result_.note.empty() ? "" : "; ") + file.path + " has the same bytes as " +
                    same_as + " and is not counted twice";
    return {};
  }

  // The same bytes under a second name count once.
  Status IgnoreCopies() {
    std::map<std::string, const LandedFile*> first;
    for (const LandedFile& file : partition_.files) {
      const auto [found, inserted] = first.emplace(file.sha256, &file);
      LAKEGATE_TRY(inserted ? Take(file) : Ignore(file, found->second->path));
    }
    return {};
  }

  Result<JobOutputs> MakeOutputs() {
    JobOutputs outputs;
    LAKEGATE_ASSIGN(outputs.quarantine, QuarantineWriter::Open(settings_.storage, quarantine_,
                                                               plan_, Durability::kSync));
    LAKEGATE_ASSIGN(outputs.table, MakeTableOutput(TableRequest()));
    return outputs;
  }

  TableOutputRequest TableRequest() {
    return {&plan_,
            &dataset_,
            &partition_,
            &settings_,
            result_.run_id,
            staging_,
            stage_ ? &*stage_ : nullptr};
  }

  Status CommitQuarantine(JobOutputs* outputs) {
    const int64_t records = outputs->quarantine ? outputs->quarantine->records() : 0;
    LAKEGATE_TRY(ledger_.quarantine_items().SetRecords(result_.run_id, records));
    if (records > 0) {
      result_.quarantine_directory = quarantine_;
      return outputs->quarantine->Commit();
    }
    outputs->quarantine.reset();
    return settings_.storage->RemoveTree(quarantine_);
  }

  JudgedFiles Judged() const { return {ids_, *result_.outcome, result_.run_id, inputs_.rules}; }

  Status Conclude() {
    const JobOutcome& outcome = *result_.outcome;
    const auto min_files = static_cast<size_t>(dataset_.landing.expect.min_files);
    RunEnd end;
    end.verdict = outcome.gate.verdict;
    if (!rejected_why_.empty() && end.verdict == Verdict::kPassed) end.verdict = Verdict::kWarned;
    if (good_ids_.empty()) {
      LAKEGATE_TRY(Close(&end, PartitionState::kHeld, held_why_));
      return DecideOn(RunDecision::kHeld, held_why_);
    }
    const bool one_failed = dataset_.landing.all_must_pass && !rejected_why_.empty();
    if (!outcome.gate.open || good_ids_.size() < min_files || one_failed) {
      std::string why =
          WhyClosed(outcome, good_ids_.size(), min_files, settings_.job.require_full_coverage);
      if (one_failed) why += (why.empty() ? "" : ", ") + ("all_must_pass: " + rejected_why_);
      if (outcome.gate.has_errors) return GiveUpUnmeasured(&end, why);
      LAKEGATE_TRY(Close(&end, PartitionState::kGated, why));
      return DecideOn(RunDecision::kGated, why);
    }
    LAKEGATE_TRY(CopyToHistory());
    LAKEGATE_TRY(WriteReport(end.verdict, &end));
    return Publish(end);
  }

  bool IsMoving() const { return dataset_.landing.keep == Keep::kMove; }

  void ClearLand(const std::vector<LandedFile>& files) {
    if (!IsMoving()) return;
    const std::string problems = history_.RemoveFromLand(files);
    if (!problems.empty()) result_.note += (result_.note.empty() ? "" : "; ") + problems;
  }

  // What was rejected or waits for another batch stays in land; the same bytes are stored once.
  Status CopyToHistory() {
    if (!IsMoving()) return {};
    std::set<int64_t> stays(ids_.begin(), ids_.end());
    for (const int64_t id : good_ids_) stays.erase(id);
    for (const LandedFile& file : pending_.waiting) stays.insert(file.id);
    for (const LandedFile& file : pending_.still_held) stays.insert(file.id);
    std::vector<LandedFile> files;
    for (const LandedFile& file : partition_.files) {
      if (!stays.contains(file.id)) files.push_back(file);
    }
    return history_.CopyAll(result_.run_id, files);
  }

  // A rule that could not be measured is worth another try: the next run judges again.
  Status GiveUpUnmeasured(RunEnd* end, const std::string& why) {
    end->error_class = Name(ErrorCode::kUnavailable);
    LAKEGATE_TRY(Close(end, PartitionState::kFailed, why));
    result_.error = Error{ErrorCode::kUnavailable, "a rule could not be measured: " + why,
                          "mend it, then run again"};
    return DecideOn(RunDecision::kError, why);
  }

  Status Close(RunEnd* end, PartitionState state, const std::string& why) {
    end->verdict = end->error_class ? Verdict::kError : Verdict::kFailed;
    LAKEGATE_TRY(WriteReport(end->verdict, end));
    const TimestampUs now_us = settings_.clock->Now();
    LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
    LAKEGATE_TRY(ledger_.leases().Check(lease_));
    LAKEGATE_TRY(ledger_.runs().Finish(result_.run_id, *end, now_us));
    LAKEGATE_TRY(ledger_.partitions().SetRunState(dataset_.name, partition_.key, state, why,
                                                  result_.run_id, now_us));
    LAKEGATE_TRY(ledger_.metric_history().Record(dataset_.name, partition_.key, result_.run_id,
                                                 MetricsOf(*result_.outcome, Verdict::kFailed),
                                                 now_us));
    LAKEGATE_TRY(ledger_.quarantine_items().CloseByRefusal(result_.run_id, now_us));
    const bool is_batch = dataset_.landing.batch_files && !settings_.force && !settings_.replay;
    if (is_batch && state == PartitionState::kGated) {
      LAKEGATE_TRY(HoldBatch(Judged(), why, &ledger_));
    }
    LAKEGATE_TRY(transaction.Commit());
    // From here on the verdict stands; what is left over goes with the next Recover.
    if (Status left = publisher_.DiscardStaging(result_.run_id, staging_); !left) {
      result_.note += left.error().message;
    }
    return {};
  }

  Status WriteReport(Verdict verdict, RunEnd* end) {
    const std::string folder = ZonePath(lake_.config.zones.reports);
    LAKEGATE_TRY(settings_.storage->MakeDirectories(folder, DirectoryAccess::kShared));
    RunReportInput input;
    input.plan = &plan_;
    input.outcome = &*result_.outcome;
    input.dataset = dataset_.name;
    input.partition = partition_.key;
    input.run_id = result_.run_id;
    input.started_us = settings_.now_us;
    input.fingerprint = inputs_.fingerprint;
    input.quarantine_directory = result_.quarantine_directory;
    input.verdict = verdict;
    const std::vector<RenderedReport> reports = settings_.render_report(input);
    result_.report_path = folder + "/" + result_.run_id + reports[0].ending;
    end->report_path = result_.report_path;
    end->counters = CountersJson(
        {&*result_.outcome, inputs_, result_.quarantine_directory, FingerprintOfLeft()});
    for (const RenderedReport& report : reports) {
      LAKEGATE_TRY(WriteWholeFile(*settings_.storage, folder + "/" + result_.run_id + report.ending,
                                  report.text, {WhenExists::kFail, Durability::kSync}));
    }
    return {};
  }

  std::string TableDirectory() const { return lake_.config.zones.tables + "/" + dataset_.name; }

  // Of the files that stay held while others are taken; empty if there are none.
  std::string FingerprintOfLeft() const {
    const DiscoveredPartition left = LeftBehind(pending_, good_ids_);
    return left.files.empty() ? "" : FingerprintOf(setup_, left);
  }

  Status PublishLoad(const RunEnd& end) {
    LoadRequest request;
    request.run_id = result_.run_id;
    request.table_dir = TableDirectory();
    LAKEGATE_ASSIGN(request.superseded_ids, FindOverwritten(dataset_, good_ids_, &ledger_));
    LAKEGATE_ASSIGN(request.parts, StageLoad(request.superseded_ids));
    request.fingerprint = inputs_.fingerprint;
    request.contract_hash = plan_.contract_hash;
    request.code_version = settings_.code_version;
    request.landed_file_ids = good_ids_;
    request.metrics = MetricsOf(*result_.outcome, Verdict::kPassed);
    request.run_end = end;
    LoadPublisher publisher(*settings_.storage, ledger_, *settings_.clock,
                            {".", settings_.grace_us});
    return publisher.Publish(request);
  }

  // Rows of a file that is read again give way to its new ones.
  Result<std::vector<LoadPart>> StageLoad(const std::vector<int64_t>& superseded_ids) {
    if (dataset_.publish.mode == PublishMode::kUpsert) {
      return StageUpsert({&plan_, &dataset_, &partition_, &settings_, &ledger_, &*stage_,
                          TableDirectory(), staging_});
    }
    std::vector<int64_t> replaced = good_ids_;
    replaced.insert(replaced.end(), superseded_ids.begin(), superseded_ids.end());
    LAKEGATE_ASSIGN(const DroppedRows dropped, stage_->FindRows(replaced));
    return stage_->Compose(dropped, ids_);
  }

  Status Publish(const RunEnd& end) {
    LAKEGATE_TRY(stage_ ? PublishLoad(end) : PublishPartition(end));
    ClearLand(pending_.waiting.empty() ? partition_.files : pending_.read);
    ClearLand(partition_.stored_in_land);
    return DecideOn(RunDecision::kPublished, held_why_);
  }

  Status PublishPartition(const RunEnd& end) {
    PublishRequest request;
    request.run_id = result_.run_id;
    request.table_dir = TableDirectory();
    request.partition_path = partition_.path;
    for (const WrittenFile& file : result_.outcome->table_files) {
      request.files.push_back({file.name, file.size, file.rows});
    }
    request.fingerprint = inputs_.fingerprint;
    request.contract_hash = plan_.contract_hash;
    request.code_version = settings_.code_version;
    request.landed_file_ids = good_ids_;
    request.metrics = MetricsOf(*result_.outcome, Verdict::kPassed);
    request.run_end = end;
    LAKEGATE_ASSIGN(const PublishOutcome published, publisher_.Publish(request));
    result_.version = published.version;
    if (published.cleanup) result_.note += published.cleanup->message;
    return {};
  }

  const Lake& lake_;
  const DatasetSetup& setup_;
  const Dataset& dataset_;
  const DiscoveredPartition& partition_;
  const RunSettings& settings_;
  Ledger& ledger_;
  HistoryStore history_;
  PlainPublisher publisher_;
  const CheckPlan plan_;
  JudgedInputs inputs_;
  PendingFiles pending_;            // of a table that takes every file once
  std::optional<LoadStage> stage_;  // the same
  Lease lease_;                     // once the run is recorded
  std::string staging_;
  std::string quarantine_;  // folder of this run
  WorkPlan work_;
  std::vector<int64_t> ids_;        // parallel to work_.inputs
  std::vector<RowSource> sources_;  // the same
  std::vector<int64_t> good_ids_;   // of those that count
  std::string rejected_why_;        // by this run
  std::string held_why_;            // that, and what earlier batches left
  bool decided_ = false;
  PartitionRunResult result_;
};

}  // namespace

PartitionRunResult RunPartition(const Lake& lake, const DatasetSetup& setup,
                                const DiscoveredPartition& partition, const RunSettings& settings,
                                Ledger* ledger) {
  return PartitionRunner(lake, setup, partition, settings, ledger).Run();
}

}  // namespace lakegate
