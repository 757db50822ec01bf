"""Random records: every verdict, and every published value, equals that of record_oracle.py."""

import csv
import datetime
import io
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import pyarrow.parquet
import record_oracle as oracle

SEEDS = (1, 2, 3)
RECORDS = 10_000
COLORS = ["red", "green", "blau"]
PLACE = [("city", "string", {"required": True}), ("floor", "integer", {"format": "i16"})]
FLAT = [
    ("key", "string", {"unique": True}),
    ("word", "string", {"required": True, "minLength": 2, "maxLength": 6, "pattern": "^[a-zé]"}),
    ("code", "string", {"format": "uuid"}), ("mail", "string", {"format": "email"}),
    ("host", "string", {"format": "ipv4"}), ("color", "string", {"enum": COLORS}),
    ("level", "integer", {"format": "i8", "minimum": -100, "maximum": 100, "multipleOf": 5}),
    ("big", "integer", {"format": "u64"}), ("plain", "integer", {}),
    ("amount", "decimal", {"decimal": (12, 2), "minimum": oracle.as_decimal("0.05")}),
    ("ratio", "number", {"exclusiveMinimum": 0, "maximum": 1}), ("any", "number", {}),
    ("flag", "boolean", {"required": True}),
    ("day", "date", {"minimum": datetime.date(2000, 1, 1)}), ("at", "timestamp", {}),
    ("clock", "time", {})]
STRUCTURE = ("json-syntax", "not-an-object", "duplicate-key", "too-deep", "csv-quote")
NESTED = FLAT + [("tags", "array", {"minItems": 1, "maxItems": 3}),
                 ("place", "object", {"fields": PLACE})]


def property_of(field):
    name, kind, options = field
    out = {"name": name, "logicalType": "number" if kind == "decimal" else kind}
    if kind == "decimal":
        out["physicalType"] = "decimal(%d,%d)" % options["decimal"]
    out.update({key: True for key in ("required", "unique") if options.get(key)})
    limits = {key: value for key, value in options.items()
              if key not in ("required", "unique", "enum", "decimal", "fields")}
    for key, value in limits.items():
        limits[key] = (value.isoformat() if isinstance(value, datetime.date)
                       else float(value) if isinstance(value, oracle.decimal.Decimal) else value)
    if limits:
        out["logicalTypeOptions"] = limits
    if "enum" in options:
        out["customProperties"] = [{"property": "lakegate.enum", "value": options["enum"]}]
    if kind == "object":
        out["properties"] = [property_of(member) for member in options["fields"]]
    if kind == "array":
        out["items"] = {"logicalType": "string"}
    return out


def contract_of(fields):
    return json.dumps({"apiVersion": "v3.1.0", "kind": "DataContract", "id": "random",
                       "version": "1.0.0", "status": "active",
                       "schema": [{"name": "records", "logicalType": "object",
                                   "properties": [property_of(field) for field in fields]}]})


def digits(chance, most):
    return str(chance.randrange(10 ** chance.randint(1, most)))


def number_text(chance):
    """A number in any spelling that JSON has."""
    return chance.choice([
        lambda: digits(chance, 3), lambda: "-" + digits(chance, 3), lambda: digits(chance, 22),
        lambda: f"{chance.randrange(-20, 21) * 5}", lambda: f"{chance.randrange(-130, 131)}",
        lambda: f"{digits(chance, 4)}.{chance.randrange(100):02}",
        lambda: f"0.{digits(chance, 4)}", lambda: f"{digits(chance, 2)}.0",
        lambda: f"{digits(chance, 2)}e{chance.randrange(4)}", lambda: f"{digits(chance, 3)}E-2",
        lambda: "1e400", lambda: "18446744073709551615", lambda: "-9223372036854775808",
        lambda: "0.05", lambda: "1", lambda: "-0"])()


def plain_text(chance):
    return "".join(chance.choice("abcé zZ0-\U0001f600") for _ in range(chance.randrange(8)))


def date_text(chance):
    year = chance.choice(["1999", "2000", "2024", "2025", "1900", "0001", "9999"])
    return f"{year}-{chance.randrange(14):02}-{chance.randrange(33):02}"


def time_text(chance):
    fraction = chance.choice(["", "", ".5", ".123456"])
    hour, minute = chance.randrange(25), chance.randrange(62)
    return f"{hour:02}:{minute:02}:{chance.randrange(60):02}{fraction}"


