"""Rules of engine lakegate on random rows: value and verdict equal those computed here in Python."""

import bisect
import datetime
import fractions
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import unittest

SEEDS = (1, 2)
ROWS = 10_000
NOW = datetime.datetime(2025, 3, 1, tzinfo=datetime.timezone.utc)
START = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
COLUMNS = [("n", "integer", {}), ("amount", "number", {"physicalType": "decimal(12,2)"}),
           ("x", "number", {}), ("word", "string", {}), ("day", "date", {}),
           ("seen", "timestamp", {}), ("step", "integer", {})]


def make_rows(source):
    step, seen, rows = 0, START, []
    for _ in range(ROWS):
        step += source.choice([1, 1, 1, 1, 2, 3, -1])
        seen += datetime.timedelta(seconds=source.choice([1, 5, 60, 60, 3600]))
        row = {"n": source.randint(-2**62, 2**62), "step": step,
               "amount": fractions.Fraction(source.randint(-10**11, 10**11), 100),
               "x": source.uniform(-1e6, 1e6), "word": source.choice("abcdef"),
               "day": START.date() + datetime.timedelta(days=source.randint(0, 40)), "seen": seen}
        for name in row:
            if source.random() < 0.03:
                row[name] = None
        rows.append(row)
    return rows


def as_json(row):
    out = {}
    for name, value in row.items():
        if isinstance(value, fractions.Fraction):
            cents = value * 100
            value = json.loads("%s%d.%02d" % ("-" if cents < 0 else "", abs(cents) // 100,
                                              abs(cents) % 100))
        elif isinstance(value, datetime.datetime):
            value = value.isoformat()
        elif isinstance(value, datetime.date):
            value = value.isoformat()
        out[name] = value
    return json.dumps(out)


def values(rows, name):
    return [row[name] for row in rows if row[name] is not None]


def gaps(rows, name, limit):
    ordered = sorted(set(values(rows, name)))
    return sum(1 for a, b in zip(ordered, ordered[1:]) if b - a > limit)


def turns(rows, name, wrong):
    found = values(rows, name)
    return sum(1 for a, b in zip(found, found[1:]) if wrong(a, b))


def smallest_reaching(rows, name, share):
    """The smallest value that at least `share` of the values does not exceed."""
    ordered = sorted(values(rows, name))
    needed = fractions.Fraction(str(share)) * len(ordered)
    return next(v for v in ordered if bisect.bisect_right(ordered, v) >= needed)


