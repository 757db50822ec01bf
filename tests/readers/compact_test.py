"""Compaction as other programs see it: the same rows in the same order, the same columns and
statistics, in fewer files; and everything that works on a table works on a compacted one."""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import unittest

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/*.json", format: ndjson}
    publish:
      mode: append
      partition_by: [{date: at}]
      add_columns: {file: source_file, line: source_line, run: run_id}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: events
    properties:
      - {name: n, logicalType: integer, required: true}
      - {name: at, logicalType: timestamp, required: true}
      - {name: small, logicalType: integer, physicalType: smallint}
      - {name: price, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: long_price, logicalType: number, physicalType: "decimal(30,4)"}
      - {name: ratio, logicalType: number}
      - {name: yes, logicalType: boolean}
      - {name: day, logicalType: date}
      - {name: name, logicalType: string}
      - {name: id, logicalType: string, logicalTypeOptions: {format: uuid}}
      - {name: never, logicalType: string}
      - name: tags
        logicalType: array
        items: {logicalType: string}
      - name: place
        logicalType: object
        properties:
          - {name: city, logicalType: string}
          - {name: zip, logicalType: integer}
"""
LATER = """      - {name: added_later, logicalType: string}
"""


def record(n):
    """Nulls, empty lists, repeated and unique values, negative and large numbers."""
    value = {"n": n, "at": f"2025-01-0{1 + n % 2}T{n % 24:02}:00:00.{n % 1000:03}Z"}
    if n % 3:
        value |= {"small": n % 300 - 150, "price": f"#{n % 977 - 400}.{n % 90 + 10}",
                  "ratio": n / 7 - 5, "yes": n % 2 == 0, "name": f"näme {n % 11}"}
    if n % 4:
        value |= {"long_price": f"#{n * 10**20}.0001", "day": f"2024-02-{n % 28 + 1:02}",
                  "id": f"{n * 7919:08x}-0000-4000-8000-{n:012x}",
                  "tags": [None if k == 1 else f"t{k}" for k in range(n % 4)]}
    if n % 5:
        value["place"] = {"city": f"c{n % 5}", "zip": None if n % 7 else n}
    return re.sub(r'"#([^"]*)"', r"\1", json.dumps(value))  # numbers of any length


def folders(root):
    return sorted((root / "tables/events").glob("*"))


def files_of(folder):
    return sorted(folder.glob("*.parquet"))


def content(folder):
    """All rows in order, by both readers; the columns; least, greatest and nulls of every one."""
    files = files_of(folder)
    by_arrow = pa.concat_tables([pq.ParquetFile(file).read() for file in files],
                                promote_options="default")
    with duckdb.connect() as connection:
        by_duckdb = connection.execute(
            'SELECT * REPLACE (CAST("at" AS VARCHAR) AS "at") FROM read_parquet(?, union_by_name = true)',
            [[str(file) for file in files]]).fetchall()
    statistics, incomplete = {}, set()
    for file in files:
        metadata = pq.ParquetFile(file).metadata
        for group in range(metadata.num_row_groups):
            for at in range(metadata.num_columns):
                column = metadata.row_group(group).column(at)
                found = column.statistics
                least, most, nulls = statistics.get(column.path_in_schema, (None, None, 0))
                if found.has_min_max:
                    least = found.min if least is None else min(least, found.min)
                    most = found.max if most is None else max(most, found.max)
                elif found.null_count < column.num_values:
                    incomplete.add(column.path_in_schema)  # lakegate knows none of free texts
                statistics[column.path_in_schema] = (least, most, nulls + found.null_count)
    schemas = {str(pq.ParquetFile(file).schema).split("\n", 1)[1] for file in files}
    statistics = {path: (None if path in incomplete else least, most, nulls)
                  for path, (least, most, nulls) in statistics.items()}
    return by_arrow.to_pylist(), by_arrow.schema, by_duckdb, schemas, statistics


class CompactTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        (self.root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
        (self.root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
        (self.root / "land/events").mkdir(parents=True)

    def tearDown(self):
        self.folder.cleanup()

    def lakegate(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr )
        return done.stdout

    def load(self, number, first, count):
        text = "".join(record(n) + "\n" for n in range(first, first + count))
        (self.root / f"land/events/{number:03}.json").write_text(text, encoding="utf-8")
        self.lakegate("run")

    def one(self, sql):
        with sqlite3.connect(self.root / ".lakegate/ledger.db") as ledger:
            return ledger.execute(sql).fetchone()[0]

    def check_same(self, now, then):
        self.assertEqual(now[:4], then[:4])
        rows, before, after = now[0], then[4], now[4]
        for column, (least, most, nulls) in before.items():
            self.assertEqual(after[column][2], nulls, column)
            if least is not None:
                self.assertEqual(after[column][:2], (least, most), column)
        for column in ("n", "name", "id"):
            values = [row[column] for row in rows if row[column] is not None]
            self.assertEqual(after[column][:2], (min(values), max(values)), column)

    def check_sources(self):
        """Every row leads back to the landed file that it says it came from."""
        with sqlite3.connect(self.root / ".lakegate/ledger.db") as ledger:
            traced = ledger.execute(
                "SELECT part_source.partition_key, name, first_row, rows, path FROM part_source JOIN"
                " landed_file ON landed_file.id = landed_file_id"
                " WHERE part_source.dataset = 'events'").fetchall()
        self.assertEqual(sum(rows for _, _, _, rows, _ in traced),
                         sum(len(content(folder)[0]) for folder in folders(self.root)))
        for key, name, first, rows, path in traced:
            column = pq.ParquetFile(self.root / "tables/events" / key / name).read(["file"])
            self.assertEqual(set(column.slice(first, rows).column("file").to_pylist()), {path})

    def test_same_rows_in_fewer_files(self):
        for number in range(12):
            self.load(number, number * 500, 1 + number * 41)
        before = {folder: content(folder) for folder in folders(self.root)}
        self.assertEqual([len(files_of(folder)) for folder in before], [12, 11])
        self.assertIn("12 files", self.lakegate("compact", "--dry-run"))
        self.assertEqual(len(files_of(folders(self.root)[0])), 12)
        text = self.lakegate("compact")
        self.assertIn("merged: 2 partitions, 0 left as they are", text)
        for folder, was in before.items():
            self.assertEqual(len(files_of(folder)), 1)
            self.check_same(content(folder), was)
        self.check_sources()
        inodes = {file: file.stat().st_ino for folder in before for file in files_of(folder)}
        self.assertIn("merged: 0 partitions, 2 left as they are", self.lakegate("compact"))
        self.assertIn("no change", self.lakegate("run"))
        self.assertEqual({file: file.stat().st_ino for folder in before
                          for file in files_of(folder)}, inodes)

    def test_a_damaged_page_is_not_merged(self):
        """Of the same size, and all of it can be decoded: only the checksum knows."""
        (self.root / "lakegate.yaml").write_text(
            LAKE.replace("mode: append", "codec: none\n      mode: append"), encoding="utf-8")
        for number in range(3):
            self.load(number, number * 500, 500)
        folder = folders(self.root)[0]
        file = files_of(folder)[1]
        group = pq.ParquetFile(file).metadata.row_group(0)
        column = next(group.column(at) for at in range(group.num_columns)
                      if group.column(at).path_in_schema == "at")
        self.assertFalse(column.has_dictionary_page)
        content_now = bytearray(file.read_bytes())
        content_now[column.data_page_offset + column.total_compressed_size - 1] ^= 1
        file.unlink()  # older versions have it, too
        file.write_bytes(content_now)
        files = files_of(folder)
        done = subprocess.run([PROGRAM, "compact"], cwd=self.root, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
        self.assertIn(file.name, done.stderr)
        self.assertEqual(files_of(folder), files)

    def test_target_size(self):
        for number in range(40):
            self.load(number, number * 1000, 300)
        folder = folders(self.root)[0]
        before = content(folder)
        target = 5 * files_of(folder)[0].stat().st_size
        self.lakegate("compact", "--target", str(target))
        files = files_of(folder)
        self.assertIn(len(files), range(2, 12))
        for file in files[:-1]:
            self.assertGreaterEqual(file.stat().st_size, target * 3 / 4)
        self.check_same(content(folder), before)
        self.check_sources()
        self.assertIn("merged: 0 partitions", self.lakegate("compact", "--target", str(target)))

    def test_files_of_two_contracts_stay_two(self):
        for number in range(3):
            self.load(number, number * 10, 10)
        (self.root / "c.odcs.yaml").write_text(CONTRACT + LATER, encoding="utf-8")
        for number in range(3, 6):
            self.load(number, number * 10, 10)
        before = {folder: content(folder) for folder in folders(self.root)}
        self.lakegate("compact")
        for folder, was in before.items():
            self.assertEqual(len(files_of(folder)), 2)
            self.check_same(content(folder), was)
        self.assertIn("merged: 0 partitions", self.lakegate("compact"))

    def test_life_goes_on(self):
        for number in range(6):
            self.load(number, number * 100, 60)
        self.lakegate("compact")
        # A changed file takes the place of its rows, in the middle of the merged file.
        changed = "".join(record(n) + "\n" for n in range(9000, 9020))
        (self.root / "land/events/002.json").write_text(changed, encoding="utf-8")
        self.lakegate("run")
        expected = [n for k in (0, 1, 3, 4, 5) for n in range(k * 100, k * 100 + 60)]
        expected += range(9000, 9020)
        self.assertEqual(self.numbers(), sorted(expected))
        self.check_sources()
        self.lakegate("compact")
        self.assertEqual(self.numbers(), sorted(expected))
        self.assertIn("no change", self.lakegate("run"))
        # Reading everything again counts nothing twice.
        self.assertIn("will be read again", self.lakegate("bookmark", "reset", "events"))
        self.lakegate("run")
        self.assertEqual(self.numbers(), sorted(expected))
        # A merged file that vanished is made again from the files that its rows came from.
        self.lakegate("compact")
        files_of(folders(self.root)[1])[0].unlink()
        self.lakegate("run")
        self.assertEqual(self.numbers(), sorted(expected))
        self.check_sources()
        self.lakegate("gc")
        self.assertEqual(self.numbers(), sorted(expected))
        self.assertEqual(self.one("SELECT count(*) FROM intent"), 0)

    def numbers(self):
        return sorted(row["n"] for folder in folders(self.root) for row in content(folder)[0])


if __name__ == "__main__":
    unittest.main()
