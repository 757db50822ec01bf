"""Looks at a lake from outside and lists what is wrong with it: the invariants of ARCHITECTURE.md.

Readers and the disk are believed, the ledger is asked; nothing of the lake is changed. The ledger is
read from a copy, so that the next run finds its write-ahead log as a killed one left it."""

import collections
import hashlib
import json
import pathlib
import shutil
import sqlite3
import tempfile

import pyarrow.parquet

DELETED = ".lakegate/deleted"  # the keys that upserts deleted, published like a table
FAILED_STATES = ("gated", "failed", "held", "missing", "stale")


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def rows_of_tables(root):
    """{folder of a partition, relative to tables/: Counter of its rows}, as PyArrow sees them."""
    tables = pathlib.Path(root) / "tables"
    rows = collections.defaultdict(collections.Counter)
    for path in files_below(tables):
        folder = path.parent.relative_to(tables).as_posix()
        read = pyarrow.parquet.ParquetFile(path).read()
        columns = [column.to_pylist() for column in read.columns]
        counted = rows[folder]
        for values in zip(*columns):
            counted[tuple(zip(read.column_names, map(str, values)))] += 1
    return {folder: counted for folder, counted in rows.items() if counted}


class LedgerCopy:
    """The ledger as it is now, with whatever its log holds. A context manager."""

    def __init__(self, root):
        self.source = pathlib.Path(root) / ".lakegate"

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(dir=self.source.parent.parent)
        for path in self.source.glob("ledger.db*"):
            if not path.name.endswith("-shm"):  # made anew from the log
                shutil.copy2(path, self.folder.name)
        self.database = sqlite3.connect(pathlib.Path(self.folder.name) / "ledger.db")
        self.database.row_factory = sqlite3.Row
        return self

    def __exit__(self, *_):
        self.database.close()
        self.folder.cleanup()

    def rows(self, sql, *values):
        return [dict(row) for row in self.database.execute(sql, values)]



def has_begun_publication(root):
    """Whether a publication is to be finished or undone."""
    with LedgerCopy(root) as ledger:
        known = ledger.rows("SELECT 1 FROM sqlite_schema WHERE name = 'intent'")
        return bool(known and ledger.rows("SELECT 1 FROM intent"))


LIVE = """SELECT dataset, partition_key, live_path, name, size, rows FROM publication
  LEFT JOIN publication_file USING (dataset, partition_key, version)
  WHERE version = (SELECT max(version) FROM publication AS p WHERE
    p.dataset = publication.dataset AND p.partition_key = publication.partition_key)"""


def check_versions(root, allowed):
    """I1 at any moment: each partition is one of the whole versions in `allowed`, a list of what
    rows_of_tables() gave of each version of the lake."""
    seen = rows_of_tables(root)
    folders = set(seen).union(*allowed)
    return [f"I1: {folder} is none of its versions: {seen.get(folder)}" for folder in sorted(folders)
            if all(seen.get(folder) != version.get(folder) for version in allowed)]


def check_settled(root):
    """All invariants of a lake on which nobody works and whose last run was not disturbed."""
    root = pathlib.Path(root)
    with LedgerCopy(root) as ledger:
        problems = check_ledger(ledger)
        problems += check_live_files(root, ledger)
        problems += check_left_overs(root, ledger)
        problems += check_counts(root, ledger)
        problems += check_history(root, ledger)
        problems += check_alerts(ledger)
    return problems


def check_ledger(ledger):
    """I7: nothing is open; the file is sound."""
    problems = [f"ledger: {row}" for row in ledger.rows("PRAGMA integrity_check")
                if row["integrity_check"] != "ok"]
    problems += [f"ledger: {row}" for row in ledger.rows("PRAGMA foreign_key_check")]
    for what, sql in (
            ("intents", "SELECT run_id FROM intent"),
            ("open runs", "SELECT id FROM run WHERE ended_us IS NULL"),
            ("copies to history", "SELECT * FROM history_copy"),
            ("running partitions", "SELECT * FROM partition WHERE state = 'running'"),
            ("unfinished quarantine", "SELECT * FROM quarantine_item WHERE state = 'writing'")):
        found = ledger.rows(sql)
        if found:
            problems.append(f"I7: {what} are left: {found}")
    return problems


