"""The case runner against a small program written in Python."""

import argparse
import contextlib
import io
import os
import pathlib
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import case_checks  # noqa: E402
import case_file  # noqa: E402
import run_cases  # noqa: E402

FAKE = f"""#!{sys.executable}
import json, os, pathlib, sys
verb, rest = sys.argv[1], sys.argv[2:]
if verb == "echo": print(*rest)
elif verb == "fail": print("went wrong", file=sys.stderr); sys.exit(1)
elif verb == "env": print(os.environ.get(rest[0], "unset"))
elif verb == "copy": pathlib.Path(rest[1]).write_bytes(pathlib.Path(rest[0]).read_bytes())
elif verb == "json": print(json.dumps({{"rows": 3, "list": [1, 2, 3], "text": "a", "ok": True}}))
elif verb == "where": print("in", os.getcwd(), "took 12 ms")
elif verb == "count": print(len(sys.stdin.buffer.read()))
elif verb == "racy": pathlib.Path("out").write_text(os.environ["LAKEGATE_THREADS"])
elif verb == "windowed": pathlib.Path("out").write_text(os.environ.get("LAKEGATE_TEST_UNIT_BYTES", "-"))
"""


class RunCasesTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.program = self.folder / "fake"
        self.program.write_text(FAKE)
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)

    def run_text(self, text, update=False):
        path = self.folder / "one.case"
        path.write_text(text)
        options = argparse.Namespace(program=self.program, update=update)
        return run_cases.run_case(path, options)

    def assert_passes(self, text):
        self.assertEqual(self.run_text(text).failure, "")

    def assert_fails(self, text, *parts):
        failure = self.run_text(text).failure
        for part in parts:
            self.assertIn(part, failure)

    def test_output_is_compared_exactly(self):
        self.assert_passes("T\n\n--- run\necho a 'b c'\n\n--- stdout\na b c\n")
        self.assert_fails("T\n--- run\necho a\n--- stdout\nb\n", "line 4", "-b", "+a")

    def test_exit_code_is_compared(self):
        self.assert_passes("T\n--- run exit=1\nfail\n--- stderr contains\nwrong\n")
        self.assert_fails("T\n--- run\nfail\n--- stdout\n", "exit code 1, expected 0", "went wrong")

    def test_lines_and_patterns(self):
        self.assert_passes("T\n--- run\necho hello\n--- stdout contains\nell\n"
                           "--- stdout regex\n^h.*o$\n--- stdout absent\nbye\n")
        self.assert_fails("T\n--- run\necho hello\n--- stdout contains\nbye\n", "lacks: bye")
        self.assert_fails("T\n--- run\necho hello\n--- stdout absent\nell\n", "must not have: ell")
        self.assert_fails("T\n--- run\necho hello\n--- stdout regex\n^e\n", "no match for: ^e")

    def test_json_subset(self):
        self.assert_passes('T\n--- run\njson\n--- stdout json\n{"rows": 3, "list": [1, "..."]}\n')
        self.assert_fails('T\n--- run\njson\n--- stdout json\n{"rows": 4}\n', "$.rows", "got 3")
        self.assert_fails('T\n--- run\njson\n--- stdout json\n{"list": [1]}\n', "expected 1 items")
        self.assert_fails('T\n--- run\njson\n--- stdout json\n{"ok": 1}\n', "expected 1, got true")

    def test_files_with_bytes(self):
        self.assert_passes("T\n--- file a escapes\nx\\xff\\\n--- run\ncopy a b\n"
                           "--- expect hex b\n78 ff\n--- expect size b\n2\n")
        self.assert_passes("T\n--- file a base64\neP8=\n--- run\ncopy a b\n--- expect hex b\n78ff\n")
        self.assert_passes("T\n--- file a repeat=3 no-eol\n{i}\n--- run\ncopy a b\n"
                           "--- expect hex b\n30 0a 31 0a 32\n")

    def test_missing_and_unwanted_files(self):
        self.assert_fails("T\n--- run\necho a\n--- expect text x/*.json\n", "x/*.json: no file")
        self.assert_passes("T\n--- run\necho a\n--- expect absent x\n")
        self.assert_fails("T\n--- file x\n--- run\necho a\n--- expect absent x\n", "must not be")
        self.assert_passes("T\n--- file d/x\n--- run\necho\n--- expect list d\nd/x\n")

    def test_steps_are_done_in_order(self):
        self.assert_passes("T\n--- file a\n1\n--- run\ncopy a b\n--- file a\n2\n--- run\ncopy a c\n"
                           "--- remove a\n--- expect text b\n1\n--- expect text c\n2\n"
                           "--- expect absent a\n")

    def test_environment_and_input(self):
        self.assert_passes("T\n--- env\nSHOP=x y\n--- run\nenv SHOP\n--- stdout\nx y\n"
                           "--- run\nSHOP=z env SHOP\n--- stdout\nz\n--- run\nenv HOSTNAME\n"
                           "--- stdout\nunset\n")
        self.assert_passes("T\n--- file a\n12\n--- run stdin=a\ncount\n--- stdout\n3\n")

    def test_normalize(self):
        self.assert_passes("T\n--- normalize\nduration\n--- run\nwhere\n"
                           "--- stdout\nin <dir> took <duration>\n")

    def test_outputs_must_not_depend_on_settings(self):
        self.assert_fails("T\n--- same-with threads\n--- run exit=0\nracy\n",
                          "LAKEGATE_THREADS=2", "out differs")
        self.assert_fails("T\n--- same-with windows\n--- run exit=0\nwindowed\n",
                          "LAKEGATE_TEST_UNIT_BYTES=65536", "out differs")
        self.assert_passes("T\n--- same-with threads windows\n--- run\necho a\n--- stdout\na\n")

    def test_update_rewrites_what_is_expected(self):
        text = ('T\n\n--- file a\n\\--- x\n\n--- run\nfail\n\n--- stderr\nold\n\n--- run\njson\n\n'
                '--- stdout json\n{"rows": 0}\n\n--- run\ncopy a b\n\n--- expect text b\nold\n')
        self.assertTrue(self.run_text(text, update=True).updated)
        updated = (self.folder / "one.case").read_text()
        for part in ("--- run exit=1\nfail", "--- stderr\nwent wrong\n", '"rows": 3',
                     "--- expect text b\n\\--- x\n"):
            self.assertIn(part, updated)
        self.assertNotIn("list", updated)
        self.assert_passes(updated)
        self.assertFalse(self.run_text(updated, update=True).updated)

    def test_wrong_case_files_are_failures(self):
        self.assert_fails("T\n--- wat\n", "unknown section 'wat'")
        self.assert_fails("T\n--- stdout\n--- run\nx\n", "before the first --- run")
        self.assert_fails("T\n--- run\necho\n", "nothing is expected")
        self.assert_fails("--- run\necho\n--- stdout\n", "must be the title")
        self.assert_fails("T\n--- file a escapes\n\\q\n--- run exit=0\necho\n", "unknown escape")

    def test_skip_needs_a_reason(self):
        self.assertEqual(self.run_text("T\n--- skip 'not built yet'\n").skipped, "not built yet")
        self.assert_fails("T\n--- skip\n--- run\nx\n", "needs a reason")

    def test_counts_and_exit_code(self):
        cases = self.folder / "cases/room"
        cases.mkdir(parents=True)
        (cases / "good.case").write_text("S1 good\n--- run\necho a\n--- stdout\na\n")
        (cases / "bad.case").write_text("S2 bad\n--- run\necho a\n--- stdout\nb\n")
        self.assertEqual(self.main_with(cases.parent), (1, "1 passed, 1 failed"))
        self.assertEqual(self.main_with(cases.parent, "S1"), (0, "1 passed, 0 failed"))
        self.assertEqual(self.main_with(cases.parent, "room/bad"), (1, "0 passed, 1 failed"))

    def main_with(self, cases, *words):
        out = io.StringIO()
        saved = os.environ.pop("LAKEGATE_TALLY_FILE", None)
        try:
            with contextlib.redirect_stdout(out):
                code = run_cases.main(["--program", str(self.program), "--cases", str(cases),
                                       *words])
        finally:
            if saved:
                os.environ["LAKEGATE_TALLY_FILE"] = saved
        return code, out.getvalue().splitlines()[-1]


class CaseFileTest(unittest.TestCase):
    def test_writing_back_changes_nothing(self):
        text = "S1 title\n# why\n\n--- file a escapes\n\\--- x\n\\\\--- y\n---\n\n--- run\nx\n\n" \
               "--- stdout\n"
        self.assertEqual(case_file.format_case(case_file.parse_case(text)), text)

    def test_normalizer_knows_its_words(self):
        with self.assertRaises(ValueError):
            case_checks.Normalizer("/x", "nonsense")
        normalize = case_checks.Normalizer("/x", "uuid\n[0-9]+ rows -> N rows")
        self.assertEqual(normalize("7 rows of 01943c5e-3f00-7abc-8123-456789abcdef in /x/y"),
                         "N rows of <uuid> in <dir>/y")


if __name__ == "__main__":
    unittest.main()
