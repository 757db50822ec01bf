"""The daily life of a batch pipeline, on three dates: at most 3 % null amounts and 2 % duplicates, a
late file, a closed gate, a rerun, a backfill that stops, goes on and resumes, files that never came."""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import duckdb
import lake_checker

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
ROWS = 1000
LAKE = """version: 1
name: shop
datasets:
  orders:
    contract: c.odcs.yaml
    landing: {path: "orders/day={day}/*.json", format: ndjson, expect: {by: "06:00 UTC +1d"}}
    publish: {partition_by: [day]}
    alerts: [ops]
alerts:
  ops: {type: command, command: "cat >> told.ndjson"}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: shop.orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, required: true, quality: [{id: copies, metric: duplicateValues, mustBeLessOrEqualTo: 2, unit: percent}]}
      - {name: amount, logicalType: integer, quality: [{id: nulls, metric: nullValues, mustBeLessOrEqualTo: 3, unit: percent}]}
      - {name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}
"""


def orders(day, nulls=0, copies=0, rows=ROWS):
    """`rows` records; the last `copies` of them have an id that was there before."""
    for n in range(rows):
        known = n - copies if n >= rows - copies else n
        yield {"id": f"{day}-{known}", "amount": None if n < nulls else n}


class ProductionBatchStoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
        (self.root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")

    def land(self, day, records, name="a"):
        path = self.root / f"land/orders/day=2025-01-0{day}/{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")

    def call(self, *words, code=0):
        done = subprocess.run([PROGRAM, *words], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(lake_checker.check_settled(self.root), [])
        return done.stdout

    def run_at(self, now, code=0):
        return self.call("run", "--now", now, code=code)

    def backfill(self, *words, code=0):
        # Before the deadline of the dates to come.
        return self.call("backfill", "orders", "--from", "2025-01-01", "--to", "2025-01-03",
                         "--now", "2025-01-04T00:00:00Z", *words, code=code)

    def partition(self, day):
        """Everything that tells whether somebody touched it."""
        folder = self.root / f"tables/orders/day=2025-01-0{day}"
        return (folder.stat().st_ino, [(path.name, path.stat().st_ino, path.stat().st_mtime_ns,
                                        hashlib.sha256(path.read_bytes()).hexdigest())
                                       for path in sorted(folder.iterdir())])

    def rows(self):
        return dict(duckdb.sql(f"SELECT day::VARCHAR, count(*) FROM read_parquet('{self.root}/tables/"
                               "orders/*/*.parquet', hive_partitioning = true) GROUP BY ALL").fetchall())

    def alerts(self):
        told = self.root / "told.ndjson"
        return [(alert["partition"], alert["kind"]) for alert in
                map(json.loads, told.read_text(encoding="utf-8").splitlines())] if told.exists() else []

    def open_alerts(self):
        return self.call("alerts", "ls")

    def test_thresholds_at_and_just_above_the_limit(self):
        self.land(1, orders(1, nulls=30, copies=20))  # 3 % and 2 %: allowed
        self.land(2, orders(2, nulls=31))
        self.land(3, orders(3, copies=21))
        said = self.run_at("2025-01-03T12:00:00Z", code=1)
        self.assertIn("day=2025-01-01  published  1,000 rows", said)
        self.assertIn("day=2025-01-02  gated", said)
        self.assertIn("FAILED  nulls  3.1 % (31 of 1,000)", said)
        self.assertIn("day=2025-01-03  gated", said)
        self.assertIn("FAILED  copies  2.1 % (21 of 1,000)", said)
        self.assertEqual(self.rows(), {"2025-01-01": ROWS})
        self.assertEqual(self.alerts(), [("day=2025-01-02", "gated"), ("day=2025-01-03", "gated")])
        # The same again is told once.
        self.run_at("2025-01-03T13:00:00Z", code=1)
        self.assertEqual(len(self.alerts()), 2)

    def test_late_file_closed_gate_and_rerun(self):
        for day in (1, 2, 3):
            self.land(day, orders(day))
        self.run_at("2025-01-03T12:00:00Z")
        before = {day: self.partition(day) for day in (1, 2, 3)}
        said = self.run_at("2025-01-03T13:00:00Z")  # nothing is new
        self.assertNotIn("  published  ", said)
        self.assertEqual({day: self.partition(day) for day in (1, 2, 3)}, before)
        # A late file makes exactly its partition anew.
        self.land(1, [{"id": f"late-{n}", "amount": n} for n in range(50)], "late")
        said = self.run_at("2025-01-03T14:00:00Z")
        self.assertIn("day=2025-01-01  published  1,050 rows", said)
        self.assertEqual({day: self.partition(day) for day in (2, 3)}, {d: before[d] for d in (2, 3)})
        # A bad one closes the gate: the partition is untouched to the byte.
        old = self.partition(1)
        self.land(1, [{"id": f"bad-{n}", "amount": None} for n in range(50)], "worse")
        said = self.run_at("2025-01-03T15:00:00Z", code=1)
        self.assertIn("day=2025-01-01  gated", said)
        self.assertEqual(self.partition(1), old)
        self.assertIn("day=2025-01-01", self.open_alerts())
        # Mended by its sender: published, and the alert is over.
        self.land(1, [{"id": f"bad-{n}", "amount": n} for n in range(50)], "worse")
        self.run_at("2025-01-03T16:00:00Z")
        self.assertEqual(self.rows()["2025-01-01"], ROWS + 100)
        self.assertEqual(self.open_alerts(), "no open alerts\n")
        self.assertEqual(self.alerts(), [("day=2025-01-01", "gated")])

    def test_backfill_stops_continues_and_resumes(self):
        self.land(1, orders(1))
        self.land(2, orders(2, nulls=31))
        self.land(3, orders(3))
        said = self.backfill(code=1)
        self.assertIn("1 of 3 partitions done", said)
        self.assertEqual(self.rows(), {"2025-01-01": ROWS})
        first = self.partition(1)
        said = self.backfill("--on-failure", "continue", code=1)
        self.assertIn("2 of 3 partitions done", said)
        self.assertEqual(self.rows(), {"2025-01-01": ROWS, "2025-01-03": ROWS})
        third = self.partition(3)
        self.land(2, orders(2, nulls=30))
        self.assertIn("3 of 3 partitions done", self.backfill())
        self.assertEqual(self.rows(), {f"2025-01-0{day}": ROWS for day in (1, 2, 3)})
        self.assertEqual((self.partition(1), self.partition(3)), (first, third))
        self.assertIn("nothing to run", self.backfill())

    def test_files_that_never_came_are_told_and_the_alert_ends_when_they_do(self):
        self.land(1, orders(1))
        self.run_at("2025-01-01T12:00:00Z")
        self.assertEqual(self.alerts(), [])
        said = self.run_at("2025-01-03T06:00:00Z", code=1)  # the deadline of the second
        self.assertIn("day=2025-01-02  missing", said)
        self.assertEqual(self.alerts(), [("day=2025-01-02", "missing")])
        self.assertIn("day=2025-01-02", self.open_alerts())
        self.land(2, orders(2))
        self.run_at("2025-01-03T07:00:00Z")
        self.assertEqual(self.open_alerts(), "no open alerts\n")
        self.assertEqual(self.alerts(), [("day=2025-01-02", "missing")])
        self.assertEqual(self.rows(), {"2025-01-01": ROWS, "2025-01-02": ROWS})


if __name__ == "__main__":
    unittest.main()
