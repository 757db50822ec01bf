"""lakegate.filter against DuckDB: random predicates on random rows, the same records counted."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import duckdb

ROWS = 10_000
PREDICATES = 300
COLUMNS = {"name": "VARCHAR", "n": "BIGINT", "m": "BIGINT", "price": "DECIMAL(12,2)",
           "tax": "DECIMAL(18,4)", "x": "DOUBLE", "flag": "BOOLEAN", "day": "DATE",
           "at": "TIMESTAMP", "city": "VARCHAR", "odd name": "BIGINT"}
PROPERTIES = """      - {name: name, logicalType: string}
      - {name: n, logicalType: integer}
      - {name: m, logicalType: integer}
      - {name: price, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: tax, logicalType: number, physicalType: "decimal(18,4)"}
      - {name: x, logicalType: number}
      - {name: flag, logicalType: boolean}
      - {name: day, logicalType: date}
      - {name: at, logicalType: timestamp}
      - {name: "odd name", logicalType: integer}
      - {name: place, logicalType: object, properties: [{name: city, logicalType: string}]}
"""
TEXTS = ["", "a", "A", "ab", "abc", "a%b", "a_b", "é", "aé", "😀x", "it's", "x\\y", "zz", "100%"]
PATTERNS = ["%", "a%", "%b", "_", "__", "a_b", "%é%", "_x", "a!%b", "%!_%", "", "%a%b%", "it''s"]
NUMBERS = ["0", "1", "-1", "2.5", "2.50", "-0.01", "99.99", "1e2", "0.005", "9007199254740993",
           "-9223372036854775808", "12345.6789", "100", "+3", ".5"]
DAYS = ["2024-02-29", "2025-01-01", "1969-12-31"]
TIMES = ["2025-01-01 00:00:00", "2025-01-01T12:30:00.123456", "1969-12-31 23:59:59"]


def sql_name(column):
    return {"city": "place.city", "at": '"at"', "odd name": '"odd name"'}.get(column, column)


class Generator:
    def __init__(self, rng):
        self.rng = rng

    def literal(self, column):
        pick = self.rng.choice
        if self.rng.random() < 0.04:
            return "NULL"
        kind = COLUMNS[column]
        if kind == "VARCHAR":
            return "'" + pick(TEXTS).replace("'", "''") + "'"
        if kind == "BOOLEAN":
            return pick(["TRUE", "false"])
        if kind == "DATE":
            return pick(["", "DATE ", "date "]) + f"'{pick(DAYS)}'"
        if kind == "TIMESTAMP":
            return pick([f"'{pick(TIMES)}'", f"TIMESTAMP '{pick(TIMES)}'", f"DATE '{pick(DAYS)}'"])
        return pick(NUMBERS)

    def predicate(self):
        pick = self.rng.choice
        column = pick(list(COLUMNS))
        name, negated = sql_name(column), pick(["", "", "NOT "])
        sign = pick(["=", "<>", "!=", "<", "<=", ">", ">="])
        shape = self.rng.randrange(8)
        if shape == 0:
            return f"{name} IS {negated}NULL"
        if shape == 1:
            values = ", ".join(self.literal(column) for _ in range(self.rng.randint(1, 4)))
            return f"{name} {negated}IN ({values})"
        if shape == 2:
            return f"{name} {negated}BETWEEN {self.literal(column)} AND {self.literal(column)}"
        if shape == 3:
            escape = pick(["", " ESCAPE '!'"])
            return f"{pick(['name', 'place.city'])} {negated}LIKE '{pick(PATTERNS)}'{escape}"
        if shape == 4:
            return f"{negated}flag"
        if shape == 5:
            numeric = ["n", "m", "price", "tax", "x"]
            return f"{pick(numeric)} {sign} {pick(numeric)}"
        if shape == 6 and column != "day":
            return f"{self.literal(column)} {sign} {name}"
        return f"{name} {sign} {self.literal(column)}"

    def tree(self, depth=0):
        if depth > 3 or self.rng.random() < 0.35:
            return self.predicate()
        word = self.rng.choice([" AND ", " OR ", " and ", " or "])
        parts = [self.tree(depth + 1) for _ in range(self.rng.randint(2, 3))]
        parts = [f"({part})" if self.rng.random() < 0.7 else part for part in parts]
        return self.rng.choice(["", "", "NOT "]) + "(" + word.join(parts) + ")"


def random_row(rng):
    def maybe(value):
        return None if rng.random() < 0.15 else value
    return {
        "name": maybe(rng.choice(TEXTS)), "n": maybe(rng.choice([0, 1, -1, 2, 3, 100,
                                                               9007199254740993, -2**63])),
        "m": maybe(rng.randint(-3, 3)), "price": maybe(rng.choice(["2.5", "99.99", "-0.01", "0",
                                                                  "100.00", "12345.67"])),
        "tax": maybe(rng.choice(["2.5000", "0.005", "12345.6789", "-0.01", "0", "1"])),
        "x": maybe(rng.choice([0.0, 0.005, 2.5, -1.0, 1e2, 12345.6789, 9007199254740992.0])),
        "flag": maybe(rng.random() < 0.5), "day": maybe(rng.choice(DAYS)),
        "at": maybe(rng.choice(TIMES).replace(" ", "T")), "odd name": maybe(rng.randint(0, 2)),
        "place": maybe({"city": maybe(rng.choice(TEXTS))})}


def line_of(row):
    numbers = {key: row[key] for key in ("price", "tax")}
    text = json.dumps({**row, "price": None, "tax": None})
    for key, value in numbers.items():
        text = text.replace(f'"{key}": null', f'"{key}": {value or "null"}', 1)
    return text


class FilterOracleTest(unittest.TestCase):
    def test_the_same_records_as_duckdb(self):
        rng = random.Random(44)
        rows = [random_row(rng) for _ in range(ROWS)]
        generator = Generator(rng)
        predicates = [generator.tree() for _ in range(PREDICATES)]
        quality = "".join(
            f"      - {{id: f{i}, metric: rowCount, mustBeGreaterOrEqualTo: 0, customProperties: "
            f"[{{property: lakegate.filter, value: {json.dumps(text, ensure_ascii=False)}}}]}}\n"
            for i, text in enumerate(predicates))
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "c.yaml").write_text(
                "apiVersion: v3.1.0\nkind: DataContract\nid: f\nversion: 1.0.0\nstatus: active\n"
                f"schema:\n  - name: t\n    logicalType: object\n    properties:\n{PROPERTIES}"
                f"    quality:\n{quality}")
            (folder / "a.ndjson").write_text("".join(line_of(row) + "\n" for row in rows))
            done = subprocess.run(
                [os.environ["LAKEGATE_PROGRAM"], "check", "a.ndjson", "--contract", "c.yaml",
                 "--report", "r.json"], cwd=folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr + done.stdout[-2000:])
            report = json.loads((folder / "r.json").read_text())
            self.assertEqual(report["accepted"], ROWS)
            ours = {rule["id"]: rule["value"] for rule in report["rules"]}
            columns = ", ".join(f"'{key}': '{kind}'" for key, kind in COLUMNS.items()
                                if key != "city")
            duckdb.sql("CREATE OR REPLACE TABLE t AS SELECT * FROM read_json("
                       f"'{folder}/a.ndjson', format = 'newline_delimited', columns = "
                       f"{{{columns}, 'place': 'STRUCT(city VARCHAR)'}})")
        counts, differences = set(), []
        for i, text in enumerate(predicates):
            theirs = duckdb.sql(f"SELECT count(*) FROM t WHERE {text}").fetchall()[0][0]
            counts.add(theirs)
            if theirs != ours[f"f{i}"]:
                differences.append((text, theirs, ours[f"f{i}"]))
        self.assertEqual(differences, [])
        self.assertGreater(len(counts), PREDICATES / 2)  # they do tell records apart


if __name__ == "__main__":
    unittest.main()
