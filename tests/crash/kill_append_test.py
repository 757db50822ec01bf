"""Append under kills: files keep landing, also changed and sent twice, a run is killed with
SIGKILL at a random moment, again and again. Readers look on; afterwards every landed file version
counts exactly once and nothing is half-published."""

import collections
import json
import os
import pathlib
import random
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
SEED = 20250402
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
    if not files:
        return collections.Counter()
    with duckdb.connect() as connection:  # each thread its own
        return collections.Counter(connection.execute(
            "SELECT n, CAST(at_date AS VARCHAR) FROM read_parquet(?, hive_partitioning = true)",
            [[str(file) for file in files]]).fetchall())


class Reader(threading.Thread):
    """Counts rows in a loop: a folder must never show a part of a load."""

    def __init__(self, root):
        super().__init__()
        self.root, self.stopped, self.broken, self.reads = root, threading.Event(), [], 0

    def run(self):
        while not self.stopped.is_set():
            for folder in list((self.root / "tables/events").glob("*")):
                try:
                    files = sorted(folder.glob("*.parquet"))
                    if not files:
                        continue
                    counts = rows_of(files)
                except (duckdb.IOException, OSError):
                    continue  # it was listing the old version
                self.reads += 1
                repeated = [row for row, count in counts.items() if count > 1]
                if repeated:
                    self.broken.append((folder.name, repeated[:3]))


class KillAppendTest(unittest.TestCase):
    def land(self, rng, root, number):
        """New files, a changed one, one that is sent twice. Returns nothing: land is the truth."""
        land = root / "land/events"
        land.mkdir(parents=True, exist_ok=True)
        known = sorted(land.glob("*.json"))
        for k in range(rng.randrange(1, 3)):
            name = land / f"f{number:03}-{k}.json"
            choice = rng.random()
            if known and choice < 0.3:
                name = rng.choice(known)  # changed: its rows replace those of before
            elif known and choice < 0.5:
                name.write_bytes(rng.choice(known).read_bytes())  # the same bytes again
                continue
            lines = []
            for n in range(rng.randrange(1, 400)):
                day = rng.randrange(1, 6)  # many are late
                lines.append(json.dumps({"n": self.next_row + n,
                                         "at": f"2025-01-{day:02}T{rng.randrange(24):02}:00:00Z"}))
            self.next_row += len(lines)
            name.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def expected(self, root):
        """Every distinct content in land once."""
        counts = collections.Counter()
        for content in {file.read_bytes() for file in (root / "land/events").glob("*.json")}:
            for line in content.decode().splitlines():
                record = json.loads(line)
                counts[(record["n"], record["at"][:10])] += 1
        return counts

    def test_each_version_counts_once(self):
        rng = random.Random(SEED)
        self.next_row = 0
        kills = 0
        whole_s = 0  # the longest run that was not killed; the first one never is
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
            (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
            reader = Reader(root)
            reader.start()
            try:
                for number in range(ROUNDS):
                    self.land(rng, root, number)
                    process = subprocess.Popen([PROGRAM, "run"], cwd=root,
                                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    try:
                        started = time.monotonic()
                        process.communicate(timeout=rng.uniform(0.005, 1.3 * whole_s)
                                            if whole_s else None)
                        whole_s = max(whole_s, time.monotonic() - started)
                    except subprocess.TimeoutExpired:
                        process.send_signal(signal.SIGKILL)
                        process.communicate()
                        kills += 1
                    if number % 8 == 7:
                        self.check(root)
                self.check(root)
            finally:
                reader.stopped.set()
                reader.join()
            self.assertEqual(reader.broken, [])
            print(f"{kills} of {ROUNDS} runs killed, {reader.reads} reads, "
                  f"{sum(self.expected(root).values())} rows")
            self.assertGreater(kills, ROUNDS // 10)

    def check(self, root):
        # Twice: a file whose bytes were those of another one counts once that one was changed.
        for _ in range(2):
            done = subprocess.run([PROGRAM, "run"], cwd=root, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        files = sorted((root / "tables/events").glob("*/*.parquet"))
        self.assertEqual(rows_of(files), self.expected(root))
        with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
            one = lambda sql: ledger.execute(sql).fetchone()[0]
            self.assertEqual(one("SELECT count(*) FROM intent"), 0)
            self.assertEqual(one("SELECT count(*) FROM run WHERE ended_us IS NULL"), 0)
            live = ledger.execute(
                "SELECT live_path || '/' || name, size FROM publication JOIN publication_file"
                " USING (dataset, partition_key, version) WHERE version = (SELECT max(version)"
                " FROM publication AS p WHERE p.dataset = publication.dataset"
                " AND p.partition_key = publication.partition_key)").fetchall()
            traced = one("SELECT coalesce(sum(rows), 0) FROM part_source")
        # What the ledger says is live, and nothing else; every row leads back to its file.
        self.assertEqual(sorted(live), sorted((str(file.relative_to(root)), file.stat().st_size)
                                              for file in files))
        self.assertEqual(traced, sum(self.expected(root).values()))
        # A rerun changes nothing.
        before = {file: (file.stat().st_ino, file.parent.stat().st_ino) for file in files}
        subprocess.run([PROGRAM, "run"], cwd=root, capture_output=True, check=True)
        self.assertEqual({file: (file.stat().st_ino, file.parent.stat().st_ino)
                          for file in files}, before)


if __name__ == "__main__":
    unittest.main()
