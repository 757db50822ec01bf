"""Runs the GoogleTest programs of a build folder with ctest and counts the tests in them.

usage: run_unit_tests.py BUILD_FOLDER [--jobs N] [FILTER]
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tally  # noqa: E402


def count_googletests(folder):
    """(passed, failed names, program names) from the JSON that GoogleTest wrote there."""
    passed, failed, programs = 0, [], set()
    for path in sorted(folder.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        programs.add(path.stem)
        for suite in report["testsuites"]:
            for test in suite["testsuite"]:
                if test.get("status") != "RUN" or test.get("result") == "SKIPPED":
                    continue
                if test.get("failures"):
                    failed.append(f"{suite['name']}.{test['name']}")
                else:
                    passed += 1
    return passed, failed, programs


def failed_programs(junit):
    """Names of the ctest tests that did not pass: failed, crashed, timed out or not built."""
    if not junit.exists():
        return None
    cases = xml.etree.ElementTree.parse(junit).getroot().iter("testcase")
    return [case.get("name") for case in cases if case.get("status") not in ("run", "disabled")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--jobs", default="2")
    parser.add_argument("filter", nargs="?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = dict(os.environ, GTEST_OUTPUT=f"json:{folder}/", GTEST_BRIEF="1")
        if options.filter:
            environment["GTEST_FILTER"] = f"*{options.filter}*"
        junit = folder / "ctest.xml"
        command = ["ctest", "--test-dir", options.build, "--output-on-failure", "--timeout", "900",
                   "--no-tests=error", "-j", options.jobs, "--output-junit", str(junit)]
        code = subprocess.run(command, env=environment, check=False).returncode
        passed, failed, programs = count_googletests(folder)
        bad_programs = failed_programs(junit)
        for name in failed:
            print(f"FAILED {name}")
        if bad_programs is None:
            failed.append("ctest")
        for program in bad_programs or []:
            if program not in programs:  # it did not live to write its results
                failed.append(program)
                print(f"FAILED {program}: crashed, timed out or was not built")
        if code != 0 and not failed:
            failed.append("ctest")
    return tally.report("unit", passed, len(failed))


if __name__ == "__main__":
    sys.exit(main())
