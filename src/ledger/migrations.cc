#include "ledger/migrations.h"

#include <iterator>
#include <string>

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

// Migration N (from 1) is entry N-1. A released entry never changes; new ones are added behind.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE landed_file (
  id INTEGER PRIMARY KEY,
  dataset TEXT NOT NULL,
  path TEXT NOT NULL,
  stored_path TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  first_seen_us INTEGER NOT NULL,
  hashed_us INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('seen', 'consumed', 'held', 'ignored', 'gone')),
  run_id TEXT,
  held_reason TEXT,
  UNIQUE (dataset, path, sha256)
) STRICT;
CREATE INDEX landed_file_partition ON landed_file (dataset, partition_key);
CREATE INDEX landed_file_content ON landed_file (dataset, sha256);

CREATE TABLE partition (
  dataset TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('missing', 'waiting', 'ready', 'running', 'published',
                                       'gated', 'failed', 'stale', 'held')),
  published_version INTEGER,
  fingerprint TEXT,
  contract_hash TEXT,
  code_version TEXT,
  why TEXT,
  last_run_id TEXT,
  updated_us INTEGER NOT NULL,
  PRIMARY KEY (dataset, key)
) STRICT;

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  lease_resource TEXT NOT NULL,
  lease_epoch INTEGER NOT NULL,
  staging_path TEXT,
  started_us INTEGER NOT NULL,
  ended_us INTEGER,
  verdict TEXT,
  error_class TEXT,
  counters TEXT NOT NULL DEFAULT '{}',
  report_path TEXT
) STRICT;
CREATE INDEX run_partition ON run (dataset, partition_key, started_us);
CREATE INDEX run_open ON run (started_us) WHERE ended_us IS NULL OR staging_path IS NOT NULL;

CREATE TABLE publication (
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (id),
  live_path TEXT NOT NULL,
  previous_version INTEGER,
  published_us INTEGER NOT NULL,
  PRIMARY KEY (dataset, partition_key, version)
) STRICT;
CREATE INDEX publication_run ON publication (run_id);
CREATE TABLE publication_file (
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (dataset, partition_key, version, name),
  FOREIGN KEY (dataset, partition_key, version) REFERENCES publication
) STRICT;

CREATE TABLE lease (
  resource TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  expires_us INTEGER NOT NULL
) STRICT;

CREATE TABLE intent (
  run_id TEXT PRIMARY KEY REFERENCES run (id),
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('first', 'exchange', 'same')),
  table_dir TEXT NOT NULL,
  staging_path TEXT NOT NULL,
  live_path TEXT NOT NULL,
  staged_device INTEGER NOT NULL,
  staged_inode INTEGER NOT NULL,
  lease_resource TEXT NOT NULL,
  lease_epoch INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  contract_hash TEXT NOT NULL,
  code_version TEXT NOT NULL,
  verdict TEXT NOT NULL,
  counters TEXT NOT NULL,
  report_path TEXT,
  UNIQUE (dataset, partition_key)
) STRICT;
CREATE TABLE intent_file (
  run_id TEXT NOT NULL REFERENCES intent ON DELETE CASCADE,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (run_id, name)
) STRICT;
CREATE TABLE intent_landed_file (
  run_id TEXT NOT NULL REFERENCES intent ON DELETE CASCADE,
  landed_file_id INTEGER NOT NULL REFERENCES landed_file (id),
  PRIMARY KEY (run_id, landed_file_id)
) STRICT;
CREATE TABLE intent_metric (
  run_id TEXT NOT NULL REFERENCES intent ON DELETE CASCADE,
  rule_id TEXT NOT NULL,
  value REAL,
  verdict TEXT NOT NULL,
  PRIMARY KEY (run_id, rule_id)
) STRICT;

CREATE TABLE retired_folder (
  path TEXT PRIMARY KEY,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  retired_us INTEGER NOT NULL,
  remove_after_us INTEGER NOT NULL
) STRICT;

CREATE TABLE metric_history (
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (id),
  rule_id TEXT NOT NULL,
  value REAL,
  verdict TEXT NOT NULL,
  measured_us INTEGER NOT NULL,
  PRIMARY KEY (run_id, rule_id)
) STRICT;
CREATE INDEX metric_history_rule ON metric_history (dataset, rule_id, measured_us);
)sql",
    // 2: backfills
    R"sql(
