"""Memory is bounded by the machine's threads, not by how bad the input is."""

import json
import os
import pathlib
import tempfile
import unittest

from peak_memory import run_measured
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
LINES = 3_000_000
MOST_MB = 128


class MemoryTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def check(self, name, text, first, *properties):
        """(report, peak MB, lines in the quarantine's index, size of its bytes).

        `first`: the first record that is set aside; all behind it are.
        """
        (self.folder / "c.odcs.yaml").write_text(contract(*properties), encoding="utf-8")
        (self.folder / name).write_bytes(text)
        code, printed, peak = run_measured(
            [PROGRAM, "check", name, "--contract", "c.odcs.yaml", "--threads", "2", "--json",
             "--max-rejects", "100%", "--quarantine", "q"], self.folder)
        self.assertIn(code, (0, 1))
        report = json.loads(printed)
        lines = 0
        with open(next(self.folder.glob("q/**/rejects.ndjson")), "rb") as index:
            for number, line in enumerate(index, 1):
                lines = number
                if number in (1, LINES // 2, LINES):
                    self.assertEqual(json.loads(line)["record"], number - 1 + first)
        size = next(self.folder.glob("q/**/rejects.bytes")).stat().st_size
        return report, peak, lines, size

    def test_every_line_is_damaged_and_short(self):
        report, peak, lines, size = self.check(
            "ones.ndjson", b"1\n" * LINES, 1,
            "{name: id, logicalType: integer, primaryKey: true}")
        self.assertEqual(report["quarantined"], LINES)
        self.assertEqual((lines, size), (LINES, LINES))
        if "san" not in PROGRAM:
            self.assertLess(peak, MOST_MB)

    def test_every_row_repeats_the_key(self):
        report, peak, lines, size = self.check(
            "rows.csv", b"id\n" + b"1\n" * (LINES + 1), 2,
            "{name: id, logicalType: integer, unique: true}")
        self.assertEqual((report["accepted"], report["quarantined"]), (1, LINES))
        self.assertEqual((lines, size), (LINES, LINES))
        if "san" not in PROGRAM:
            self.assertLess(peak, MOST_MB)


if __name__ == "__main__":
    unittest.main()