def rules_of(rows):
    """(id, implementation without operator, expected value, exact or a tolerance)."""
    n, amount, x = values(rows, "n"), values(rows, "amount"), values(rows, "x")
    newest_day = max(values(rows, "day"))
    midnight = datetime.datetime.combine(newest_day, datetime.time(), datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    share = lambda count: fractions.Fraction(100 * count, len(rows))
    return [
        ("sum_n", {"check": "sum", "column": "n"}, sum(n), 0),
        ("sum_amount", {"check": "sum", "column": "amount"}, sum(amount), 0),
        ("sum_x", {"check": "sum", "column": "x"}, math.fsum(x), 1e-6),
        ("mean_amount", {"check": "mean", "column": "amount"}, sum(amount) / len(amount), 1e-6),
        ("mean_x", {"check": "mean", "column": "x"}, math.fsum(x) / len(x), 1e-6),
        ("min_n", {"check": "min", "column": "n"}, min(n), 0),
        ("max_amount", {"check": "max", "column": "amount"}, max(amount), 0),
        ("stddev_x", {"check": "stddev", "column": "x"}, statistics.stdev(x), 1e-3),
        ("quantile_n", {"check": "quantile", "column": "n", "quantile": 0.95},
         smallest_reaching(rows, "n", 0.95), 0),
        ("quantile_amount", {"check": "quantile", "column": "amount", "quantile": 0.1},
         smallest_reaching(rows, "amount", 0.1), 0),
        ("median_x", {"check": "quantile", "column": "x", "quantile": 0.5},
         smallest_reaching(rows, "x", 0.5), 1e-9),
        ("share", {"check": "share", "column": "word", "values": ["a", "b"]},
         share(sum(1 for r in rows if r["word"] in ("a", "b"))), 1e-9),
        ("share_null", {"check": "share", "column": "word", "values": ["a", None]},
         share(sum(1 for r in rows if r["word"] in ("a", None))), 1e-9),
        ("rows_of", {"check": "share", "column": "word", "value": "c", "unit": "rows"},
         sum(1 for r in rows if r["word"] == "c"), 0),
        ("falls", {"check": "monotonic", "column": "step"}, turns(rows, "step", lambda a, b: b < a),
         0),
        ("rises", {"check": "monotonic", "column": "step", "direction": "descending",
                   "strict": True}, turns(rows, "step", lambda a, b: b >= a), 0),
        ("gaps_seen", {"check": "no_gaps", "column": "seen", "every": "1 hour"},
         gaps(rows, "seen", hour), 0),
        ("gaps_step", {"check": "no_gaps", "column": "step", "every": 1}, gaps(rows, "step", 1), 0),
        ("unknown_words", {"check": "reference", "column": "word", "file": "words.csv"},
         sum(1 for w in values(rows, "word") if w not in "abc"), 0),
        ("unknown_days", {"check": "reference", "column": "day", "dataset": "days", "to": "d"},
         sum(1 for d in values(rows, "day") if d.day % 2), 0),
        ("age_day", {"check": "freshness", "column": "day"},
         (NOW - midnight).total_seconds() - 86400, 0),
        ("age_seen", {"check": "freshness", "column": "seen"},
         (NOW - max(values(rows, "seen"))).total_seconds(), 0)]


def contract(rules):
    """Each rule twice: a limit that holds, and one that does not."""
    items, expected = [], {}
    for name, check, value, tolerance in rules:
        slack = max(tolerance, 1, abs(value) / 10**9)  # a limit is a double
        for holds in (True, False):
            item = dict(check)
            if check["check"] == "freshness":
                seconds = math.ceil(value) + (60 if holds else -60)
                item["max_age"] = "%d s" % max(seconds, 1)
                wanted = value <= max(seconds, 1)
            else:
                item["mustBeLessThan"] = float(value + slack) if holds else float(value - slack)
                wanted = holds
            items.append({"id": name + ("_holds" if holds else "_not"), "type": "custom",
                          "engine": "lakegate", "implementation": item})
            expected[items[-1]["id"]] = (value, tolerance, wanted)
    properties = [{"name": name, "logicalType": kind, **more} for name, kind, more in COLUMNS]
    return expected, {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "q", "version": "1.0.0",
                      "status": "active",
                      "schema": [{"name": "rows", "properties": properties, "quality": items}]}


class QueryRules(unittest.TestCase):
    def check(self, seed):
        rows = make_rows(random.Random(seed))
        expected, text = contract(rules_of(rows))
        with tempfile.TemporaryDirectory(prefix="lakegate-query-") as name:
            folder = pathlib.Path(name)
            (folder / "c.json").write_text(json.dumps(text))
            half = ROWS // 2  # two files: order goes on from one to the next
            for file, part in (("a.ndjson", rows[:half]), ("b.ndjson", rows[half:])):
                (folder / file).write_text("".join(as_json(row) + "\n" for row in part))
            (folder / "words.csv").write_text("word,meaning\na,1\nb,2\nc,3\n")
            days = sorted({d for d in values(rows, "day") if d.day % 2 == 0})
            (folder / "days.csv").write_text("d\n" + "".join(f"{day}\n" for day in days))
            done = subprocess.run(
                [os.environ["LAKEGATE_PROGRAM"], "check", "a.ndjson", "b.ndjson", "--contract",
                 "c.json", "--json", "--now", NOW.isoformat(), "--reference", "days=days.csv"],
                cwd=folder, capture_output=True, text=True, env={**os.environ, "TMPDIR": name})
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            left = [path for path in os.listdir(folder) if "lakegate" in path]
            self.assertEqual(left, [], "temporary files stay behind")
        found = {rule["id"]: rule for rule in json.loads(done.stdout)["rules"]}
        for rule, (value, tolerance, holds) in expected.items():
            seen = found[rule]
            measured = (fractions.Fraction(seen["value"]) if seen["unit"] == "percent"
                        else fractions.Fraction(seen["exact"]))
            if tolerance == 0:
                wanted = fractions.Fraction(str(value)) if isinstance(value, float) else value
                self.assertEqual(measured, wanted, rule)
            else:
                self.assertAlmostEqual(float(measured), float(value), delta=tolerance, msg=rule)
            self.assertEqual(seen["verdict"], "passed" if holds else "failed", rule)

    def test_values_and_verdicts(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.check(seed)


if __name__ == "__main__":
    unittest.main()
