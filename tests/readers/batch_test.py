"""Thousands of small files in batches: each batch is a run of its own, a killed run goes on with the
files that are not taken yet, and every record is there once."""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import duckdb
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
FILES = 2000
BATCH = 100
BAD = 777  # a file without a single good record
LAKE = f"""version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {{path: "events/*.json", format: ndjson, batch: {{files: {BATCH}}}}}
    publish: {{mode: append, compact: {{}}}}
"""
CONTRACT = contract(
    "{name: n, logicalType: integer, required: true}")


class BatchTest(unittest.TestCase):
    def test_thousands_of_files(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
            (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
            land = root / "land/events"
            land.mkdir(parents=True)
            for n in range(FILES):
                text = "" if n == BAD else f'{{"n": {n}}}\n{{"n": "x"}}\n'
                (land / f"{n:05}.json").write_text(text, encoding="utf-8")
            process = subprocess.Popen([PROGRAM, "run"], cwd=root, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            while self.taken(root) < 3 * BATCH and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            before = self.taken(root)
            self.assertGreaterEqual(before, 3 * BATCH)
            done = subprocess.run([PROGRAM, "run", "--json"], cwd=root, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            results = json.loads(done.stdout)["results"]
            # What was taken before the kill is not read again.
            self.assertEqual(sum(result["accepted"] for result in results) + before, FILES - 1)
            self.assertEqual(self.taken(root), FILES - 1)
            with duckdb.connect() as connection:
                rows = connection.execute("SELECT n FROM read_parquet(?) ORDER BY n",
                                          [f"{root}/tables/events/*.parquet"]).fetchall()
            self.assertEqual(rows, [(n,) for n in range(FILES) if n != BAD])
            self.assertLess(len(list((root / "tables/events").glob("*.parquet"))), FILES // BATCH)
            print(f"killed after {before} files, {len(results)} batches afterwards")

    def taken(self, root):
        try:
            with sqlite3.connect(f"file:{root}/.lakegate/ledger.db?mode=ro", uri=True) as ledger:
                return ledger.execute("SELECT count(*) FROM landed_file"
                                      " WHERE state = 'consumed'").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # not made yet


if __name__ == "__main__":
    unittest.main()
