#include "run/held_files.h"

#include <map>

#include "run/run_texts.h"

namespace lakegate {
namespace {

// Names rules and batch: what is held by the same name, and so many files.
std::string HeldBy(const JudgedFiles& judged, const std::string& batch, size_t files) {
  return judged.rules + "|" + std::to_string(files) + "|" + judged.run_id + batch;
}

// How many files are held by it, if that was by these rules; else none.
size_t FilesHeldBy(const std::string& held_by, const std::string& rules) {
  if (!held_by.starts_with(rules + "|")) return 0;
  return std::stoul(held_by.substr(rules.size() + 1));
}

}  // namespace

Result<std::string> HoldRejected(const JudgedFiles& judged, Ledger* ledger,
                                 std::vector<int64_t>* good_ids) {
  std::string all;
  good_ids->clear();
  for (size_t i = 0; i < judged.outcome.files.size(); ++i) {
    const FileOutcome& file = judged.outcome.files[i];
    if (!file.rejected) {
      good_ids->push_back(judged.ids[i]);
      continue;
    }
    const std::string why = WhyRejected(file);
    LAKEGATE_TRY(ledger->landed_files().MarkHeld(judged.ids[i], why,
                                                 HeldBy(judged, "/" + std::to_string(i), 1)));
    all += (all.empty() ? "" : "; ") + file.path + ": " + why;
  }
  return all;
}

Status HoldBatch(const JudgedFiles& judged, const std::string& why, Ledger* ledger) {
  const std::string held_by = HeldBy(judged, "", judged.ids.size());
  for (size_t i = 0; i < judged.outcome.files.size(); ++i) {
    const FileOutcome& file = judged.outcome.files[i];
    const std::string reason = file.rejected ? WhyRejected(file) : "gate closed: " + why;
    LAKEGATE_TRY(ledger->landed_files().MarkHeld(judged.ids[i], reason, held_by));
  }
  return {};
}

void CutBatch(const std::string& rules, int64_t files, PendingFiles* pending) {
  std::map<std::string, size_t> held;
  for (const LandedFile& file : pending->read) {
    if (file.state == LandedFileState::kHeld && file.held_by) ++held[*file.held_by];
  }
  std::vector<LandedFile> batch;
  for (LandedFile& file : pending->read) {
    const bool is_held = file.state == LandedFileState::kHeld && file.held_by &&
                         FilesHeldBy(*file.held_by, rules) == held[*file.held_by];
    if (is_held) {
      pending->still_held.push_back(std::move(file));
    } else if (static_cast<int64_t>(batch.size()) < files) {
      batch.push_back(std::move(file));
    } else {
      pending->waiting.push_back(std::move(file));
    }
  }
  pending->read = std::move(batch);
}

std::string WhyStillHeld(const PendingFiles& pending) {
  const auto& held = pending.still_held;
  if (held.empty()) return "";
  return std::to_string(held.size()) + (held.size() == 1 ? " file is" : " files are") +
         " still held, e.g. " + held[0].path + ": " + held[0].held_reason.value_or("");
}

}  // namespace lakegate