def check_live_files(root, ledger):
    """I1, I6: what is in tables/ is what the ledger says, with the sizes and rows it says."""
    problems = []
    recorded = {f"{row['live_path']}/{row['name']}": row for row in ledger.rows(LIVE) if row["name"]}
    on_disk = {path.relative_to(root).as_posix(): path for folder in ("tables", DELETED)
               for path in files_below(root / folder)}
    for name in sorted(set(recorded) ^ set(on_disk)):
        problems.append(f"I6: {name} is " + ("recorded and gone" if name in recorded else
                                             "in the table and not recorded"))
    for name in sorted(set(recorded) & set(on_disk)):
        row, path = recorded[name], on_disk[name]
        rows = pyarrow.parquet.ParquetFile(path).metadata.num_rows
        if (path.stat().st_size, rows) != (row["size"], row["rows"]):
            problems.append(f"I6: {name} has {path.stat().st_size} bytes and {rows} rows, recorded "
                            f"are {row['size']} and {row['rows']}")
    for row in ledger.rows("SELECT dataset, partition_key, name, sum(rows) AS rows FROM part_source"
                           " GROUP BY dataset, partition_key, name"):
        live = [file for file in recorded.values() if (file["dataset"], file["partition_key"],
                file["name"]) == (row["dataset"], row["partition_key"], row["name"])]
        if not live or live[0]["rows"] != row["rows"]:
            problems.append(f"I3: traced rows {row} are not those of the file: {live}")
    return problems


def check_left_overs(root, ledger):
    """I8: old versions that readers may still need are there, and nothing else is."""
    problems = []
    retired = {row["path"] for row in ledger.rows("SELECT path FROM retired_folder")}
    problems += [f"I8: the old version {path} is gone" for path in sorted(retired)
                 if not (root / path).exists()]
    staging = [path.relative_to(root).as_posix()
               for folder in (".lakegate/staging", "tables/.staging") if (root / folder).exists()
               for path in (root / folder).iterdir()]
    problems += [f"I7: {path} is left over" for path in sorted(staging) if path not in retired]
    return problems


def check_counts(root, ledger):
    """I4: records in = published + set aside; what was set aside is there, record by record."""
    problems = []
    for run in ledger.rows("SELECT id, counters, report_path FROM run"):
        counters = json.loads(run["counters"])
        if counters.get("records", 0) != counters.get("accepted", 0) + counters.get("quarantined", 0):
            problems.append(f"I4: run {run['id']} does not add up: {counters}")
        if run["report_path"] and not (root / run["report_path"]).exists():
            problems.append(f"I4: the report of run {run['id']} is gone")
    kept = {}
    for item in ledger.rows("SELECT * FROM quarantine_item WHERE removed_us IS NULL"):
        kept[item["folder"]] = item
        rejects = root / item["folder"] / "rejects.ndjson"
        lines = rejects.read_bytes().count(b"\n") if rejects.exists() else 0
        if lines != item["records"]:
            problems.append(f"I4: {rejects} has {lines} records, not {item['records']}")
    if (root / "quarantine").exists():
        for path in (root / "quarantine").rglob("rejects.ndjson"):
            if path.parent.relative_to(root).as_posix() not in kept:
                problems.append(f"I7: {path} belongs to no run")
    return problems


def check_history(root, ledger):
    """I5: what the ledger says is stored has the bytes that landed."""
    problems = []
    stored = set()
    for row in ledger.rows("SELECT stored_path, sha256, state FROM landed_file"
                           " WHERE stored_path <> path"):
        path = root / row["stored_path"]
        stored.add(path)
        if not path.exists() or sha256_of(path) != row["sha256"]:
            problems.append(f"I5: {row['stored_path']} is gone or changed")
    if (root / "history").exists():
        problems += [f"I5: {path} is in history and belongs to no landed file"
                     for path in files_below(root / "history") if path not in stored]
    return problems


def check_alerts(ledger):
    """I9: every failure has one open alert, and nothing that is fine has any."""
    opened = {(row["dataset"], row["partition_key"]): row["kind"] for row in
              ledger.rows("SELECT dataset, partition_key, kind FROM outbox"
                          " WHERE resolved_us IS NULL")}
    problems = []
    for row in ledger.rows("SELECT dataset, key, state, why FROM partition"):
        place = (row["dataset"], row["key"])
        if row["state"] in FAILED_STATES and place not in opened:
            problems.append(f"I9: {row} raised no alert")
        elif row["state"] == "published" and opened.get(place) not in (None, "held"):
            problems.append(f"I9: {row} is fine and has an alert: {opened[place]}")
    return problems
