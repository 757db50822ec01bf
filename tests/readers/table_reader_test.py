"""Tables that Lakegate published, read by PyArrow and DuckDB."""

import datetime
import decimal
import json
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
id: readers.events
version: 1.0.0
status: active
schema:
  - name: events
    logicalType: object
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: count, logicalType: integer}
      - {name: price, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: score, logicalType: number}
      - {name: member, logicalType: boolean}
      - {name: day, logicalType: date}
      - {name: at, logicalType: timestamp}
      - {name: tags, logicalType: array, items: {logicalType: string}}
      - name: place
        logicalType: object
        properties:
          - {name: city, logicalType: string}
          - {name: floor, logicalType: integer}
      - name: prices
        logicalType: map
        map:
          key: {logicalType: string}
          value: {logicalType: number, physicalType: "decimal(8,2)"}
      - name: levels
        logicalType: map
        map:
          key: {logicalType: integer}
          value:
            logicalType: object
            properties:
              - {name: names, logicalType: array, items: {logicalType: string}}
      - {name: embedding, logicalType: vector, logicalTypeOptions: {dimensions: 2}}
      - {name: date, logicalType: string, partitioned: true, partitionKeyPosition: 1}
"""
LAKE = """version: 1
name: readers
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/date={date}/*.json", format: ndjson, keep: in_place}
    publish: {mode: replace_partition, partition_by: [date]}
"""
UTC = datetime.timezone.utc
RECORDS = [
    {"id": "a", "count": 9007199254740993, "price": 1.10, "score": 0.1, "member": True,
     "day": "2024-02-29", "at": "2025-01-01T10:00:00.123456+02:00", "tags": ["x", None, "y"],
     "place": {"city": "Gdańsk", "floor": -1}, "prices": {"EUR": 1.50, "€": None},
     "levels": {"-7": {"names": ["x", "y"]}, "8": {"names": None}}, "embedding": [0.5, -2]},
    {"id": "", "count": None, "price": None, "score": None, "member": None, "day": None,
     "at": None, "tags": None, "place": None},
    {"id": "c", "tags": [], "place": {"city": None}, "prices": {}, "levels": {"1": None}},
    {"id": "\u0000\U0001f600", "score": -1e300, "member": False, "price": 9999999999.99},
]
NOTHING = dict.fromkeys(["count", "price", "score", "member", "day", "at", "tags", "place",
                         "prices", "levels", "embedding"])
EXPECTED = [
    {"id": "a", "count": 9007199254740993, "price": decimal.Decimal("1.10"), "score": 0.1,
     "member": True, "day": datetime.date(2024, 2, 29),
     "at": datetime.datetime(2025, 1, 1, 8, 0, 0, 123456, UTC), "tags": ["x", None, "y"],
     "place": {"city": "Gdańsk", "floor": -1},
     "prices": [("EUR", decimal.Decimal("1.50")), ("€", None)],
     "levels": [(-7, {"names": ["x", "y"]}), (8, {"names": None})], "embedding": [0.5, -2.0]},
    {"id": "", **NOTHING},
    {"id": "c", **NOTHING, "tags": [], "place": {"city": None, "floor": None}, "prices": [],
     "levels": [(1, None)]},
    {"id": "\u0000\U0001f600", **NOTHING, "score": -1e300, "member": False,
     "price": decimal.Decimal("9999999999.99")},
]


class TableReaderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.lake = pathlib.Path(folder.name)
        (cls.lake / "lakegate.yaml").write_text(LAKE)
        (cls.lake / "c.odcs.yaml").write_text(CONTRACT)
        for date, copies in (("2025-01-01", 1), ("2025-01-02", 3)):
            land = cls.lake / f"land/events/date={date}"
            land.mkdir(parents=True)
            lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
            # The second bad record breaks off inside a map, behind entries that were stored.
            bad = '{broken\n{"prices": {"a": 1, "b": "x"}, "levels": {"1": null, "x": null}}\n'
            (land / "events.json").write_text(lines * copies + bad + lines)
        done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], "run", "-C", cls.lake],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"run ended with {done.returncode}\n{done.stdout}{done.stderr}")
        cls.tables = cls.lake / "tables/events"

    def files_of(self, date):
        return sorted((self.tables / f"date={date}").glob("*.parquet"))

    def rows_of(self, date):
        rows = []
        for file in self.files_of(date):
            rows += pyarrow.parquet.ParquetFile(file).read().to_pylist()
        for row in rows:
            row.pop("date", None)
        return rows

    def test_pyarrow_reads_every_value_as_it_was(self):
        self.assertEqual(self.rows_of("2025-01-01"), EXPECTED * 2)

    def test_bad_lines_are_not_in_the_table_and_order_is_kept(self):
        self.assertEqual(self.rows_of("2025-01-02"), EXPECTED * 4)

    def test_pyarrow_sees_the_types_of_the_contract(self):
        schema = pyarrow.parquet.read_schema(self.files_of("2025-01-01")[0])
        for name, wanted in [("id", pyarrow.string()), ("count", pyarrow.int64()),
                             ("price", pyarrow.decimal128(12, 2)), ("score", pyarrow.float64()),
                             ("member", pyarrow.bool_()), ("day", pyarrow.date32()),
                             ("at", pyarrow.timestamp("us", tz="UTC")),
                             ("prices", pyarrow.map_(pyarrow.string(),
                                                     pyarrow.decimal128(8, 2))),
                             ("embedding", pyarrow.list_(pyarrow.float32()))]:
            self.assertEqual(schema.field(name).type, wanted, name)

    def test_checksums_and_statistics_of_the_files_hold(self):
        for file in self.files_of("2025-01-02"):
            opened = pyarrow.parquet.ParquetFile(file, page_checksum_verification=True)
            self.assertEqual(opened.read().num_rows, opened.metadata.num_rows)
            for group in range(opened.metadata.num_row_groups):
                ids, counts = (opened.metadata.row_group(group).column(i) for i in (0, 1))
                self.assertEqual((ids.path_in_schema, counts.path_in_schema), ("id", "count"))
                names = opened.read_row_group(group, columns=["id"]).column("id").to_pylist()
                self.assertEqual((ids.statistics.min, ids.statistics.max),  # by their bytes
                                 (min(names), max(names)))
                rows = opened.read_row_group(group, columns=["count"]).column("count")
                self.assertEqual(counts.statistics.null_count, rows.null_count)
                self.assertEqual(counts.statistics.max, max(v for v in rows.to_pylist()
                                                            if v is not None))

    def test_duckdb_reads_the_partitions(self):
        rows = duckdb.sql(
            f'SELECT date::VARCHAR, count(*), count(price), sum(price), max("at") IS NOT NULL, '
            f"max(place.city), sum(len(tags)), sum(prices['EUR']), max(levels[-7].names[2]), "
            f"sum(embedding[1]) FROM read_parquet('{self.tables}/*/*.parquet', "
            f"hive_partitioning = true) GROUP BY ALL ORDER BY ALL").fetchall()
        total, prices = decimal.Decimal("10000000001.09"), decimal.Decimal("1.50")
        self.assertEqual(rows, [
            ("2025-01-01", 8, 4, total * 2, True, "Gdańsk", 6, prices * 2, "y", 1.0),
            ("2025-01-02", 16, 8, total * 4, True, "Gdańsk", 12, prices * 4, "y", 2.0)])

    def test_duckdb_reads_the_quarantine(self):
        rows = duckdb.sql(
            f"SELECT line, list_transform(reasons, lambda r: r.code) FROM read_json('{self.lake}/quarantine/events/"
            f"*/*/rejects.ndjson', format = 'newline_delimited') ORDER BY line").fetchall()
        syntax, types = ["json-syntax"], ["required", "type-error", "type-error"]
        self.assertEqual(rows, [(5, syntax), (6, types), (13, syntax), (14, types)])


if __name__ == "__main__":
    unittest.main()
