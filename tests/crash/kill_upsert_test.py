"""Upsert under kills: customers change, move between countries, are deleted and come late, while
runs are killed with SIGKILL at random moments. The table equals an independent computation."""

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
SEED = 20250403
ROUNDS = 30
LAKE = """version: 1
name: t
datasets:
  customers:
    contract: c.odcs.yaml
    landing: {path: "customers/*.json", format: ndjson}
    publish:
      mode: upsert
      key: [id]
      order_by: version
      partition_by: [country]
      tombstone: {op: delete}
"""
CONTRACT = contract(
    "{name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}",
    "{name: country, logicalType: string}",
    "{name: name, logicalType: string}",
    "{name: version, logicalType: integer}",
    "{name: op, logicalType: string}",
    table="customers")


class KillUpsertTest(unittest.TestCase):
    def test_the_newest_version_of_every_key(self):
        rng = random.Random(SEED)
        kills = 0
        whole_s = 0  # the longest run that was not killed; the first one never is
        landed = []
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
            (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
            land = root / "land/customers"
            land.mkdir(parents=True)
            for number in range(ROUNDS):
                lines = []
                for _ in range(rng.randrange(1, 300)):
                    # Unique versions, so that no tie depends on which files one run took.
                    record = {"id": rng.randrange(200), "name": f"n{len(landed)}",
                              "country": rng.choice(["DE", "FR", "IT", None]),
                              "version": rng.randrange(10**9),
                              "op": "delete" if rng.random() < 0.15 else "put"}
                    landed.append(record)
                    lines.append(json.dumps(record))
                (land / f"f{number:03}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
                process = subprocess.Popen([PROGRAM, "run"], cwd=root, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE)
                try:
                    started = time.monotonic()
                    process.communicate(timeout=rng.uniform(0.01, 1.3 * whole_s)
                                        if whole_s else None)
                    whole_s = max(whole_s, time.monotonic() - started)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.communicate()
                    kills += 1
                if number % 6 == 5:
                    self.check(root, landed)
            self.check(root, landed)
        print(f"{kills} of {ROUNDS} runs killed, {len(landed)} records")
        self.assertGreater(kills, ROUNDS // 10)

    def check(self, root, landed):
        done = subprocess.run([PROGRAM, "run"], cwd=root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        newest = {}
        for record in landed:
            known = newest.get(record["id"])
            if known is None or record["version"] > known["version"]:
                newest[record["id"]] = record
        wanted = sorted((r["id"], r["name"], r["country"], r["version"])
                        for r in newest.values() if r["op"] != "delete")
        files = sorted(str(file) for file in (root / "tables/customers").glob("*/*.parquet"))
        rows = duckdb.execute(
            "SELECT id, name, country, version FROM read_parquet(?, hive_partitioning = true,"
            " union_by_name = true) ORDER BY id", [files]).fetchall()
        self.assertEqual(rows, wanted)
        with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
            one = lambda sql: ledger.execute(sql).fetchone()[0]
            self.assertEqual(one("SELECT count(*) FROM intent"), 0)
            self.assertEqual(one("SELECT count(*) FROM landed_file WHERE state <> 'consumed'"), 0)


if __name__ == "__main__":
    unittest.main()
