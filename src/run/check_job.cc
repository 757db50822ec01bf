#include "run/check_job.h"

#include <algorithm>
#include <exception>
#include <mutex>

#include "core/clock.h"
#include "core/on_threads.h"
#include "quality/reference_key_hasher.h"
#include "run/ordered_commit.h"
#include "run/unit_committer.h"
#include "run/unit_source.h"
#include "run/work_exchange.h"
#include "write/quarantine_text.h"

namespace lakegate {
namespace {

bool IsCancelled(const JobOptions& options) {
  return options.cancelled && options.cancelled->load(std::memory_order_relaxed);
}

// Gives a stream back however the work ends, so that nobody waits for it.
class HeldStream {
 public:
  HeldStream(UnitSource* source, const UnitSource::Task& task) : source_(source), task_(task) {}
  ~HeldStream() {
    if (source_) source_->GiveBack(task_, UnitSource::StreamState::kEnded);
  }
  HeldStream(const HeldStream&) = delete;
  HeldStream& operator=(const HeldStream&) = delete;
  void GiveBack(bool ended) {
    using State = UnitSource::StreamState;
    source_->GiveBack(task_, ended ? State::kEnded : State::kGoesOn);
    source_ = nullptr;
  }

 private:
  UnitSource* source_;  // null: it was given back
  const UnitSource::Task& task_;
};

Status Deliver(const WorkUnit& unit, const JobOptions& options, OrderedCommit* commit,
               std::unique_ptr<UnitBundle> bundle) {
  LAKEGATE_TRY(DeliverResult(unit, options.units_as_json, bundle.get()));
  commit->Submit(std::move(bundle));
  return {};
}

// A unit in as many parts as it takes; `read` fills one, from the start given for all but the
// first. The first one goes to `bundle`.
template <typename Read>
Status ReadParts(const WorkUnit& unit, const JobOptions& options, OrderedCommit* commit,
                 std::unique_ptr<UnitBundle> bundle, const Read& read) {
  std::optional<int64_t> start;
  for (int64_t part = 1; bundle; ++part) {
    LAKEGATE_TRY(read(start, bundle.get()));
    const bool is_end = bundle->ends_unit;
    start = bundle->result.counts.end_offset;
    LAKEGATE_TRY(Deliver(unit, options, commit, std::move(bundle)));
    if (is_end) return {};
    bundle = commit->Begin(unit.file, unit.index, part);
  }
  return {};
}

Status WorkOnStream(UnitWorker* worker, UnitSource* source, const UnitSource::Task& task,
                    const JobOptions& options, OrderedCommit* commit) {
  HeldStream held(source, task);
  std::unique_ptr<UnitBundle> bundle = commit->Begin(task.unit.file, task.unit.index, 0);
  if (!bundle) return {};
  LAKEGATE_ASSIGN(const WorkUnit unit, ReceiveUnit(task.unit, options.units_as_json));
  if (unit.index == 0) LAKEGATE_TRY(task.input->StartStream());
  bool is_taken = false;
  if (!task.input->reasons().empty()) {
    bundle->last = true;
  } else {
    LAKEGATE_ASSIGN(is_taken, worker->TakeUnit(task.input, bundle.get()));
  }
  held.GiveBack(bundle->last);
  if (!is_taken) return Deliver(unit, options, commit, std::move(bundle));
  return ReadParts(unit, options, commit, std::move(bundle),
                   [&](std::optional<int64_t> start, UnitBundle* part) {
                     return worker->ReadPiece(task.input, start, part);
                   });
}

Status WorkOn(UnitWorker* worker, UnitSource* source, const UnitSource::Task& task,
              const JobOptions& options, OrderedCommit* commit) {
  if (task.holds_stream) return WorkOnStream(worker, source, task, options, commit);
  std::unique_ptr<UnitBundle> bundle = commit->Begin(task.unit.file, task.unit.index, 0);
  if (!bundle) return {};
  if (!task.input || !task.input->reasons().empty()) {
    bundle->last = true;
    commit->Submit(std::move(bundle));
    return {};
  }
  LAKEGATE_ASSIGN(const WorkUnit unit, ReceiveUnit(task.unit, options.units_as_json));
  return ReadParts(unit, options, commit, std::move(bundle),
                   [&](std::optional<int64_t> start, UnitBundle* part) -> Status {
                     LAKEGATE_TRY(worker->ReadPlain(task.input, *unit.range, start, part));
                     part->last = part->ends_unit && unit.range->end == task.input->size();
                     return {};
                   });
}

// One thread's life. Whatever goes wrong stops the others, too.
void Work(UnitWorker* worker, UnitSource* source, const JobOptions& options,
          OrderedCommit* commit) {
  try {
    while (!commit->stopped()) {
      if (IsCancelled(options)) {
        return commit->Stop({ErrorCode::kCancelled, "interrupted", ""});
      }
      Result<std::optional<UnitSource::Task>> task = source->Next();
      if (!task) return commit->Stop(task.error());
      if (!*task) return;
      if (Status status = WorkOn(worker, source, **task, options, commit); !status) {
        return commit->Stop(status.error());
      }
    }
  } catch (const std::exception& exception) {
    commit->Stop({ErrorCode::kUnavailable, std::string("out of resources: ") + exception.what(),
                  "use fewer --threads or free memory"});
  }
}

class Job {
 public:
  Job(Storage* storage, const CheckPlan& plan, const WorkPlan& work, const JobOptions& options,
      const OutputFactory& make_outputs)
      : storage_(storage),
        plan_(plan),
        work_(work),
        options_(options),
        make_outputs_(make_outputs),
        layout_(plan) {
    for (const PinnedInput& input : work.inputs) outcome_.files.emplace_back().path = input.path;
    worker_options_.checker.store_columns = options.store_columns;
    worker_options_.checker.store_lines = NeedsLines(options.row_columns);
    worker_options_.checker.clean = options.clean;
    worker_options_.checker.keep_records = !plan.unique_keys.empty() || !plan.foreign_keys.empty();
    if (!options.keeps_all_rejects && !worker_options_.checker.keep_records && !RejectsFiles()) {
      worker_options_.checker.max_rejects_kept = options.max_samples;
    }
    worker_options_.checker.max_records = options.read.max_part_records;
    worker_options_.profile = options.profile;
    if (options.keeps_all_rejects) {
      worker_options_.checker.index_text = AppendIndexText;
      // Of keys the commit may find another reason, and writes the text again.
      if (!worker_options_.checker.keep_records) {
        worker_options_.checker.max_reasons_kept = options.max_samples;
      }
    }
    worker_options_.window_bytes = options.read.window_bytes;
  }

