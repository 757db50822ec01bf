"""Makes a new header, source and test in a room: ./dev new KIND NAME.

KIND is a room (core, contract, ...) or case. Examples:
  ./dev new validate range_rule
  ./dev new case quarantine_keeps_bytes --room read
"""

import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from check_layers import ROOMS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent

HEADER = """// {title}: what it is, in one line.
#pragma once

namespace lakegate {{

// What it answers; units; who owns what; thread safety.
int {type}();

}}  // namespace lakegate
"""
SOURCE = """#include "{room}/{name}.h"

namespace lakegate {{

int {type}() {{ return 0; }}

}}  // namespace lakegate
"""
TEST = """#include "{room}/{name}.h"

#include <gtest/gtest.h>

namespace lakegate {{
namespace {{

TEST({type}, SaysWhatItDoes) {{
  EXPECT_EQ({type}(), 1);  // fails on purpose: write the behaviour here first
}}

}}  // namespace
}}  // namespace lakegate
"""
CASE = """S0 {title}

--- file a.ndjson
{{"id": 1}}

--- run exit=0
check a.ndjson --contract c.odcs.yaml

--- stdout contains
accepted
"""


def plan(kind, name, room):
    """{path: text} of what is to be made."""
    words = name.split("_")
    values = {"name": name, "room": kind, "type": "".join(word.capitalize() for word in words),
              "title": " ".join(words).capitalize()}
    if kind == "case":
        return {f"tests/cases/{room}/{name}.case": CASE.format(**values)}
    return {f"src/{kind}/{name}.h": HEADER.format(**values),
            f"src/{kind}/{name}.cc": SOURCE.format(**values),
            f"src/{kind}/{name}_test.cc": TEST.format(**values)}


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="./dev new", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=[*ROOMS, "case"])
    parser.add_argument("name")
    parser.add_argument("--room", default="run", choices=ROOMS, help="for cases")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", options.name):
        parser.error("the name is snake_case, kind last, e.g. range_rule")
    files = plan(options.kind, options.name, options.room)
    there = [path for path in files if (root / path).exists()]
    if there:
        parser.error(f"{there[0]} is already there")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        print(f"made {path}")
    print("next: write the test, then ./dev test " + options.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
