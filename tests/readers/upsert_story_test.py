"""Customers that change over ten loads, with late and reordered updates, moves between countries,
deletes and records that come twice: the table is what DuckDB computes from all records at once."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import duckdb

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
LOADS = 10
LAKE = """version: 1
name: shop
datasets:
  customers:
    contract: c.odcs.yaml
    landing: {path: "customers/*.json", format: ndjson}
    publish:
      mode: upsert
      key: [customer_id, shop]
      order_by: updated_at
      partition_by: [country]
      tombstone: deleted
      add_columns: {file: source_file, line: source_line}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: shop.customers
version: 1.0.0
status: active
schema:
  - name: customers
    properties:
      - {name: customer_id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: shop, logicalType: string, primaryKey: true, primaryKeyPosition: 2}
      - {name: country, logicalType: string}
      - {name: balance, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: tags, logicalType: array, items: {logicalType: string}}
      - {name: updated_at, logicalType: timestamp}
      - {name: deleted, logicalType: boolean}
"""
# The newest by updated_at; of equal ones the later load, then the later file, then the later line.
WANTED = """
SELECT customer_id, shop, country, balance, tags, epoch_us(updated_at), file, line FROM (
  SELECT *, row_number() OVER (PARTITION BY customer_id, shop
                               ORDER BY updated_at DESC NULLS LAST, load DESC, file DESC,
                                        line DESC) AS rank
  FROM all_records) WHERE rank = 1 AND NOT coalesce(deleted, false) ORDER BY 1, 2
"""


class UpsertStoryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
        (self.root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
        (self.root / "land/customers").mkdir(parents=True)
        self.records = []  # with where they landed

    def run_lake(self, *more):
        done = subprocess.run([PROGRAM, "run", *more], cwd=self.root, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def land(self, load, name, records):
        lines = []
        for line, record in enumerate(records, start=1):
            lines.append(json.dumps(record))
            self.records.append({"deleted": None, **record, "load": load, "line": line,
                                 "file": f"land/customers/{name}"})
        (self.root / "land/customers" / name).write_text("\n".join(lines) + "\n",
                                                         encoding="utf-8")

    def table(self):
        files = sorted(str(f) for f in (self.root / "tables/customers").glob("*/*.parquet"))
        return duckdb.execute(
            "SELECT customer_id, shop, country, balance, tags, epoch_us(updated_at), file, line FROM"
            " read_parquet(?, hive_partitioning = true) ORDER BY 1, 2", [files]).fetchall()

    def wanted(self):
        path = self.root / "all.ndjson"
        path.write_text("".join(json.dumps(r) + "\n" for r in self.records), encoding="utf-8")
        connection = duckdb.connect()
        connection.execute(
            "CREATE TABLE all_records AS SELECT * FROM read_json(?, format = 'newline_delimited',"
            " columns = {customer_id: 'BIGINT', shop: 'VARCHAR', country: 'VARCHAR', balance:"
            " 'DECIMAL(12,2)', tags: 'VARCHAR[]', updated_at: 'TIMESTAMPTZ', deleted: 'BOOLEAN',"
            " load: 'BIGINT', file: 'VARCHAR', line: 'BIGINT'})", [str(path)])
        return connection.execute(WANTED).fetchall()

    def test_ten_loads(self):
        rng = random.Random(20250404)
        name = 0
        for load in range(LOADS):
            for _ in range(rng.randrange(1, 4)):
                records = []
                for _ in range(rng.randrange(50, 400)):
                    # Around the load's hour; one in five is late, up to the beginning.
                    hour = rng.randrange(load + 1) if rng.random() < 0.2 else load
                    record = {"customer_id": rng.randrange(300), "shop": rng.choice("ab"),
                              "country": rng.choice(["DE", "FR", "IT", "a/b c", None]),
                              "balance": rng.randrange(10**6) / 100,
                              "tags": [rng.choice("xyz") for _ in range(rng.randrange(3))],
                              # Minutes only, so that ties are frequent.
                              "updated_at": f"2025-01-05T{hour:02}:{rng.randrange(60):02}:00Z"}
                    if rng.random() < 0.1:
                        record["deleted"] = True
                    if rng.random() < 0.02:
                        record["updated_at"] = None
                    records.append(record)
                self.land(load, f"c{name:03}.json", records)
                name += 1
            self.run_lake()
            self.assertEqual(self.table(), self.wanted(), f"after load {load}")
        self.assertGreater(len(self.table()), 300)
        # Read all again: nothing counts twice, and older rows do not come back.
        before = [row[:6] for row in self.table()]
        done = subprocess.run([PROGRAM, "bookmark", "reset", "customers"], cwd=self.root,
                              capture_output=True, text=True, check=True)
        self.assertIn(f"{name} files will be read again", done.stdout)
        self.run_lake()
        again = [row[:6] for row in self.table()]
        self.assertEqual([row[:2] for row in again], [row[:2] for row in before])
        self.assertEqual([row[5] for row in again], [row[5] for row in before])

    def test_only_touched_partitions_change(self):
        day = {"updated_at": "2025-01-05T00:00:00Z", "shop": "a"}
        self.land(0, "1.json", [{"customer_id": i, "country": c, **day}
                                for i, c in enumerate(["DE", "FR", "IT"])])
        self.run_lake()
        inodes = lambda: {f.name: (f.stat().st_ino, f.stat().st_mtime_ns)
                          for f in (self.root / "tables/customers").iterdir()}
        before = inodes()
        # A late older row changes nothing at all; a newer one only its partition.
        self.land(1, "2.json", [{"customer_id": 0, "country": "XX", "shop": "a",
                                 "updated_at": "2025-01-04T00:00:00Z"}])
        self.run_lake()
        self.assertEqual(inodes(), before)
        self.land(2, "3.json", [{"customer_id": 1, "country": "FR", "shop": "a",
                                 "updated_at": "2025-01-06T00:00:00Z"}])
        self.run_lake()
        after = inodes()
        self.assertEqual({k for k in before if before[k] != after.get(k)}, {"country=FR"})


if __name__ == "__main__":
    unittest.main()
