"""The sample lake, three seeds: tables, quarantine and reports against the landed bytes."""

import collections
import csv
import datetime
import hashlib
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import duckdb
import pyarrow.parquet
import record_oracle as oracle

NOW = "2025-01-05T00:00:00Z"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
DATES = ("2025-01-01", "2025-01-02", "2025-01-03")
EVENT = [("event_id", "string", {"required": True, "format": "uuid"}), ("user_id", "string", {}),
         ("event_type", "string", {"required": True,
                                   "enum": ["login", "view_item", "add_to_cart", "purchase"]}),
         ("event_ts", "timestamp", {"required": True}),
         ("amount", "decimal", {"decimal": (12, 2), "minimum": 0})]
CUSTOMER = [("customer_id", "integer", {"required": True, "unique": True}),
            ("name", "string", {"required": True, "minLength": 1, "maxLength": 80}),
            ("email", "string", {"required": True, "format": "email"}), ("city", "string", {}),
            ("signed_up", "date", {"required": True})]


def call(*words, codes):
    done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], *words], capture_output=True,
                          text=True, check=False)
    if done.returncode not in codes:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def checksum(values):
    """Of a column, in order; the same for PyArrow, DuckDB and our own values."""
    return hashlib.sha256(repr(list(values)).encode()).hexdigest()


def plain(value):
    """Times as microseconds, since readers name the zone in their own ways."""
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    return value


class Expected:
    """One partition, computed from the landed bytes."""

    def __init__(self):
        self.rows = []
        self.rejects = []  # (file name, line, offset, length, codes)
        self.records = 0


def expected_events(lake, date):
    out = Expected()
    judge = oracle.Oracle(EVENT)
    for file in sorted((lake / f"land/events/ingestion_date={date}").iterdir()):
        offset = 0
        for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
            content = line.removesuffix(b"\r")
            if content.strip(b" \t\r"):
                out.records += 1
                values, reasons = judge.judge_line(content)
                if reasons:
                    codes = sorted(code for code, _ in reasons)
                    out.rejects.append((file.name, number, offset, len(content), codes))
                else:
                    out.rows.append(values)
            offset += len(line) + 1
    return out


def expected_customers(lake):
    """The first file only: the second has moved columns and is held. No cell has a line end, and
    an unquoted empty cell is null."""
    out = Expected()
    judge = oracle.Oracle(CUSTOMER)
    file = lake / "land/customers/customers_2025-01-01.csv"
    offset = 0
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if number > 1 and line:
            out.records += 1
            cells = next(csv.reader(io.StringIO(line.decode())))
            values, reasons = judge.judge_row([cell or None for cell in cells])
            codes = sorted(code for code, _ in reasons)
            if len(cells) != len(CUSTOMER):
                codes = ["missing-cell" if len(cells) < len(CUSTOMER) else "extra-cell"]
            if codes:
                out.rejects.append((file.name, number, offset, len(line), codes))
            else:
                out.rows.append(values)
        offset += len(line) + 1
    return out


def check_lake(test, seed):
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    lake = pathlib.Path(folder.name) / "lake"
    call("demo", str(lake), "--seed", str(seed), "--events", "3000", codes=(0,))
    call("run", "-C", str(lake), "--force", "--now", NOW, codes=(1,))
    return lake


def newest(lake, dataset, partition):
    """Report and quarantine folder of the newest run: ids are ordered by time."""
    part = [] if partition == "-" else [partition]
    report = sorted(lake.joinpath("reports", dataset, *part).glob("*.json"))[-1]
    return (json.loads(report.read_text(encoding="utf-8")),
            lake.joinpath("quarantine", dataset, *part, report.stem))


