"""The last line of every test program: 'N passed, N failed'.

With LAKEGATE_TALLY_FILE set, it is also appended there, so that .ci/run can add them up.
"""

import os


def report(kind, passed, failed):
    """Prints the line, notes it for .ci/run, and returns the exit code."""
    tally_file = os.environ.get("LAKEGATE_TALLY_FILE")
    if tally_file:
        with open(tally_file, "a", encoding="utf-8") as out:
            out.write(f"{kind} {passed} {failed}\n")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0