  Result<JobOutcome> Run(JobOutputs* outputs) {
    const double start = MonotonicSeconds();
    const int64_t start_ticks = Ticks();
    LAKEGATE_TRY(MakeIndexes());
    if (two_passes_) {
      LAKEGATE_TRY(CheckRepeatable(PassEnd::kNeedsTwoPasses));
      LAKEGATE_TRY(CollectKeys());
    }
    for (;;) {
      { const JobOutputs given_up = std::move(*outputs); }  // the quarantine, with its folder, last
      LAKEGATE_ASSIGN(*outputs, make_outputs_());
      LAKEGATE_ASSIGN(const PassEnd end, Pass(outputs));
      if (end == PassEnd::kDone) break;
      LAKEGATE_TRY(CheckRepeatable(end));
      if (end == PassEnd::kNeedsTwoPasses) {
        LAKEGATE_TRY(CollectKeys());
      } else {
        LAKEGATE_TRY(MakeIndexes());  // the rejected file's keys are in them
        if (two_passes_) LAKEGATE_TRY(CollectKeys());
      }
    }
    outcome_.totals.skipped = skipped_;
    std::vector<Measurement> measured;
    if (options_.measure && !plan_.queries.empty()) {
      LAKEGATE_ASSIGN(measured, options_.measure(outcome_));
    }
    outcome_.gate = EvaluateGate(plan_, layout_, outcome_.totals, measured);
    outcome_.too_few_records = outcome_.totals.accepted < options_.min_records;
    const bool uncovered = options_.require_full_coverage && outcome_.gate.has_skipped;
    if (outcome_.too_few_records || uncovered) {
      outcome_.gate.open = false;
      outcome_.gate.verdict = Verdict::kFailed;
    }
    outcome_.seconds = MonotonicSeconds() - start;
    outcome_.times.seconds_per_tick =
        outcome_.seconds / static_cast<double>(std::max<int64_t>(Ticks() - start_ticks, 1));
    return std::move(outcome_);
  }

 private:
  enum class PassEnd { kDone, kNeedsTwoPasses, kFileRejected };

  // Whose rule it was is then looked up among the rejects.
  bool RejectsFiles() const {
    return plan_.default_action == Action::kRejectFile ||
           std::any_of(plan_.rules.begin(), plan_.rules.end(),
                       [](const RuleInfo& rule) { return rule.action == Action::kRejectFile; });
  }

  Status MakeIndexes() {
    indexes_ = {};
    skipped_.clear();
    for (size_t i = 0; i < plan_.unique_keys.size(); ++i) {
      indexes_.unique.push_back(std::make_unique<UniqueIndex>(options_.spill));
    }
    for (const ForeignKey& key : plan_.foreign_keys) LAKEGATE_TRY(AddReference(key));
    return {};
  }

  Status AddReference(const ForeignKey& key) {
    auto index = std::make_unique<ReferenceIndex>(options_.spill);
    std::string why = key.self.empty() ? "there is no lake to look into" : "";
    if (options_.target_keys) {
      ReferenceKeyHasher hasher(plan_, key);
      LAKEGATE_ASSIGN(why, options_.target_keys(key, [&](const TargetRow& row) -> Status {
        const std::optional<Hash128> hash = hasher.Hash(row);
        return hash ? index->AddTarget(*hash) : Status{};
      }));
      if (!key.self.empty()) why.clear();  // at least its own rows are there
    }
    if (!why.empty()) {
      skipped_.push_back({key.rule, why});
      index.reset();
    } else if (!key.self.empty() || !index->fits()) {
      two_passes_ = true;
    }
    indexes_.references.push_back(std::move(index));
    return {};
  }