EASY = {"mail": "x.y+z@a.example.com", "host": "192.168.0.1", "word": "abé"}


def text_of(chance, kind, name):
    """Mostly what the field wants, as text."""
    if name in EASY and chance.random() < 0.9:
        return EASY[name]
    if name == "key":
        return f"k{chance.randrange(60_000)}"
    if name == "word":
        return chance.choice("abé") + plain_text(chance)
    if name == "code":
        return "%08x-0000-4000-8000-%012x" % (chance.getrandbits(32), chance.getrandbits(48))
    if name == "mail":
        return chance.choice(["a@b.org", "x.y+z@a.example.com", "a@b@c.org", "no", "@b.org"])
    if name == "host":
        return ".".join(str(chance.randrange(280)) for _ in range(chance.choice([4, 4, 4, 3])))
    if name == "color":
        return chance.choice(COLORS)
    if kind == "date":
        return date_text(chance)
    if kind == "time":
        return time_text(chance)
    if kind == "timestamp":
        zone = chance.choice(["Z", "", "+02:00", "-11:30", "+00:00", "Z ", "+24:00"])
        return f"{date_text(chance)}T{time_text(chance)}{zone}"
    return plain_text(chance)


def quoted(chance, text):
    return json.dumps(text, ensure_ascii=chance.random() < 0.5)


def json_value(chance, field):
    name, kind, options = field
    odd = chance.random()
    if odd < 0.03:
        return "null"
    if odd < 0.04:
        return chance.choice(["true", "[]", "{}", '"x"', "7", "1.5", '""', '["a"]', '"1"'])
    if kind in ("integer", "number", "decimal"):
        easy = {"level": "35", "amount": "12.50", "ratio": "0.5"}.get(name, "42")
        return easy if chance.random() < 0.93 else number_text(chance)
    if kind == "boolean":
        return chance.choice(["true", "false"])
    if kind == "array":
        count = chance.choice([1, 2, 3] * 10 + [0, 4])
        items = [quoted(chance, plain_text(chance)) for _ in range(count)]
        return "[" + ",".join(items) + "]"
    if kind == "object":
        members = [f'"{m[0]}":{json_value(chance, m)}' for m in options["fields"]
                   if chance.random() < 0.95]
        return "{" + ",".join(members) + "}"
    if kind in ("date", "time", "timestamp") and chance.random() < 0.93:
        return {"date": '"2025-01-31"', "time": '"12:30:00"',
                "timestamp": '"2025-01-31T12:00:00.25+01:00"'}[kind]
    return quoted(chance, text_of(chance, kind, name))


BROKEN = [lambda c, t: t[:c.randrange(len(t))], lambda c, t: t + "x", lambda c, t: t + t,
          lambda c, t: t[:-1] + ",}", lambda c, t: "[" + t + "]", lambda c, t: "null",
          lambda c, t: t[:-1] + ',"flag":true}',
          lambda c, t: t[:-1] + ',"deep":' + "[" * 70 + "]" * 70 + "}",
          lambda c, t: t.replace(":", " ", 1), lambda c, t: t[:-1] + ',"n":01}',
          lambda c, t: t[:-1] + ',"n":NaN}', lambda c, t: t[:-1] + ',"n":"\x01"}',
          lambda c, t: t[:-1] + ',"n":"\\ud800"}', lambda c, t: t[:-1] + ',"n":"\\q"}']


def json_line(chance):
    members = [f'"{field[0]}":{json_value(chance, field)}' for field in NESTED
               if chance.random() < 0.98]
    if chance.random() < 0.1:
        chance.shuffle(members)
    if chance.random() < 0.05:
        members.append('"extra":{"x":[1,{}]}')
    text = "{" + chance.choice([",", ", "]).join(members) + "}"
    odd = chance.random()
    if odd < 0.03:
        text = chance.choice(BROKEN)(chance, text)
    line = text.encode()
    if odd > 0.99:
        at = chance.randrange(len(line))
        line = line[:at] + bytes([chance.randrange(0x80, 0x100)]) + line[at:]
    return line


