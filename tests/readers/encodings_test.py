"""Every encoding of Parquet pages that Lakegate writes, read by PyArrow, DuckDB and Polars."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import duckdb
import polars
import pyarrow.parquet

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: readers.encodings
version: 1.0.0
status: active
schema:
  - name: t
    logicalType: object
    properties:
      - {name: row, logicalType: integer, required: true}
      - {name: uuid, logicalType: string, logicalTypeOptions: {format: uuid}}
      - {name: text, logicalType: string}
      - {name: few, logicalType: string}
      - {name: nothing, logicalType: string}
      - {name: none, logicalType: integer}
      - {name: wide, logicalType: integer}
      - {name: small, logicalType: integer, logicalTypeOptions: {format: i32}}
      - {name: steps, logicalType: integer}
      - {name: real, logicalType: number}
      - {name: yes, logicalType: boolean}
      - {name: list, logicalType: array, items: {logicalType: integer}}
      - {name: words, logicalType: array, items: {logicalType: string}}
"""
LAKE = """version: 1
name: encodings
datasets:
  t:
    contract: c.odcs.yaml
    landing: {path: "t/*.json", format: ndjson, keep: in_place}
    publish: {mode: replace_partition, codec: CODEC}
"""
ROWS = 30_000


def made_rows():
    draw = random.Random(7)
    def some(value):
        return None if draw.random() < 0.2 else value

    for row in range(ROWS):
        yield {
            "row": row,
            "uuid": some(f"{draw.getrandbits(128):032x}"),
            "text": some("".join(draw.choices("abc é€", k=draw.randrange(60)))),
            "few": some(draw.choice(["", "x", "some more text than sixteen bytes"])),
            "nothing": None,
            "none": None,
            "wide": some(draw.randrange(-2**63, 2**63)),
            "small": some(draw.choice([-2**31, 2**31 - 1, draw.randrange(-2**31, 2**31)])),
            "steps": row * 1000,
            "real": some(draw.random()),
            "yes": some(draw.random() < 0.5),
            "list": some([some(draw.randrange(10**12)) for _ in range(draw.randrange(4))]),
            "words": some([some(draw.choice(["a", "bb", ""])) for _ in range(draw.randrange(4))]),
        }


def with_dashes(row):
    text = row["uuid"]
    if text:
        row["uuid"] = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return row


class EncodingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = [with_dashes(row) for row in made_rows()]
        cls.files = {}
        for codec in ("zstd", "snappy", "none"):
            folder = tempfile.TemporaryDirectory()
            cls.addClassCleanup(folder.cleanup)
            lake = pathlib.Path(folder.name)
            (lake / "land/t").mkdir(parents=True)
            (lake / "lakegate.yaml").write_text(LAKE.replace("CODEC", codec))
            (lake / "c.odcs.yaml").write_text(CONTRACT)
            (lake / "land/t/a.json").write_text(
                "".join(json.dumps(row) + "\n" for row in cls.rows))
            done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], "run", "-C", lake],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise AssertionError(f"{done.stdout}{done.stderr}")
            cls.files[codec], = (lake / "tables/t").glob("*.parquet")

    def test_the_encodings_are_there(self):
        metadata = pyarrow.parquet.ParquetFile(self.files["zstd"]).metadata.row_group(0)
        found = {metadata.column(i).path_in_schema: set(metadata.column(i).encodings)
                 for i in range(metadata.num_columns)}
        for column, encoding in [("text", "DELTA_LENGTH_BYTE_ARRAY"), ("few", "RLE_DICTIONARY"),
                                 ("uuid", "DELTA_LENGTH_BYTE_ARRAY"), ("real", "PLAIN"),
                                 ("wide", "DELTA_BINARY_PACKED"), ("small", "DELTA_BINARY_PACKED"),
                                 ("steps", "DELTA_BINARY_PACKED"),
                                 ("list.list.element", "DELTA_BINARY_PACKED"),
                                 ("words.list.element", "RLE_DICTIONARY")]:
            self.assertIn(encoding, found[column], column)

    def test_pyarrow_reads_every_row(self):
        for codec, file in self.files.items():
            table = pyarrow.parquet.ParquetFile(file, page_checksum_verification=True).read()
            self.assertTrue(table.to_pylist() == self.rows, codec)

    def test_duckdb_reads_every_row(self):
        for codec, file in self.files.items():
            found = duckdb.sql(f"SELECT * FROM '{file}'")
            names = found.columns
            rows = [dict(zip(names, row)) for row in found.fetchall()]
            self.assertTrue(rows == self.rows, codec)

    def test_polars_reads_every_row(self):
        for codec, file in self.files.items():
            self.assertTrue(polars.read_parquet(file).to_dicts() == self.rows, codec)

    def test_filters_that_use_statistics_find_the_rows(self):
        file = self.files["zstd"]
        for condition, holds in [
                ("few = 'x'", lambda row: row["few"] == "x"),
                ("few > 'y'", lambda row: row["few"] is not None and row["few"] > "y"),
                ("small = -2147483648", lambda row: row["small"] == -2**31),
                ("steps BETWEEN 17000 AND 17999", lambda row: 17000 <= row["steps"] <= 17999),
                ("wide < -9223372036854770000", lambda row: (row["wide"] or 0) < -9223372036854770000),
                ("none IS NOT NULL", lambda row: False)]:
            count, = duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE {condition}").fetchall()[0]
            self.assertEqual(count, sum(1 for row in self.rows if holds(row)), condition)


if __name__ == "__main__":
    unittest.main()
