"""I8: whatever runs, is killed or is cleaned up at the same time, gc never touches a live file."""

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
SEED = 20250301
ROUNDS = 25
DAYS = 4
LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/day={day}/*.json", format: ndjson}
    publish: {partition_by: [day]}
    quarantine: {retention: 1s}
"""
CONTRACT = contract(
    "{name: n, logicalType: integer, logicalTypeOptions: {maximum: 9999}}",
    "{name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}")


def land(root, number):
    for day in range(1, DAYS + 1):
        folder = root / f"land/events/day=2025-01-{day:02}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = "".join(json.dumps({"n": number * 100 + n}) + "\n" for n in range(100))
        (folder / f"{number}.json").write_text(rows + '{"n": 99999}\n', encoding="utf-8")


def start(root, *words):
    return subprocess.Popen([PROGRAM, *words], cwd=root, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def query(root, sql):
    with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
        return ledger.execute(sql).fetchall()


class GcTest(unittest.TestCase):
    def check_live_files(self, root):
        """I6: every live file is there with its recorded size, and nothing else is in the table."""
        live = dict(query(root, """
            SELECT live_path || '/' || name, size FROM publication NATURAL JOIN publication_file
            WHERE (dataset, partition_key, version) IN
              (SELECT dataset, partition_key, max(version) FROM publication GROUP BY 1, 2)"""))
        on_disk = {path.relative_to(root).as_posix(): path.stat().st_size
                   for path in (root / "tables").rglob("*.parquet")}
        self.assertEqual(on_disk, live)
        rows = query(root, """SELECT coalesce(sum(rows), 0) FROM publication_file
            WHERE (dataset, partition_key, version) IN
              (SELECT dataset, partition_key, max(version) FROM publication GROUP BY 1, 2)""")
        if live:
            read = duckdb.sql(f"SELECT count(*) FROM '{root}/tables/events/*/*.parquet'").fetchall()
            self.assertEqual(read, rows)

    def test_gc_beside_runs_and_kills_removes_no_live_file(self):
        rng = random.Random(SEED)
        kills = removed = 0
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
            (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
            for number in range(ROUNDS):
                land(root, number)
                run = start(root, "run", "--threads", "2")
                collectors = [start(root, "gc", "--json") for _ in range(2)]
                if number % 2:
                    time.sleep(rng.uniform(0.003, 0.05))
                    if run.poll() is None:
                        os.kill(run.pid, signal.SIGKILL)
                        kills += 1
                run.communicate()
                for collector in collectors:
                    out, err = collector.communicate()
                    self.assertEqual(collector.returncode, 0, err)
                    removed += len(json.loads(out)["removed"])
                done = start(root, "run")
                out, err = done.communicate()
                self.assertEqual(done.returncode, 0, out + err)
                self.check_live_files(root)
                if number % 5 == 4:  # grace times are over at once
                    with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
                        ledger.execute("UPDATE retired_folder SET remove_after_us = 0")
                    if number % 10 == 9:
                        time.sleep(1.1)  # so is the retention
                    last = start(root, "gc", "--json")
                    out, err = last.communicate()
                    self.assertEqual(last.returncode, 0, err)
                    report = json.loads(out)
                    removed += len(report["removed"])
                    self.assertEqual(report["left_alone"], [])
                    self.assertIn("old version", {g["kind"] for g in report["removed"]})
                    self.check_live_files(root)
                    self.assertEqual(list((root / ".lakegate/staging").iterdir()), [])
            # What is set aside and not expired is there with its bytes.
            for path, records in query(root, """SELECT folder, records FROM quarantine_item
                                                WHERE removed_us IS NULL"""):
                lines = (root / path / "rejects.ndjson").read_text(encoding="utf-8").splitlines()
                self.assertEqual(len(lines), records)
            kept = {path for path, in query(
                root, "SELECT folder FROM quarantine_item WHERE removed_us IS NULL")}
            on_disk = {path.parent.relative_to(root).as_posix()
                       for path in (root / "quarantine").rglob("rejects.*")}
            self.assertEqual(on_disk, kept)
            count = duckdb.sql(f"SELECT count(*) FROM '{root}/tables/events/*/*.parquet'"
                               ).fetchall()
            self.assertEqual(count, [(ROUNDS * DAYS * 100,)])
            self.assertGreater(kills, 0)
            print(f"\n  {ROUNDS} rounds, {kills} kills, {removed} folders removed")


if __name__ == "__main__":
    unittest.main()
