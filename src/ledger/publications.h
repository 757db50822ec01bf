// Tables publication and publication_file: every version of every partition that became visible.
// The newest version of a partition is the one readers see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct PublishedFile {
  std::string name;  // in the partition's folder
  int64_t size = 0;
  int64_t rows = 0;
  bool operator==(const PublishedFile&) const = default;
};

struct Publication {
  std::string dataset;
  std::string partition_key;
  int64_t version = 0;  // of this partition, from 1
  std::string run_id;
  std::string live_path;  // the folder
  std::optional<int64_t> previous_version;
  TimestampUs published_us = 0;
  std::vector<PublishedFile> files;  // in order of name
};

// Borrows the database; one thread.
class Publications {
 public:
  explicit Publications(SqliteDatabase& database) : database_(database) {}

  // Gives the next version and records it; `version` and `previous_version` are ignored.
  Result<int64_t> Record(const Publication& publication);
  Result<std::optional<Publication>> FindCurrent(const std::string& dataset,
                                                 const std::string& partition_key);
  // When the first version was published; nothing: never.
  Result<std::optional<TimestampUs>> FirstPublished(const std::string& dataset,
                                                    const std::string& partition_key);
  Result<std::optional<Publication>> FindByRun(const std::string& run_id);
  // The current one of every partition of the dataset, in order of partition.
  Result<std::vector<Publication>> ListCurrent(const std::string& dataset);

 private:
  Status LoadFiles(Publication& publication);
  Result<std::optional<Publication>> Loaded(Result<std::optional<Publication>> found);
  SqliteDatabase& database_;
};

}  // namespace lakegate
