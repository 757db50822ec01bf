"""Appended tables: files that lose rows are written again as they were; an older contract's files
stay; many partitions in one load take bounded memory."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import duckdb
import pyarrow.parquet

from table_reader_test import CONTRACT, EXPECTED, RECORDS
from peak_memory import run_measured
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
LAKE = """version: 1
name: readers
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/date={date}/*.json", format: ndjson}
    publish: {mode: append, partition_by: [date], codec: CODEC}
"""
SMALL = contract(
    "{name: id, logicalType: integer, required: true}",
    "{name: at, logicalType: timestamp}",
    "{name: text, logicalType: string}")


class AppendTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_lake(self):
        done = subprocess.run([PROGRAM, "run"], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_file_that_loses_rows_keeps_all_else(self):
        for codec in ("zstd", "snappy", "none"):
            with self.subTest(codec=codec):
                self.setUp()
                self.write("lakegate.yaml", LAKE.replace("CODEC", codec))
                self.write("c.odcs.yaml", CONTRACT)
                lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
                land = "land/events/date=2025-01-01/"
                for name, copies in (("a", 2), ("b", 300), ("c", 1)):
                    self.write(f"{land}{name}.json", lines * copies)
                self.run_lake()
                table = self.root / "tables/events/date=2025-01-01"
                (before,) = table.glob("*.parquet")
                old = pyarrow.parquet.ParquetFile(before)
                self.write(f"{land}b.json", lines * 3)
                self.run_lake()
                kept, new = sorted(table.glob("*.parquet"))
                self.assertNotEqual(kept.name, before.name)
                read = pyarrow.parquet.ParquetFile(kept, page_checksum_verification=True)
                self.assertEqual(read.read().to_pylist(), EXPECTED * 3)
                self.assertEqual(pyarrow.parquet.read_table(new, partitioning=None).to_pylist(),
                                 EXPECTED * 3)
                # Types, encodings and compression are those of before.
                self.assertEqual(read.schema_arrow, old.schema_arrow)
                for i in range(old.metadata.num_columns):
                    a, b = (f.metadata.row_group(0).column(i) for f in (old, read))
                    self.assertEqual((a.path_in_schema, a.physical_type, a.compression,
                                      a.is_stats_set, set(a.encodings)),
                                     (b.path_in_schema, b.physical_type, b.compression,
                                      b.is_stats_set, set(b.encodings)))
                self.assertEqual(read.metadata.created_by, old.metadata.created_by)

    def test_files_of_an_older_contract_stay(self):
        self.write("lakegate.yaml", LAKE.replace("CODEC", "zstd").replace("date={date}/", "")
                   .replace("[date]", "[{date: at}]"))
        self.write("c.odcs.yaml", SMALL)
        self.write("land/events/a.json", '{"id": 1, "at": "2025-01-01T00:00:00Z"}\n')
        self.write("land/events/b.json", '{"id": 2, "at": "2025-01-01T00:00:00Z"}\n')
        self.run_lake()
        self.write("c.odcs.yaml", SMALL + "      - {name: more, logicalType: integer}\n")
        self.write("land/events/c.json", '{"id": 3, "at": "2025-01-01T00:00:00Z", "more": 7}\n')
        self.write("land/events/b.json", '{"id": 20, "at": "2025-01-01T00:00:00Z", "more": 8}\n')
        self.run_lake()
        rows = duckdb.execute("SELECT id, more FROM read_parquet(?, union_by_name = true)"
                              " ORDER BY id",
                              [str(self.root / "tables/events/*/*.parquet")]).fetchall()
        self.assertEqual(rows, [(1, None), (3, 7), (20, 8)])

    def test_many_partitions_in_bounded_memory(self):
        self.write("lakegate.yaml", LAKE.replace("CODEC", "snappy").replace("date={date}/", "")
                   .replace("[date]", "[{date: at}]"))
        self.write("c.odcs.yaml", SMALL)
        days, each = 400, 450
        with open(self.root / "land.json", "w", encoding="utf-8") as file:
            for n in range(each):
                for day in range(days):
                    year, rest = divmod(day, 336)
                    month, monthday = divmod(rest, 28)
                    file.write(f'{{"id": {n * days + day}, "text": "{n % 10}{"x" * 700}", "at": '
                               f'"{2020 + year}-{month + 1:02}-{monthday + 1:02}T10:00:00Z"}}\n')
        (self.root / "land/events").mkdir(parents=True)
        (self.root / "land.json").rename(self.root / "land/events/a.json")
        code, _, peak = run_measured([PROGRAM, "run"], self.root)
        self.assertEqual(code, 0)
        files = list((self.root / "tables/events").glob("*/*.parquet"))
        self.assertEqual(len(files), days)  # one file a partition, however often it was spilled
        counts = duckdb.execute(
            "SELECT count(*), count(DISTINCT id), min(c), max(c) FROM (SELECT id, count(*) OVER"
            " (PARTITION BY at_date) AS c, row_number() OVER (PARTITION BY at_date) FROM"
            " read_parquet(?, hive_partitioning = true))",
            [[str(f) for f in files]]).fetchall()[0]
        self.assertEqual(counts, (days * each, days * each, each, each))
        # Input order is kept within a partition.
        for file in files[:5]:
            ids = pyarrow.parquet.ParquetFile(file).read(["id"]).column("id").to_pylist()
            self.assertEqual(ids, sorted(ids))
        # 130 MB of text in 400 partitions; far less is held. (MB; sanitizers need more.)
        if "san" not in PROGRAM:
            self.assertLess(peak, 260)


if __name__ == "__main__":
    unittest.main()