CREATE TABLE backfill (
  id INTEGER PRIMARY KEY,
  dataset TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL
) STRICT;
CREATE TABLE backfill_item (
  backfill_id INTEGER NOT NULL REFERENCES backfill (id),
  position INTEGER NOT NULL,
  partition_key TEXT NOT NULL,
  why TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  run_id TEXT,
  PRIMARY KEY (backfill_id, partition_key)
) STRICT;
)sql",
    // 3: what became of records that were set aside; of earlier runs as their counters tell
    R"sql(
CREATE TABLE quarantine_item (
  run_id TEXT PRIMARY KEY REFERENCES run (id),
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  folder TEXT NOT NULL,
  records INTEGER NOT NULL,
  is_replay INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('writing', 'open', 'replayed', 'superseded', 'discarded',
                                       'expired')),
  reason TEXT,
  closed_by TEXT,
  closed_us INTEGER,
  recorded_us INTEGER NOT NULL,
  removed_us INTEGER
) STRICT;
CREATE INDEX quarantine_item_partition ON quarantine_item (dataset, partition_key, state);
CREATE INDEX quarantine_item_writing ON quarantine_item (state) WHERE state = 'writing';
INSERT INTO quarantine_item (run_id, dataset, partition_key, folder, records, is_replay, state,
                             closed_by, recorded_us)
SELECT id, dataset, partition_key, json_extract(counters, '$.quarantine'),
       json_extract(counters, '$.quarantined'), 0,
       CASE later WHEN '' THEN 'open' ELSE 'superseded' END, nullif(later, ''), ended_us
FROM (SELECT *, coalesce((SELECT max(id) FROM run AS other WHERE other.dataset = run.dataset
                          AND other.partition_key = run.partition_key AND other.id > run.id
                          AND other.verdict <> 'error'), '') AS later
      FROM run WHERE ended_us IS NOT NULL AND json_valid(counters))
WHERE coalesce(json_extract(counters, '$.quarantine'), '') <> '';
)sql",
    // 4: history
    R"sql(
CREATE TABLE history_copy (
  run_id TEXT NOT NULL REFERENCES run (id),
  landed_file_id INTEGER NOT NULL REFERENCES landed_file (id),
  stored_path TEXT NOT NULL,
  PRIMARY KEY (run_id, landed_file_id)
) STRICT;
CREATE INDEX history_copy_path ON history_copy (stored_path);
CREATE INDEX landed_file_stored ON landed_file (stored_path);
)sql",
    // 5: tables that take files one after the other: publications of several partitions at once,
    // which rows came from which file, bookmarks
    R"sql(
CREATE TABLE intent_load (
  run_id TEXT PRIMARY KEY REFERENCES intent ON DELETE CASCADE
) STRICT;
CREATE TABLE intent_part (
  run_id TEXT NOT NULL REFERENCES intent_load ON DELETE CASCADE,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('first', 'exchange', 'remove')),
  staged_name TEXT NOT NULL,
  live_path TEXT NOT NULL,
  staged_device INTEGER NOT NULL,
  staged_inode INTEGER NOT NULL,
  PRIMARY KEY (run_id, dataset, partition_key)
) STRICT;
CREATE TABLE intent_part_file (
  run_id TEXT NOT NULL,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (run_id, dataset, partition_key, name),
  FOREIGN KEY (run_id, dataset, partition_key) REFERENCES intent_part ON DELETE CASCADE
) STRICT;
CREATE TABLE intent_part_source (
  run_id TEXT NOT NULL,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  name TEXT NOT NULL,
  first_row INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  landed_file_id INTEGER NOT NULL,
  PRIMARY KEY (run_id, dataset, partition_key, name, first_row),
  FOREIGN KEY (run_id, dataset, partition_key) REFERENCES intent_part ON DELETE CASCADE
) STRICT;
CREATE TABLE intent_superseded (
  run_id TEXT NOT NULL REFERENCES intent_load ON DELETE CASCADE,
  landed_file_id INTEGER NOT NULL REFERENCES landed_file (id),
  PRIMARY KEY (run_id, landed_file_id)
) STRICT;
CREATE TABLE part_source (
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  name TEXT NOT NULL,
  first_row INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  landed_file_id INTEGER NOT NULL REFERENCES landed_file (id),
  PRIMARY KEY (dataset, partition_key, name, first_row)
) STRICT;
CREATE INDEX part_source_file ON part_source (landed_file_id);
CREATE INDEX landed_file_run ON landed_file (run_id);
CREATE TABLE bookmark (
  dataset TEXT PRIMARY KEY,
  paused_us INTEGER NOT NULL
) STRICT;
)sql",
    // 6: alerts
    R"sql(
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  dataset TEXT NOT NULL,
  partition_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  summary TEXT NOT NULL,
  run_id TEXT,
  report_path TEXT,
  times INTEGER NOT NULL,
  raised_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  resolved_us INTEGER
) STRICT;
CREATE UNIQUE INDEX outbox_open ON outbox (dataset, partition_key) WHERE resolved_us IS NULL;
CREATE TABLE outbox_delivery (
  outbox_id INTEGER NOT NULL REFERENCES outbox (id),
  channel TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_try_us INTEGER NOT NULL,
  delivered_us INTEGER,
  last_error TEXT,
  PRIMARY KEY (outbox_id, channel)
) STRICT;
CREATE INDEX outbox_delivery_open ON outbox_delivery (next_try_us) WHERE delivered_us IS NULL;
)sql",
    // 7: compaction
    R"sql(
