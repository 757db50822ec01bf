import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).parent / "run_unit_tests.py"

# A stand-in for a GoogleTest program: writes its results as GTEST_OUTPUT says.
FAKE = """#!{python}
import json, os, sys
tests = [{{"name": n, "status": "RUN", "result": "COMPLETED", **({{"failures": [1]}} if bad else {{}})}}
         for n, bad in {tests}]
folder = os.environ["GTEST_OUTPUT"].split(":", 1)[1]
report = {{"testsuites": [{{"name": "Suite", "testsuite": tests}}]}}
open(folder + os.path.basename(sys.argv[0]) + ".json", "w").write(json.dumps(report))
sys.exit(any("failures" in test for test in tests))
"""


class RunUnitTestsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def add(self, name, text):
        path = self.folder / name
        if text is not None:
            path.write_text(text)
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        with open(self.folder / "CTestTestfile.cmake", "a", encoding="utf-8") as out:
            out.write(f'add_test({name} "{path}")\n')

    def fake(self, *tests):
        return FAKE.format(python=sys.executable, tests=list(tests))

    def run_tool(self):
        tally = self.folder / "tally"
        done = subprocess.run([sys.executable, TOOL, self.folder], capture_output=True, text=True,
                              env={**os.environ, "LAKEGATE_TALLY_FILE": str(tally)}, check=False)
        return done.returncode, done.stdout, tally.read_text()

    def test_counts_the_tests_in_the_programs(self):
        self.add("a_test", self.fake(("One", False), ("Two", False)))
        self.add("b_test", self.fake(("Three", False)))
        code, out, tally = self.run_tool()
        self.assertEqual((code, out.splitlines()[-1]), (0, "3 passed, 0 failed"))
        self.assertEqual(tally, "unit 3 0\n")

    def test_names_what_failed(self):
        self.add("a_test", self.fake(("One", False), ("Two", True)))
        code, out, _ = self.run_tool()
        self.assertEqual((code, out.splitlines()[-1]), (1, "1 passed, 1 failed"))
        self.assertIn("FAILED Suite.Two", out)

    def test_a_program_that_dies_is_a_failure(self):
        self.add("a_test", self.fake(("One", False)))
        self.add("b_test", f"#!{sys.executable}\nimport os\nos.abort()\n")
        code, out, _ = self.run_tool()
        self.assertEqual((code, out.splitlines()[-1]), (1, "1 passed, 1 failed"))
        self.assertIn("FAILED b_test", out)

    def test_a_program_that_was_not_built_is_a_failure(self):
        self.add("a_test", self.fake(("One", False)))
        self.add("b_test", None)
        code, out, _ = self.run_tool()
        self.assertEqual((code, out.splitlines()[-1]), (1, "1 passed, 1 failed"))

    def test_no_tests_at_all_is_a_failure(self):
        (self.folder / "CTestTestfile.cmake").write_text("")
        self.assertEqual(self.run_tool()[0], 1)


if __name__ == "__main__":
    unittest.main()
