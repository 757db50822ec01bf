"""Replays of quarantine that are killed again and again: every record counts once."""

import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import duckdb
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SEED = 20250201
DAYS = 12
GOOD, BAD = 400, 60
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
    "{name: n, logicalType: integer, unique: true, logicalTypeOptions: {maximum: MAXIMUM}}",
    "{name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}")


def write_contract(root, maximum):
    text = CONTRACT.replace("MAXIMUM", str(maximum))
    (root / "c.odcs.yaml").write_text(text, encoding="utf-8")


def make_lake(root):
    (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
    write_contract(root, 999)
    for day in range(1, DAYS + 1):
        folder = root / f"land/events/day=2025-01-{day:02}"
        folder.mkdir(parents=True)
        # Bad ones: half pass later, half never do.
        numbers = [*range(GOOD), *range(1000, 1000 + BAD // 2), *range(9000, 9000 + BAD // 2)]
        rows = "".join(json.dumps({"n": n}) + "\n" for n in numbers)
        (folder / "a.json").write_text(rows, encoding="utf-8")


def call(root, *words, codes=(0,)):
    done = subprocess.run([PROGRAM, *words], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def counts_of(root):
    return dict(duckdb.sql(
        f"SELECT day::VARCHAR, (count(*), count(DISTINCT n)) FROM read_parquet("
        f"'{root}/tables/events/*/*.parquet', hive_partitioning = true) GROUP BY ALL").fetchall())


def folders_of(root):
    return {path.parent.relative_to(root).as_posix()
            for path in (root / "quarantine").rglob("rejects.*")}


def items_of(root, *columns, where="true"):
    with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
        return ledger.execute(
            f"SELECT {', '.join(columns)} FROM quarantine_item WHERE {where}").fetchall()


class KillReplayTest(unittest.TestCase):
    def test_killed_replays_go_on_and_count_every_record_once(self):
        rng = random.Random(SEED)
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            make_lake(root)
            call(root, "run")
            write_contract(root, 1999)
            kills = 0
            replay = [PROGRAM, "quarantine", "replay", "events", "--json", "--threads", "1"]
            limit_s = 0.03
            while kills < MOST_KILLS:
                process = subprocess.Popen(replay, cwd=root, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
                try:
                    out, err = process.communicate(timeout=rng.uniform(0.01, limit_s))
                    self.assertEqual(process.returncode, 0, err)
                    # Items that the killed ones brought forth are judged again until none is new.
                    break
                except subprocess.TimeoutExpired:
                    os.kill(process.pid, signal.SIGKILL)
                    process.communicate()
                    kills += 1
                    limit_s *= 1.12
                for pair in counts_of(root).values():
                    self.assertIn(pair, {(GOOD, GOOD), (GOOD + BAD // 2,) * 2})
            self.assertLess(kills, MOST_KILLS, "it never came to an end")
            self.assertGreater(kills, 0)
            self.assertTrue(json.loads(out))
            self.assertEqual(set(counts_of(root).values()), {(GOOD + BAD // 2,) * 2})
            self.assertEqual(len(counts_of(root)), DAYS)
            # One open item a day with exactly what is still wrong; the ledger owns every folder.
            self.assertEqual(items_of(root, "partition_key", "records", where="state = 'open'"
                                      " ORDER BY 1"),
                             [(f"day=2025-01-{day:02}", BAD // 2) for day in range(1, DAYS + 1)])
            self.assertEqual(items_of(root, "run_id", where="state = 'writing'"), [])
            self.assertEqual({state for state, in items_of(root, "state")}, {"open", "replayed"})
            self.assertEqual(folders_of(root), {path for path, in items_of(root, "folder")})
            call(root, "run")  # a no-op: the replay's publication is the partition's
            self.assertEqual(set(counts_of(root).values()), {(GOOD + BAD // 2,) * 2})
            print(f"\n  {kills} kills")

    def test_discarded_records_are_not_replayed(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            make_lake(root)
            call(root, "run")
            write_contract(root, 1999)
            run_id, = items_of(root, "run_id", where="partition_key = 'day=2025-01-03'")[0]
            call(root, "quarantine", "discard", run_id, "--reason", " ", codes=(3,))
            done = json.loads(call(root, "quarantine", "discard", run_id, "--reason",
                                   "sent by a test", "--json"))
            self.assertEqual((done["state"], done["reason"]), ("discarded", "sent by a test"))
            call(root, "quarantine", "discard", run_id, "--reason", "again", codes=(3,))
            call(root, "quarantine", "replay", run_id, codes=(3,))
            results = json.loads(call(root, "quarantine", "replay", "events", "--json"))["results"]
            self.assertEqual(len(results), DAYS - 1)
            self.assertEqual(counts_of(root)["2025-01-03"], (GOOD, GOOD))
            self.assertIn("sent by a test", call(root, "quarantine", "ls"))
            # Its bytes are still there.
            self.assertIn('"n": 9000', call(root, "quarantine", "show", run_id, "--limit", "60"))


if __name__ == "__main__":
    unittest.main()
