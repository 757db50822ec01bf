"""CSV against Python's csv module where the two agree on what CSV is, and on mutated real files:
the same bytes out whatever the threads, the windows and the instruction set; no neighbour lost."""

import csv
import io
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data/real"
PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SETTINGS = [  # threads, windows and units small, SSE2
    (2, False, False), (3, True, False), (8, True, True), (1, False, True)]
# name, separator, encoding, as they are in the files
REAL = [("fuel_stations_it.csv", ",", "utf-8"), ("hotels_paris_latin1.csv", ";", "latin-1"),
        ("municipalities_it_latin1.csv", ";", "latin-1"), ("public_bodies_nz.csv", ",", "utf-8")]


def contract_of(columns):
    return json.dumps({
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "t", "version": "1.0.0",
        "status": "active", "schema": [{"name": "t", "logicalType": "object", "properties": [
            {"name": name, "logicalType": "string"} for name in columns]}]})


class CsvOracleTest(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.holder.name)

    def tearDown(self):
        self.holder.cleanup()

    def check(self, content, columns, flags, setting):
        """(rows as lists, rejects, their bytes)."""
        threads, small, sse2 = setting
        variables = dict(os.environ, LAKEGATE_THREADS=str(threads))
        if small:
            variables.update(LAKEGATE_TEST_WINDOW_BYTES="1024", LAKEGATE_TEST_UNIT_BYTES="9000",
                             LAKEGATE_TEST_PART_RECORDS="5")
        if sse2:
            variables["LAKEGATE_TEST_INSTRUCTIONS"] = "sse2"
        (self.folder / "a.csv").write_bytes(content)
        (self.folder / "c.json").write_text(contract_of(columns), encoding="utf-8")
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        result = subprocess.run(
            [PROGRAM, "check", "a.csv", "--contract", "c.json", "--clean", out / "clean",
             "--quarantine", out / "q", "--max-rejects", "100%", "--csv-no-header", *flags],
            cwd=self.folder, env=variables, capture_output=True, check=False)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        rows = [list(json.loads(line).values()) for line in
                (out / "clean").read_text(encoding="utf-8").splitlines()]
        return (rows, (out / "q/rejects.ndjson").read_bytes(), (out / "q/rejects.bytes").read_bytes())

    def test_random_tables(self):
        """Well-formed text of every dialect that both know, written by the csv module."""
        rng = random.Random(11)
        for number in range(30):
            width = rng.choice([1, 2, 5, 20])
            delimiter = rng.choice(",;\t|")
            quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
            pieces = ["a", "bc", delimiter, '"', "\n", "\r\n", " ", "é", "x" * 70, "", "1.5"]
            rows = [["k"] + ["".join(rng.choices(pieces, k=rng.randrange(4)))
                             for _ in range(width)] for _ in range(400)]
            held = io.StringIO()
            csv.writer(held, delimiter=delimiter, quoting=quoting,
                       lineterminator=rng.choice(["\n", "\r\n"])).writerows(rows)
            text = held.getvalue()
            wanted = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
            self.assertEqual(wanted, rows)
            encoding, flag = rng.choice([("utf-8", "utf-8"), ("latin-1", "latin-1"),
                                         ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16")])
            columns = [f"c{i}" for i in range(width + 1)]
            flags = ["--csv-delimiter", "tab" if delimiter == "\t" else delimiter,
                     "--csv-encoding", flag, "--csv-null", "no such text"]
            for setting in SETTINGS:
                with self.subTest(number=number, setting=setting):
                    found = self.check(text.encode(encoding), columns, flags, setting)
                    self.assertEqual(found, (rows, b"", b""))

    @unittest.skipUnless(DATA.is_dir(), "the open data files are not beside the project")
    def test_mutated_real_files(self):
        """One line a record: lines that were not touched are never lost. Else two stray quotes may
        make one cell of all that stands between them."""
        rng = random.Random(12)
        for name, delimiter, encoding in REAL:
            lines = (DATA / name).read_bytes().split(b"\n")[:1500]
            whole = [line for line in lines if b'"' not in line and line.strip(b"\r")]
            width = whole[1].count(delimiter.encode()) + 1
            columns = [f"c{i}" for i in range(width)]
            flags = ["--csv-delimiter", delimiter, "--csv-encoding", encoding]
            for _ in range(3):
                damaged, sound = [], []
                for line in whole:
                    touched = rng.random() < 0.05
                    if touched:
                        at = rng.randrange(len(line))
                        line = line[:at] + rng.choice(
                            [b"x", b'y"', b"\xff", b"\r", delimiter.encode(), b'"",']) + line[at:]
                    elif line.count(delimiter.encode()) + 1 == width:
                        sound.append(line.rstrip(b"\r").decode(encoding).split(delimiter))
                    damaged.append(line)
                content = b"\n".join(damaged) + b"\n"
                for more in ([], ["--csv-single-line"]):
                    wanted = self.check(content, columns, flags + more, (1, False, False))
                    for setting in SETTINGS:
                        self.assertEqual(
                            self.check(content, columns, flags + more, setting), wanted, name)
                found = iter([["" if cell is None else cell for cell in row] for row in wanted[0]])
                lost = [row for row in sound if not any(row == other for other in found)]
                self.assertEqual(lost, [], name)


if __name__ == "__main__":
    unittest.main()
