"""--compat: other tools' definitions, written down again in Python, on random data."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest
from collections import Counter

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: t
    logicalType: object
    properties:
      - name: a
        logicalType: string
        quality:
          - {{id: null-{u}, metric: nullValues, unit: {u}, mustBeLessThan: 1000}}
          - {{id: missing-{u}, metric: missingValues, unit: {u}, arguments: {{missingValues: ["-"]}}, mustBeLessThan: 1000}}
          - {{id: invalid-{u}, metric: invalidValues, unit: {u}, arguments: {{validValues: [x, y]}}, mustBeLessThan: 1000}}
          - {{id: copies-{u}, metric: duplicateValues, unit: {u}, mustBeLessThan: 1000}}
      - {{name: b, logicalType: integer}}
    quality:
      - {{id: pairs-{u}, metric: duplicateValues, unit: {u}, arguments: {{properties: [a, b]}}, mustBeLessThan: 1000}}
      - {{id: rows-{u}, metric: rowCount, mustBeGreaterOrEqualTo: 0}}
"""


def groups(keys):
    """Distinct, repeated keys, rows of repeated keys."""
    counts = Counter(keys)
    return len(counts), sum(n > 1 for n in counts.values()), sum(n for n in counts.values() if n > 1)


def expected(tool, rows):
    """(count, percent base) of each rule, from the rows alone."""
    total = len(rows)
    a = [row.get("a") for row in rows]
    pairs = [(row.get("a"), row.get("b")) for row in rows]
    set_a = [value for value in a if value is not None]
    set_pairs = [pair for pair in pairs if None not in pair]
    nulls = total - len(set_a)
    tokens = sum(value == "-" for value in set_a)
    invalid = sum(value not in ("x", "y") for value in set_a)
    with_null = tool in ("soda-v3", "soda-v4", "datacontract-cli")
    counts = {"null": (nulls, total), "missing": (tokens + (nulls if with_null else 0), total),
              "invalid": (invalid, len(set_a) if tool == "gx" else total)}
    if tool == "soda-v3":
        counts["copies"] = (groups(set_a)[1], total)
        counts["pairs"] = (groups(set_pairs)[1], total)
    elif tool == "soda-v4":
        counts["copies"] = (total - nulls - groups(set_a)[0], total - nulls)
        counts["pairs"] = (total - groups(pairs)[0], total)
    elif tool == "deequ":
        counts["copies"] = (groups(set_a)[2], len(set_a))
        counts["pairs"] = (groups(set_pairs)[2], len(set_pairs))
    elif tool == "gx":
        some = [pair for pair in pairs if pair != (None, None)]
        counts["copies"] = (groups(set_a)[2], len(set_a))
        counts["pairs"] = (groups(some)[2], len(some))
    else:
        counts["copies"] = (groups(a)[1], total)
        counts["pairs"] = (groups(pairs)[1], total)
    return counts


def percent(tool, name, count, base):
    if tool == "datacontract-cli" and name in ("copies", "pairs"):
        return count  # that tool compares a count, whatever the unit
    value = 100.0 * count / max(base, 1)
    digits = {"soda-v3": 2, "datacontract-cli": 6}.get(tool)
    return value if digits is None else round(value, digits)


class CompatTest(unittest.TestCase):
    def check(self, folder, tool, unit):
        done = subprocess.run(
            [os.environ["LAKEGATE_PROGRAM"], "check", "a.ndjson", "--contract", f"{unit}.yaml",
             "--compat", tool, "--report", "r.json", "--min-records", "0", "--max-rejects", "100%"],
            cwd=folder, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads((folder / "r.json").read_text())

    def test_every_tool_on_random_data(self):
        rng = random.Random(8)
        tools = ["soda-v3", "soda-v4", "deequ", "gx", "datacontract-cli"]
        seen = {}
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for unit in ("rows", "percent"):
                (folder / f"{unit}.yaml").write_text(CONTRACT.format(u=unit))
            for size in (1, 7, 300, 3000):
                rows = [{key: value for key, value in
                         (("a", rng.choice([None, "x", "y", "-", str(rng.randint(0, size))])),
                          ("b", rng.choice([None, 1, rng.randint(0, 3)])))
                         if value is not None or rng.random() < 0.5} for _ in range(size)]
                lines = [json.dumps(row) for row in rows]
                lines.insert(size // 2, "{broken")  # other tools never see it
                (folder / "a.ndjson").write_text("\n".join(lines) + "\n")
                for tool in tools:
                    for unit in ("rows", "percent"):
                        report = self.check(folder, tool, unit)
                        self.assertEqual(report["compat"], tool)
                        rules = {rule["id"]: rule for rule in report["rules"]}
                        for what, (count, base) in expected(tool, rows).items():
                            rule = rules[f"{what}-{unit}"]
                            wanted = count if unit == "rows" else percent(tool, what, count, base)
                            self.assertEqual((rule["value"], rule["violations"], rule["base"]),
                                             (wanted, count, base), (tool, what, unit, size))
                            self.assertTrue(rule["definition"])
                            seen.setdefault(what, set()).add(tuple([size, unit, wanted]))
                        self.assertEqual(rules[f"rows-{unit}"]["value"], size)
        self.assertGreater(len(seen["pairs"]), 20)  # the definitions do differ

    def test_an_empty_table(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "rows.yaml").write_text(CONTRACT.format(u="rows"))
            (folder / "a.ndjson").write_text("\n")
            for tool, verdict in (("soda-v3", "passed"), ("gx", "passed"), ("deequ", "failed")):
                rules = {rule["id"]: rule for rule in self.check(folder, tool, "rows")["rules"]}
                self.assertEqual(rules["null-rows"]["verdict"], verdict, tool)


if __name__ == "__main__":
    unittest.main()
