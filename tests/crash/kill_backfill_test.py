"""A backfill that is killed again and again: every partition is published once, from all its files."""

import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import duckdb
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SEED = 20250131
DAYS = 31
MOST_KILLS = 200
LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/day={day}/*.json", format: ndjson}
    publish: {partition_by: [day]}
"""
CONTRACT = contract(
    "{name: n, logicalType: integer, required: true}",
    "{name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}")
COMMAND = [PROGRAM, "backfill", "events", "--from", "2025-01-01", "--to", "2025-01-31", "--only",
           "all", "--json"]


def make_lake(root):
    (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
    (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
    for day in range(1, DAYS + 1):
        folder = root / f"land/events/day=2025-01-{day:02}"
        folder.mkdir(parents=True)
        for part in range(2):
            rows = "".join(json.dumps({"n": day * 1000 + part * 100 + n}) + "\n"
                           for n in range(50))
            (folder / f"{part}.json").write_text(rows, encoding="utf-8")


def rows_of(root):
    return duckdb.sql(f"SELECT day::VARCHAR, n FROM read_parquet('{root}/tables/events/*/*.parquet',"
                      " hive_partitioning = true) ORDER BY ALL").fetchall()


def items_of(root):
    with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
        return ledger.execute("SELECT state, attempts FROM backfill_item").fetchall()


def is_done(root):
    """Whether the plan on record has no item left: the same command again would be a new one."""
    if not (root / ".lakegate/ledger.db").exists():
        return False
    with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
        if not ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'backfill'").fetchone():
            return False
        states = [state for state, in ledger.execute("SELECT state FROM backfill")]
    return states == ["done"]


class KillBackfillTest(unittest.TestCase):
    def test_killed_backfills_go_on_and_end_like_an_undisturbed_one(self):
        rng = random.Random(SEED)
        with tempfile.TemporaryDirectory() as folder:
            calm, shaken = pathlib.Path(folder) / "calm", pathlib.Path(folder) / "shaken"
            for root in (calm, shaken):
                root.mkdir()
                make_lake(root)
            start = time.monotonic()
            done = subprocess.run(COMMAND, cwd=calm, capture_output=True, text=True, check=False)
            whole_s = time.monotonic() - start
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(json.loads(done.stdout)["done"])
            kills = 0
            while kills < MOST_KILLS:
                process = subprocess.Popen(COMMAND, cwd=shaken, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
                try:
                    out, err = process.communicate(timeout=rng.uniform(0.02, whole_s / 4))
                    self.assertEqual(process.returncode, 0, err)
                    break
                except subprocess.TimeoutExpired:
                    os.kill(process.pid, signal.SIGKILL)
                    process.communicate()
                    kills += 1
                    if is_done(shaken):
                        out = None  # it had ended its work, and not yet said so
                        break
                if (shaken / "tables/events").exists():
                    # Whole partitions only: both files of a day, or none.
                    counts = duckdb.sql(
                        f"SELECT DISTINCT count(*) FROM read_parquet('{shaken}/tables/events/*/*"
                        ".parquet', hive_partitioning = true) GROUP BY day").fetchall() if list(
                            (shaken / "tables/events").glob("*/*.parquet")) else []
                    self.assertLessEqual(set(counts), {(100,)})
            self.assertLess(kills, MOST_KILLS, "it never came to an end")
            self.assertGreater(kills, 2)
            if out is not None:
                self.assertTrue(json.loads(out)["done"])
            self.assertEqual(rows_of(shaken), rows_of(calm))
            self.assertEqual(len(rows_of(shaken)), DAYS * 100)
            items = items_of(shaken)
            self.assertEqual({state for state, _ in items}, {"done"})
            self.assertEqual(len(items), DAYS)  # one plan, made once
            left = [p for p in (shaken / ".lakegate").rglob("*.parquet")]
            shutil.rmtree(shaken / "land")  # nothing below was read from there
            self.assertEqual(rows_of(shaken), rows_of(calm))
            print(f"\n  {kills} kills, {len(left)} retired files within their grace time")


if __name__ == "__main__":
    unittest.main()
