"""publish.add_columns: what independent readers see, and that every row leads back to its line."""

import datetime
import os
import pathlib
import subprocess
import tempfile
import unittest

import duckdb
import pyarrow
import pyarrow.parquet

CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: added.events
version: 1.0.0
status: active
schema:
  - name: events
    logicalType: object
    properties:
      - {name: id, logicalType: integer, required: true}
"""
LAKE = """version: 1
name: added
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/*.json", format: ndjson}
    publish:
      mode: replace_partition
      add_columns:
        started: run_started_at
        run: run_id
        code: code_version
        file: source_file
        line: source_line
        landed: landed_at
"""
NOW = datetime.datetime(2025, 1, 5, tzinfo=datetime.timezone.utc)


class AddedColumnsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.lake = pathlib.Path(folder.name)
        (cls.lake / "lakegate.yaml").write_text(LAKE)
        (cls.lake / "c.odcs.yaml").write_text(CONTRACT)
        land = cls.lake / "land/events"
        land.mkdir(parents=True)
        for name, count in (("a.json", 3000), ("b.json", 5)):
            lines = [f'{{"id": {i}}}' if i % 7 else "{broken" for i in range(count)]
            (land / name).write_text("\n".join(lines) + "\n")
        cls.before = datetime.datetime.now(datetime.timezone.utc)
        done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], "run", "-C", cls.lake, "--now",
                               "2025-01-05T00:00:00Z"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"run ended with {done.returncode}\n{done.stdout}{done.stderr}")
        cls.rows = []
        cls.files = sorted((cls.lake / "tables/events").glob("*.parquet"))
        for file in cls.files:
            cls.rows += pyarrow.parquet.ParquetFile(file).read().to_pylist()

    def test_every_row_leads_back_to_its_line(self):
        self.assertEqual(len(self.rows), sum(1 for i in range(3000) if i % 7) + 4)
        for row in self.rows:
            line = (self.lake / row["file"]).read_text().splitlines()[row["line"] - 1]
            self.assertEqual(line, f'{{"id": {row["id"]}}}')

    def test_types_and_constants(self):
        utc = pyarrow.timestamp("us", tz="UTC")
        schema = pyarrow.parquet.read_schema(self.files[0])
        self.assertEqual({f.name: f.type for f in schema},
                         {"id": pyarrow.int64(), "file": pyarrow.string(), "line": pyarrow.int64(),
                          "landed": utc, "started": utc, "run": pyarrow.string(),
                          "code": pyarrow.string()})
        self.assertEqual({row["started"] for row in self.rows}, {NOW})
        run = next((self.lake / "reports/events").glob("*.json")).stem
        self.assertEqual({row["run"] for row in self.rows}, {run})
        for row in self.rows:
            self.assertGreaterEqual(row["landed"], self.before)

    def test_duckdb_reads_the_same(self):
        files = [str(file) for file in self.files]
        rows = duckdb.execute("SELECT file, count(*), min(line), max(line), count(DISTINCT landed) "
                              "FROM read_parquet(?) GROUP BY file ORDER BY file", [files]).fetchall()
        self.assertEqual(rows, [("land/events/a.json", 2571, 2, 3000, 1),
                                ("land/events/b.json", 4, 2, 5, 1)])


if __name__ == "__main__":
    unittest.main()