class DemoLakeTest(unittest.TestCase):
    def test_three_seeds(self):
        for seed in (1, 2, 3):
            lake = check_lake(self, seed)
            for date in DATES:
                with self.subTest(seed=seed, date=date):
                    self.check_events(lake, date)
            with self.subTest(seed=seed, dataset="customers"):
                self.check_customers(lake)

    def check_report(self, lake, dataset, partition, expected):
        report, quarantine = newest(lake, dataset, partition)
        self.assertEqual((report["records"], report["accepted"], report["quarantined"]),
                         (expected.records, len(expected.rows), len(expected.rejects)))
        found = []
        with open(quarantine / "rejects.ndjson", encoding="utf-8") as lines:
            for entry in map(json.loads, lines):
                landed = (lake / entry["file"]).read_bytes()
                original = landed[entry["offset"]:entry["offset"] + entry["length"]]
                kept = (quarantine / "rejects.bytes").read_bytes()
                at = entry["position"]
                self.assertEqual(kept[at:at + len(original)], original)
                found.append((pathlib.PurePath(entry["file"]).name, entry["line"], entry["offset"],
                              entry["length"], sorted(r["code"] for r in entry["reasons"])))
        self.assertEqual(found, expected.rejects)
        for file in report["files"]:
            if not file["rejected"]:
                counts = file["bytes"]
                self.assertEqual(counts["accepted"] + counts["quarantined"] + counts["skipped"]
                                 + counts["line_ends"], counts["read"])
                self.assertEqual(counts["read"], (lake / file["path"]).stat().st_size)
        return report

    def check_table(self, folder, fields, expected, key):
        names = [field[0] for field in fields]
        files = sorted(folder.glob("*.parquet"))
        arrow = []
        for file in files:
            arrow += pyarrow.parquet.ParquetFile(file).read().to_pylist()
        listed = ", ".join(f"'{file}'" for file in files)
        table = f"read_parquet([{listed}], hive_partitioning = false)"
        duckdb.sql("SET TimeZone = 'UTC'")
        self.assertEqual(len(arrow), len(expected.rows))
        for name, kind, _ in fields:
            wanted = [plain(row[name]) for row in expected.rows]
            self.assertEqual(checksum(plain(row[name]) for row in arrow), checksum(wanted), name)
            # DuckDB needs pytz for zoned times in Python: their microseconds are compared.
            read = f"epoch_us({name})" if kind == "timestamp" else name
            found = [row[0] for row in duckdb.sql(f"SELECT {read} FROM {table}").fetchall()]
            self.assertEqual(checksum(found), checksum(wanted), f"{name} by DuckDB")
        rows, distinct = duckdb.sql(
            f"SELECT count(*), count(DISTINCT {key}) FROM {table}").fetchall()[0]
        self.assertEqual((rows, distinct),
                         (len(expected.rows), len({row[key] for row in expected.rows})))
        self.assertEqual(set(names) - set(pyarrow.parquet.read_schema(files[0]).names), set())
        return table

    def check_events(self, lake, date):
        expected = expected_events(lake, date)
        partition = f"ingestion_date={date}"
        report = self.check_report(lake, "events", partition, expected)
        folder = lake / "tables/events" / partition
        values = {rule["id"]: rule for rule in report["rules"]}
        ids = collections.Counter(row["event_id"] for row in expected.rows)
        copies = sum(ids.values()) - len(ids)
        if date == DATES[2]:
            self.assertEqual(report["gate"], "closed")
            self.assertFalse(folder.exists())
            self.assertEqual(values["few-duplicates"]["verdict"], "failed")
            self.assertGreater(100 * copies / expected.records, 2)
            return
        table = self.check_table(folder, EVENT, expected, "event_id")
        self.assertEqual(report["table_files"][0]["rows"], len(expected.rows))
        total = sum((row["amount"] for row in expected.rows if row["amount"] is not None),
                    start=oracle.decimal.Decimal(0))
        self.assertEqual(duckdb.sql(f"SELECT sum(amount) FROM {table}").fetchall()[0][0], total)
        stamps = duckdb.sql(f"SELECT DISTINCT epoch_us(processing_ts) FROM {table}").fetchall()
        self.assertEqual(stamps, [(1736035200 * 1_000_000,)])

    def check_customers(self, lake):
        expected = expected_customers(lake)
        report = self.check_report(lake, "customers", "-", expected)
        self.assertEqual([file["rejected"] for file in report["files"]], [False, True])
        self.check_table(lake / "tables/customers", CUSTOMER, expected, "customer_id")

    def test_types(self):
        lake = check_lake(self, 1)
        types = {name: kind for name, kind, *_ in duckdb.sql(
            f"DESCRIBE SELECT * FROM read_parquet('{lake}/tables/events/*/*.parquet', "
            f"hive_partitioning = false)").fetchall()}
        for name, kind in {"event_id": "VARCHAR", "event_ts": "TIMESTAMP WITH TIME ZONE",
                           "amount": "DECIMAL(12,2)",
                           "processing_ts": "TIMESTAMP WITH TIME ZONE"}.items():
            self.assertEqual(types[name], kind, name)


if __name__ == "__main__":
    unittest.main()