ALTER TABLE run ADD COLUMN purpose TEXT NOT NULL DEFAULT 'load'
  CHECK (purpose IN ('load', 'compaction'));
)sql",
    // 8: batches of files
    R"sql(
ALTER TABLE landed_file ADD COLUMN held_by TEXT;
)sql",
};

Result<int64_t> ReadNumber(SqliteDatabase& database, const char* sql) {
  auto first =
      FirstRow<int64_t>(database.Query(sql), [](const SqliteStatement& row) { return row.Int(0); });
  if (!first) return std::move(first).error();
  return first->value_or(0);
}

// One number in the header decides, so that a migration by somebody else in this moment is seen
// whole or not at all.
Result<bool> IsCurrent(SqliteDatabase& database) {
  LAKEGATE_ASSIGN(const int64_t version, ReadNumber(database, "PRAGMA user_version"));
  if (version != NewestLedgerVersion()) return false;
  LAKEGATE_ASSIGN(const int64_t application, ReadNumber(database, "PRAGMA application_id"));
  return application == kLedgerApplicationId;
}

// 0 for an empty file. Only inside a transaction.
Result<int64_t> ReadVersion(SqliteDatabase& database) {
  LAKEGATE_ASSIGN(const int64_t application, ReadNumber(database, "PRAGMA application_id"));
  LAKEGATE_ASSIGN(const int64_t version, ReadNumber(database, "PRAGMA user_version"));
  LAKEGATE_ASSIGN(const int64_t tables, ReadNumber(database, "SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application == 0 && version == 0 && tables == 0;
  if (!is_new && application != kLedgerApplicationId) {
    return Error{ErrorCode::kInvalidConfig,
                 "'" + database.path() + "' is a SQLite file, but not a Lakegate ledger",
                 "set `ledger:` in lakegate.yaml to another path"};
  }
  if (version > NewestLedgerVersion()) {
    return Error{ErrorCode::kUnsupported,
                 "ledger '" + database.path() + "' has version " + std::to_string(version) +
                     "; this lakegate knows versions up to " +
                     std::to_string(NewestLedgerVersion()),
                 "use the lakegate that wrote it, or a newer one"};
  }
  return version;
}

}  // namespace

int64_t NewestLedgerVersion() { return std::size(kMigrations); }

Status MigrateLedger(SqliteDatabase& database) {
  // Without a lock first: the usual case must not wait for a writer.
  LAKEGATE_ASSIGN(const bool is_current, IsCurrent(database));
  if (is_current) return {};
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database));
  LAKEGATE_ASSIGN(const int64_t version, ReadVersion(database));
  if (version == NewestLedgerVersion()) return {};
  for (int64_t next = version; next < NewestLedgerVersion(); ++next) {
    LAKEGATE_TRY(database.Execute(kMigrations[next]));
  }
  LAKEGATE_TRY(
      database.Execute("PRAGMA application_id = " + std::to_string(kLedgerApplicationId) +
                       "; PRAGMA user_version = " + std::to_string(NewestLedgerVersion())));
  return transaction.Commit();
}

}  // namespace lakegate
