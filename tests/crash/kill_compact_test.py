"""Compaction under kills: a table of many small files is compacted, killed with SIGKILL at a random
moment, again and again, while a reader looks on: it sees the same rows every time. Then loads and
compactions at the same time: each record is there once, and no run fails."""

import collections
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import duckdb
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SEED = 20250403
ROUNDS = 40
LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/*.json", format: ndjson}
    publish: {mode: append, partition_by: [{date: at}], add_columns: {file: source_file}}
"""
CONTRACT = contract(
    "{name: n, logicalType: integer, required: true}",
    "{name: at, logicalType: timestamp, required: true}")


def rows_of(files):
    with duckdb.connect() as connection:  # each thread its own
        return connection.execute("SELECT n, file FROM read_parquet(?)",
                                  [[str(file) for file in files]]).fetchall()


def files_of(root):
    return sorted((root / "tables/events").glob("*/*.parquet"))


class Reader(threading.Thread):
    """Reads every folder in a loop: what it holds never changes, not even its order."""

    def __init__(self, root, expected):
        super().__init__()
        self.root, self.stopped, self.broken, self.reads = root, threading.Event(), [], 0
        self.expected = expected

    def run(self):
        while not self.stopped.is_set():
            for name, expected in self.expected.items():
                try:
                    files = sorted((self.root / "tables/events" / name).glob("*.parquet"))
                    found = rows_of(files) if files else []
                except (duckdb.IOException, OSError):
                    continue  # it was listing the old version
                self.reads += 1
                if found != expected:
                    self.broken.append((name, len(files), len(found), len(expected)))


class KillCompactTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
        (self.root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
        (self.root / "land/events").mkdir(parents=True)
        self.landed = collections.Counter()

    def tearDown(self):
        self.folder.cleanup()

    def lakegate(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def land(self, number, rows=50):
        lines = [json.dumps({"n": number * 1000 + n, "at": f"2025-01-0{1 + n % 2}T00:00:00Z"})
                 for n in range(rows)]
        name = f"{number:04}.json"
        (self.root / "land/events" / f".{name}").write_text("\n".join(lines), encoding="utf-8")
        (self.root / "land/events" / f".{name}").rename(self.root / "land/events" / name)
        self.landed.update(number * 1000 + n for n in range(rows))

    def check(self):
        """Once everything is over: what the ledger says is live, and nothing else."""
        files = files_of(self.root)
        self.assertEqual(collections.Counter(n for n, _ in rows_of(files)), self.landed)
        with sqlite3.connect(self.root / ".lakegate/ledger.db") as ledger:
            live = ledger.execute(
                "SELECT live_path || '/' || name, size FROM publication JOIN publication_file"
                " USING (dataset, partition_key, version) WHERE version = (SELECT max(version)"
                " FROM publication AS p WHERE p.dataset = publication.dataset"
                " AND p.partition_key = publication.partition_key)").fetchall()
            traced = ledger.execute(
                "SELECT path, sum(rows) FROM part_source JOIN landed_file"
                " ON landed_file.id = landed_file_id GROUP BY path").fetchall()
            left = ledger.execute("SELECT (SELECT count(*) FROM intent) + (SELECT count(*) FROM run"
                                  " WHERE ended_us IS NULL)").fetchone()[0]
        self.assertEqual(sorted(live), sorted((str(file.relative_to(self.root)),
                                               file.stat().st_size) for file in files))
        self.assertEqual(dict(traced), collections.Counter(path for _, path in rows_of(files)))
        self.assertEqual(left, 0)

    def test_readers_see_the_same_rows(self):
        rng = random.Random(SEED)
        for number in range(8):
            self.land(number)
            self.lakegate("run")
        small = self.root
        expected = {folder.name: rows_of(sorted(folder.glob("*.parquet")))
                    for folder in (small / "tables/events").glob("*")}
        kills, reads, whole_s = 0, 0, 0.3
        for number in range(ROUNDS):
            self.root = small / f"copies/{number}"
            shutil.copytree(small, self.root, ignore=shutil.ignore_patterns("copies"))
            reader = Reader(self.root, expected)
            reader.start()
            try:
                process = subprocess.Popen([PROGRAM, "compact"], cwd=self.root,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                started = time.monotonic()
                try:
                    process.communicate(timeout=rng.uniform(0.003, whole_s))
                    whole_s = 1.3 * (time.monotonic() - started)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    kills += 1
                self.lakegate("compact")
            finally:
                reader.stopped.set()
                reader.join()
            self.assertEqual(reader.broken, [])
            reads += reader.reads
            self.check()
            self.assertEqual(len(files_of(self.root)), 2)
            shutil.rmtree(self.root)
        print(f"{kills} of {ROUNDS} compactions killed, {reads} reads")
        self.assertGreater(kills, ROUNDS // 10)
        self.assertGreater(reads, ROUNDS)

    def test_loads_at_the_same_time(self):
        self.land(0)
        self.lakegate("run")
        stopped, failures, compactions = threading.Event(), [], []

        def compact():
            while not stopped.is_set():
                done = subprocess.run([PROGRAM, "compact"], cwd=self.root, capture_output=True,
                                      text=True, check=False)
                if done.returncode != 0:
                    failures.append(done.stdout + done.stderr)
                compactions.append("merged: 0" not in done.stdout)

        thread = threading.Thread(target=compact)
        thread.start()
        try:
            for number in range(1, 40):
                self.land(number)
                self.lakegate("run")
        finally:
            stopped.set()
            thread.join()
        self.assertEqual(failures, [])
        self.check()
        print(f"{sum(compactions)} compactions beside 39 loads")
        self.assertGreater(sum(compactions), 3)


if __name__ == "__main__":
    unittest.main()
