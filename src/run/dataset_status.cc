#include "run/dataset_status.h"

#include <algorithm>

#include "core/temporal_pattern.h"
#include "run/expected_partition.h"
#include "run/partition_path.h"

namespace lakegate {
namespace {

// What somebody must look at comes first.
int Severity(PartitionState state) {
  switch (state) {
    case PartitionState::kFailed:
      return 8;
    case PartitionState::kGated:
      return 7;
    case PartitionState::kHeld:
      return 6;
    case PartitionState::kMissing:
      return 5;
    case PartitionState::kStale:
      return 4;
    case PartitionState::kRunning:
      return 3;
    case PartitionState::kReady:
      return 2;
    case PartitionState::kWaiting:
      return 1;
    case PartitionState::kPublished:
      return 0;
  }
  return 0;
}

void NoteDate(const Partition& partition, const std::string& column, DatasetStatus* status) {
  const auto days = DateOfPartition(partition.key, column);
  if (!days) return;
  const auto [at, is_new] = status->dates.emplace(*days, partition.state);
  if (!is_new && Severity(partition.state) > Severity(at->second)) at->second = partition.state;
}

// Waits, and its deadline is over.
void BecomeMissing(const Dataset& dataset, const std::string& column, TimestampUs now_us,
                   Partition* partition) {
  const auto days = DateOfPartition(partition->key, column);
  const auto deadline = days ? DeadlineOf(dataset, *days) : std::nullopt;
  if (partition->state != PartitionState::kWaiting || !deadline || now_us < *deadline) return;
  partition->state = PartitionState::kMissing;
  partition->why =
      "only " + partition->why.value_or("some files") + " by " + FormatTimestamp(*deadline);
}

// Every partition that was heard of or should have been.
Result<std::vector<Partition>> AllPartitions(Ledger* ledger, const Dataset& dataset,
                                             TimestampUs now_us) {
  LAKEGATE_ASSIGN(std::vector<Partition> all, ledger->partitions().List(dataset.name));
  const auto column = DateColumnOf(dataset, all);
  for (const MissingPartition& missing : FindMissing(dataset, all, now_us)) {
    const bool is_known = std::any_of(all.begin(), all.end(), [&](const Partition& partition) {
      return partition.key == missing.key;
    });
    if (is_known) continue;
    Partition& partition = all.emplace_back();
    partition.dataset = dataset.name;
    partition.key = missing.key;
    partition.why = missing.why;
  }
  for (Partition& partition : all) {
    if (column) BecomeMissing(dataset, *column, now_us, &partition);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Partition& a, const Partition& b) { return a.key < b.key; });
  return all;
}

}  // namespace

Result<DatasetStatus> StatusOf(Ledger* ledger, const Dataset& dataset, TimestampUs now_us,
                               int64_t days) {
  DatasetStatus status;
  status.name = dataset.name;
  const TimestampUs oldest_us = now_us - days * 86'400 * 1'000'000;
  LAKEGATE_ASSIGN(std::vector<Partition> partitions, AllPartitions(ledger, dataset, now_us));
  const auto column = DateColumnOf(dataset, partitions);
  for (Partition& partition : partitions) {
    if (column) NoteDate(partition, *column, &status);
    if (partition.updated_us < oldest_us && partition.state == PartitionState::kPublished) {
      ++status.hidden;
    } else {
      status.partitions.push_back(std::move(partition));
    }
  }
  LAKEGATE_ASSIGN(const std::vector<Publication> current,
                  ledger->publications().ListCurrent(dataset.name));
  for (const Publication& publication : current) {
    int64_t rows = 0;
    for (const PublishedFile& file : publication.files) rows += file.rows;
    status.rows[publication.partition_key] = rows;
  }
  LAKEGATE_ASSIGN(status.held, ledger->landed_files().ListHeld(dataset.name));
  LAKEGATE_ASSIGN(const std::vector<LandedFile> files,
                  ledger->landed_files().ListForDataset(dataset.name));
  for (const LandedFile& file : files) {
    if (file.state == LandedFileState::kIgnored) status.ignored.push_back(file);
  }
  LAKEGATE_ASSIGN(status.quarantine, ledger->quarantine_items().ListForDataset(dataset.name));
  for (const QuarantineItem& item : status.quarantine) {
    if (item.state == QuarantineState::kOpen) {
      status.set_aside.emplace(item.partition_key, item.records);
    }
  }
  return status;
}

}  // namespace lakegate
