"""Runs tests/readers and tests/crash, *_test.py: our files read by others, runs that are killed.

usage: run_reader_tests.py --program PATH [FILTER]
The tests find the program in the environment variable LAKEGATE_PROGRAM.
"""

import argparse
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tally  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("filter", nargs="?")
    options = parser.parse_args()
    os.environ["LAKEGATE_PROGRAM"] = os.path.abspath(options.program)
    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    sys.path.insert(0, str(ROOT / "tests/support"))  # what tests of both folders use
    suite = unittest.TestSuite()
    for folder in ("tests/readers", "tests/crash"):
        start = str(ROOT / folder)
        suite.addTests(loader.discover(start, pattern="*_test.py", top_level_dir=start))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    passed = max(0, result.testsRun - failed - len(result.skipped))
    return tally.report("reader", passed, failed)


if __name__ == "__main__":
    sys.exit(main())