def csv_row(chance):
    """Texts, None for null."""
    row = []
    for name, kind, _ in FLAT:
        odd = chance.random()
        if odd < 0.03:
            row.append(None)
        elif odd < 0.04:
            row.append(chance.choice(["x", "1.0", " 1", '"', "a,b", "two\nlines", "NA", ""]))
        elif kind in ("integer", "number", "decimal"):
            easy = {"level": "35", "amount": "12.50", "ratio": "0.5"}.get(name, "42")
            row.append(easy if chance.random() < 0.93 else number_text(chance))
        elif kind == "boolean":
            row.append(chance.choice(["true", "No", "1", "f", "Y", "T"]))
        elif kind in ("date", "time", "timestamp") and chance.random() < 0.93:
            row.append({"date": "2025-01-31", "time": "12:30:00",
                        "timestamp": "2025-01-31T12:00:00"}[kind])
        else:
            row.append(text_of(chance, kind, name))
    return row


def csv_line(row):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    cells = []
    for cell in row:
        text.seek(0)
        text.truncate()
        writer.writerow([cell])
        needs = cell == "" or (cell and any(char in cell for char in ',"\n\r'))
        cells.append("" if cell is None else text.getvalue()[:-1] if needs else cell)
    return ",".join(cells)


class RandomRecordsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def call(self, *words, codes):
        done = subprocess.run([os.environ["LAKEGATE_PROGRAM"], *words], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)

    def reasons_of(self, path):
        found = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            found[entry["record"]] = sorted(
                (reason["code"], "" if reason["code"] in STRUCTURE else reason["field"])
                for reason in entry["reasons"])
        return found

    def compare(self, found, expected, records, seed):
        for number, record in enumerate(records, start=1):
            self.assertEqual(found.get(number, []), expected[number - 1],
                             f"seed {seed}, record {number}: {record}")
        accepted = sum(not reasons for reasons in expected)
        self.assertTrue(RECORDS // 10 < accepted < RECORDS - RECORDS // 10,
                        f"{accepted} accepted of {RECORDS}: the generator says little")

    def test_json_verdicts_and_published_values(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_json(seed)

    def check_json(self, seed):
        chance = random.Random(seed)
        lines = [json_line(chance) for _ in range(RECORDS)]
        lines = [line if line.strip() else b"{}" for line in lines]
        lake = self.folder / f"lake-{seed}"
        (lake / "land").mkdir(parents=True)
        (lake / "land/a.ndjson").write_bytes(b"\n".join(lines) + b"\n")
        (lake / "c.json").write_text(contract_of(NESTED), encoding="utf-8")
        (lake / "lakegate.yaml").write_text(
            "version: 1\nname: t\ndatasets:\n  records: {contract: c.json, landing: "
            "{path: '*.ndjson', format: ndjson}}\n", encoding="utf-8")
        self.call("run", "-C", str(lake), codes=(0,))
        judge = oracle.Oracle(NESTED)
        verdicts = [judge.judge_line(line) for line in lines]
        rejects = next((lake / "quarantine").rglob("rejects.ndjson"))
        self.compare(self.reasons_of(rejects), [reasons for _, reasons in verdicts], lines, seed)
        expected = [values for values, reasons in verdicts if not reasons]
        rows = []
        for file in sorted((lake / "tables").rglob("*.parquet")):
            rows += pyarrow.parquet.ParquetFile(file).read().to_pylist()
        self.assertEqual(len(rows), len(expected))
        for row, values in zip(rows, expected):
            self.assertEqual(row, values, f"seed {seed}")

    def test_csv_verdicts(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check_csv(seed)

    def check_csv(self, seed):
        chance = random.Random(1000 + seed)
        rows = [csv_row(chance) for _ in range(RECORDS)]
        header = ",".join(field[0] for field in FLAT)
        text = "\n".join([header, *map(csv_line, rows)]) + "\n"
        (self.folder / "a.csv").write_bytes(text.encode())
        (self.folder / "c.json").write_text(contract_of(FLAT), encoding="utf-8")
        self.call("check", "a.csv", "--contract", "c.json", "--quarantine", f"q{seed}", codes=(1,))
        judge = oracle.Oracle(FLAT)
        expected = [judge.judge_row(row)[1] for row in rows]
        found = self.reasons_of(self.folder / f"q{seed}/rejects.ndjson")
        self.compare(found, expected, rows, seed)


if __name__ == "__main__":
    unittest.main()
