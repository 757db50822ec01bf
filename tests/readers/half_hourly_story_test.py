"""48 loads, every half hour, into a table of events partitioned by the date of the event, with late
events: each event exactly once, late ones in their old partition only, the table readable and
complete right after every load."""

import collections
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import duckdb
import pyarrow.dataset

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
LAKE = """version: 1
name: stream
datasets:
  orders:
    contract: c.odcs.yaml
    landing: {path: "orders/*.json", format: ndjson, keep: KEEP}
    publish: {mode: append, partition_by: [{date: event_ts, as: event_date}]}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: stream.orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: event_id, logicalType: string, required: true, unique: true}
      - {name: event_ts, logicalType: timestamp, required: true}
      - {name: amount, logicalType: integer}
"""


class HalfHourlyStoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def run_lake(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def listing(self):
        """Inode and files of every partition, as a catalog would list them."""
        return {folder.name: (folder.stat().st_ino, tuple(sorted(f.name for f in folder.iterdir())))
                for folder in sorted((self.root / "tables/orders").iterdir())}

    def rows(self):
        table = str(self.root / "tables/orders")
        duck = duckdb.execute(
            "SELECT event_id, CAST(event_date AS VARCHAR), amount FROM read_parquet(?,"
            " hive_partitioning = true)", [table + "/*/*.parquet"]).fetchall()
        arrow = pyarrow.dataset.dataset(table, partitioning="hive").to_table(
            columns=["event_id", "event_date", "amount"])
        self.assertEqual(sorted(duck), sorted(zip(*(c.to_pylist() for c in arrow.columns))))
        return duck

    def story(self, keep, loads):
        (self.root / "lakegate.yaml").write_text(LAKE.replace("KEEP", keep), encoding="utf-8")
        (self.root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
        land = self.root / "land/orders"
        land.mkdir(parents=True)
        rng = random.Random(20250405)
        events, before = {}, {}
        for load in range(loads):
            lines, days = [], set()
            for n in range(rng.randrange(20, 120)):
                # Loads run over two days; one event in ten is up to three days late.
                half_hours = load - (rng.randrange(1, 144) if rng.random() < 0.1 else 0) + 24
                day, half = divmod(half_hours, 48)
                stamp = f"2025-01-{10 + day:02}T{half // 2:02}:{half % 2 * 30:02}:00Z"
                events[f"{load}-{n}"] = (stamp[:10], n)
                days.add(f"event_date={stamp[:10]}")
                lines.append(json.dumps({"event_id": f"{load}-{n}", "event_ts": stamp,
                                         "amount": n}))
            (land / f"load-{load:02}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
            if load % 7 == 3:  # a producer that sends a file again under another name
                (land / f"load-{load:02}-again.json").write_text("\n".join(lines) + "\n",
                                                                 encoding="utf-8")
            shown = self.run_lake("run")
            self.assertIn("orders  -  published", shown)
            self.assertEqual("is not counted twice" in shown, load % 7 == 3)
            # Right after the load: complete, each event once and in the partition of its date.
            rows = self.rows()
            self.assertEqual(collections.Counter(rows),
                             collections.Counter((k, d, a) for k, (d, a) in events.items()))
            after = self.listing()
            changed = {name for name in after if after[name] != before.get(name)}
            self.assertEqual(changed, days, f"load {load} touches its own partitions only")
            for name in before:  # what was there stays there, file by file
                self.assertLessEqual(set(before[name][1]), set(after[name][1]))
            before = after
        state = json.loads(self.run_lake("bookmark", "show", "orders", "--json"))
        self.assertEqual((state["taken"], state["waiting"], state["ignored"]), (loads, 0, (loads + 3) // 7))
        self.assertEqual(bool(list(land.glob("*.json"))), keep == "in_place")
        shown = self.run_lake("status", "orders", "--json", "--days", "36500")
        rows = {p["partition"]: p["rows"] for p in json.loads(shown)[0]["partitions"] if p["rows"]}
        self.assertEqual(rows, dict(collections.Counter(f"event_date={d}"
                                                        for d, _ in events.values())))
        self.assertIn("no change", self.run_lake("run"))
        self.assertEqual(self.listing(), before)

    def test_in_place(self):
        self.story("in_place", 48)

    def test_moved_to_history(self):
        self.story("move", 12)


if __name__ == "__main__":
    unittest.main()
