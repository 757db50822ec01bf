#include "ledger/publications.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

#define PUBLICATION_COLUMNS \
  "dataset, partition_key, version, run_id, live_path, previous_version, published_us"

Publication FromRow(const SqliteStatement& row) {
  Publication publication;
  publication.dataset = row.Text(0);
  publication.partition_key = row.Text(1);
  publication.version = row.Int(2);
  publication.run_id = row.Text(3);
  publication.live_path = row.Text(4);
  publication.previous_version = row.OptionalInt(5);
  publication.published_us = row.Int(6);
  return publication;
}

}  // namespace

Result<int64_t> Publications::Record(const Publication& publication) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(
      auto version,
      FirstRow<int64_t>(
          database_.Query("INSERT INTO publication (dataset, partition_key, version, run_id,"
                          " live_path, previous_version, published_us)"
                          " SELECT ?1, ?2, 1 + coalesce(max(version), 0), ?3, ?4, max(version), ?5"
                          " FROM publication WHERE dataset = ?1 AND partition_key = ?2"
                          " RETURNING version",
                          publication.dataset, publication.partition_key, publication.run_id,
                          publication.live_path, publication.published_us),
          [](const SqliteStatement& row) { return row.Int(0); }));
  for (const PublishedFile& file : publication.files) {
    LAKEGATE_TRY(database_.Run(
        "INSERT INTO publication_file (dataset, partition_key, version, name, size, rows)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        publication.dataset, publication.partition_key, version, file.name, file.size, file.rows));
  }
  LAKEGATE_TRY(transaction.Commit());
  return version.value_or(1);
}

Result<std::optional<Publication>> Publications::FindCurrent(const std::string& dataset,
                                                             const std::string& partition_key) {
  return Loaded(FirstRow<Publication>(
      database_.Query("SELECT " PUBLICATION_COLUMNS " FROM publication WHERE dataset = ?1"
                      " AND partition_key = ?2 ORDER BY version DESC LIMIT 1",
                      dataset, partition_key),
      FromRow));
}

Result<std::optional<TimestampUs>> Publications::FirstPublished(const std::string& dataset,
                                                                const std::string& partition_key) {
  return FirstRow<TimestampUs>(
      database_.Query("SELECT published_us FROM publication WHERE dataset = ?1"
                      " AND partition_key = ?2 ORDER BY version LIMIT 1",
                      dataset, partition_key),
      [](const SqliteStatement& row) { return row.Int(0); });
}

Result<std::optional<Publication>> Publications::FindByRun(const std::string& run_id) {
  return Loaded(FirstRow<Publication>(
      database_.Query("SELECT " PUBLICATION_COLUMNS " FROM publication WHERE run_id = ?1"
                      " ORDER BY version DESC LIMIT 1",
                      run_id),
      FromRow));
}

Result<std::vector<Publication>> Publications::ListCurrent(const std::string& dataset) {
  LAKEGATE_ASSIGN(
      std::vector<Publication> publications,
      AllRows<Publication>(
          database_.Query("SELECT " PUBLICATION_COLUMNS " FROM publication AS outside"
                          " WHERE dataset = ?1 AND version = (SELECT max(version) FROM publication"
                          " WHERE dataset = ?1 AND partition_key = outside.partition_key)"
                          " ORDER BY partition_key",
                          dataset),
          FromRow));
  for (Publication& publication : publications) LAKEGATE_TRY(LoadFiles(publication));
  return publications;
}

Status Publications::LoadFiles(Publication& publication) {
  LAKEGATE_ASSIGN(
      publication.files,
      AllRows<PublishedFile>(
          database_.Query("SELECT name, size, rows FROM publication_file"
                          " WHERE dataset = ?1 AND partition_key = ?2 AND version = ?3"
                          " ORDER BY name",
                          publication.dataset, publication.partition_key, publication.version),
          [](const SqliteStatement& row) {
            return PublishedFile{row.Text(0), row.Int(1), row.Int(2)};
          }));
  return {};
}

Result<std::optional<Publication>> Publications::Loaded(Result<std::optional<Publication>> found) {
  if (found && *found) LAKEGATE_TRY(LoadFiles(**found));
  return found;
}

}  // namespace lakegate