  // A pipe is gone once it was read.
  Status CheckRepeatable(PassEnd end) const {
    const auto pipe =
        std::find_if(outcome_.files.begin(), outcome_.files.end(),
                     [](const FileOutcome& file) { return file.path == kStandardInput; });
    if (pipe == outcome_.files.end() || pipe->rejected) return {};
    return Error{ErrorCode::kUnsupported,
                 end == PassEnd::kNeedsTwoPasses
                     ? "standard input has more unique keys than fit into --memory"
                     : "one of the files is unusable, and standard input cannot be read again",
                 "write the input to a file and check that, or raise --memory"};
  }

  // The indexes are made, but nothing is in them besides the targets of foreign keys.
  Status CollectKeys() {
    two_passes_ = true;
    for (;;) {
      indexes_.collecting = true;
      for (auto& index : indexes_.unique) index->StartCollecting();
      JobOutputs none;
      LAKEGATE_ASSIGN(const PassEnd end, Pass(&none));
      if (end != PassEnd::kFileRejected) break;
      LAKEGATE_TRY(MakeIndexes());  // again without that file's keys
    }
    indexes_.collecting = false;
    for (auto& index : indexes_.unique) LAKEGATE_TRY(index->Resolve());
    for (auto& index : indexes_.references) {
      if (index) LAKEGATE_TRY(index->Resolve());
    }
    return {};
  }

  Result<PassEnd> Pass(JobOutputs* outputs) {
    ResetOutcome();
    inputs_.clear();
    inputs_.resize(work_.inputs.size());
    UnitWorker rereader(plan_, layout_, worker_options_);
    UnitCommitter committer(plan_, layout_, options_, &inputs_, &indexes_, outputs, &outcome_,
                            &rereader);
    const int threads = std::max(options_.threads, 1);
    OrderedCommit commit(threads + 2, [&](UnitBundle* bundle) {
      const TickTimer timer(&outcome_.times.commit);
      outcome_.times.Add(bundle->times);
      if (bundle->ends_unit) ++outcome_.units;
      return committer.Commit(bundle);
    });
    std::vector<bool> skipped;
    for (const FileOutcome& file : outcome_.files) skipped.push_back(file.rejected);
    UnitSource source(storage_, plan_, &work_, options_.read, std::move(skipped), &inputs_);
    RunThreads(&source, &commit, threads);
    if (committer.needs_two_passes()) return PassEnd::kNeedsTwoPasses;
    if (committer.file_rejected_midway()) return PassEnd::kFileRejected;
    if (auto error = commit.error()) return *error;
    const TickTimer timer(&outcome_.times.finish);
    LAKEGATE_TRY(committer.Finish());
    return PassEnd::kDone;
  }

  void RunThreads(UnitSource* source, OrderedCommit* commit, int threads) {
    OnThreads(IsWorthThreads() ? threads : 1, [&] {
      UnitWorker worker(plan_, layout_, worker_options_);
      Work(&worker, source, options_, commit);
    });
  }

  // One small file is done before a thread has started.
  bool IsWorthThreads() const {
    if (work_.inputs.size() > 1) return true;
    const std::string& path = work_.inputs[0].path;
    if (path == kStandardInput) return true;
    const Result<FileInfo> info = storage_->Stat(path);
    const bool is_packed = GuessFormat(path).compression != Compression::kNone;
    return info && info->size * (is_packed ? 4 : 1) > options_.read.min_unit_bytes;
  }

  void ResetOutcome() {
    for (FileOutcome& file : outcome_.files) {
      if (file.rejected) continue;
      FileOutcome fresh;
      fresh.path = file.path;
      file = std::move(fresh);
    }
    // Of files that are rejected the samples say why.
    std::erase_if(outcome_.samples,
                  [&](const Sample& sample) { return !outcome_.files[sample.file].rejected; });
    outcome_.unknown_keys.clear();
    outcome_.more_unknown_keys = 0;
    outcome_.totals = {};
    outcome_.units = 0;
  }

  Storage* const storage_;
  const CheckPlan& plan_;
  WorkPlan work_;  // what is not pinned yet, is when it is opened first
  const JobOptions& options_;
  const OutputFactory& make_outputs_;
  const MetricLayout layout_;
  WorkerOptions worker_options_;
  std::vector<std::unique_ptr<JobInput>> inputs_;
  KeyIndexes indexes_;
  std::vector<SkippedRule> skipped_;
  bool two_passes_ = false;
  JobOutcome outcome_;
};

}  // namespace

Result<JobOutcome> RunCheckJob(Storage* storage, const CheckPlan& plan, const WorkPlan& work,
                               const JobOptions& options, const OutputFactory& make_outputs,
                               JobOutputs* outputs) {
  return Job(storage, plan, work, options, make_outputs).Run(outputs);
}

}  // namespace lakegate
