// Table part_source: which rows of a live table file came from which landed file, where a table
// takes files one after the other. A landed file that is read again replaces its rows by this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/publications.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// A run of rows of a file in a partition's folder.
struct PartSource {
  std::string name;  // of the file
  int64_t first_row = 0;
  int64_t rows = 0;
  int64_t landed_file_id = 0;
};

// Where they are.
struct PlacedSource {
  std::string partition_key;
  PartSource source;
};

// Borrows the database; one thread.
class PartSources {
 public:
  explicit PartSources(SqliteDatabase& database) : database_(database) {}

  // In order of partition, name, row.
  Result<std::vector<PlacedSource>> ListForFile(const std::string& dataset, int64_t landed_file_id);
  // In order of name, row.
  Result<std::vector<PartSource>> ListForPartition(const std::string& dataset,
                                                   const std::string& partition_key);
  // Forgets what is known of files that are not among `files`, and adds `sources`. Only inside the
  // transaction that records the publication.
  Status Replace(const std::string& dataset, const std::string& partition_key,
                 const std::vector<PublishedFile>& files, const std::vector<PartSource>& sources);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
