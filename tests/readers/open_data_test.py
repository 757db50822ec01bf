"""Real files that nobody of this project wrote, with the contracts of examples/open-data."""

import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data/real"
PROGRAM = os.environ["LAKEGATE_PROGRAM"]


@unittest.skipUnless(DATA.is_dir(), "the open data files are not beside the project")
class OpenDataTest(unittest.TestCase):
    def check(self, name):
        """(report, rejects) of the file; what the two say must agree."""
        contract = ROOT / "examples/open-data" / (pathlib.Path(name).stem + ".odcs.yaml")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            result = subprocess.run(
                [PROGRAM, "check", DATA / name, "--contract", contract, "--report",
                 folder / "report.json", "--quarantine", folder / "bad", "--clean",
                 folder / "clean.ndjson"], capture_output=True, text=True, check=False)
            report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
            rejects = [json.loads(line) for line in
                       (folder / "bad/rejects.ndjson").read_text(encoding="utf-8").splitlines()]
            kept = (folder / "bad/rejects.bytes").read_bytes()
            clean = (folder / "clean.ndjson").read_bytes()
        self.assertEqual(result.returncode, 1 if rejects else 0, result.stderr)
        self.assertEqual(report["accepted"] + report["quarantined"], report["records"])
        self.assertEqual(len(rejects), report["quarantined"])
        self.assertEqual(clean.count(b"\n"), report["accepted"])
        size = report["files"][0]["bytes"]
        self.assertEqual(size["read"], (DATA / name).stat().st_size)
        self.assertEqual(size["read"], sum(size[part] for part in
                                           ("accepted", "quarantined", "skipped", "line_ends")))
        source = (DATA / name).read_bytes()
        position = 0
        for reject in rejects:
            original = source[reject["offset"]:reject["offset"] + reject["length"]]
            self.assertEqual(kept[position:position + reject["length"]], original)
            self.assertEqual(source[:reject["offset"]].count(b"\n") + 1, reject["line"])
            position += reject["length"]
        self.assertEqual(position, len(kept))
        return report, rejects

    def test_fuel_stations(self):
        report, rejects = self.check("fuel_stations_it.csv")
        self.assertEqual(report["records"], 21692)
        extra = [r for r in rejects if r["reasons"][0]["code"] == "extra-cell"]
        lines = (DATA / "fuel_stations_it.csv").read_text(encoding="utf-8").split("\n")
        expected = [i + 1 for i, line in enumerate(lines) if line.count(";") == 10]
        self.assertEqual([r["line"] for r in extra], expected)
        self.assertEqual(len(extra), 1)
        self.assertEqual({reason["code"] for r in rejects for reason in r["reasons"]},
                         {"extra-cell", "type-error", "minimum"})

    def test_municipalities(self):
        report, rejects = self.check("municipalities_it_latin1.csv")
        text = (DATA / "municipalities_it_latin1.csv").read_bytes().decode("latin-1")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        self.assertEqual(report["records"], len(rows) - 1)
        self.assertEqual([(r["line"], r["reasons"][0]["value"]) for r in rejects],
                         [(7164, "N.d.")])

    def test_hotels(self):
        report, _ = self.check("hotels_paris_latin1.csv")
        self.assertEqual((report["records"], report["quarantined"]), (638, 0))

    def test_public_bodies(self):
        report, _ = self.check("public_bodies_nz.csv")
        with open(DATA / "public_bodies_nz.csv", encoding="utf-8", newline="") as file:
            self.assertEqual(report["records"], len(list(csv.reader(file))) - 1)
        self.assertEqual(report["quarantined"], 0)

    def test_builds(self):
        report, rejects = self.check("apache_builds.ndjson")
        with open(DATA / "apache_builds.ndjson", encoding="utf-8") as file:
            grey = [i + 1 for i, line in enumerate(file) if json.loads(line)["color"] == "grey"]
        self.assertEqual(report["records"], 875)
        self.assertEqual([r["line"] for r in rejects], grey)

    def test_concerts(self):
        report, _ = self.check("concert_performances.ndjson")
        self.assertEqual((report["records"], report["quarantined"]), (243, 0))

    def test_arrays_are_no_objects(self):
        report, rejects = self.check("cellphones_arrays.ndjson")
        self.assertEqual((report["records"], report["quarantined"]), (793, 793))
        self.assertEqual({r["reasons"][0]["code"] for r in rejects}, {"not-an-object"})


if __name__ == "__main__":
    unittest.main()
