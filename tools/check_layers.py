"""Checks the corridor: a room includes only rooms before it, and only its own libraries.

usage: check_layers.py [SOURCE_FOLDER]     (default: src)
"""

import pathlib
import re
import sys

# In the order of the data's journey: a room may include itself and those before it.
ROOMS = ["core", "contract", "config", "storage", "read", "validate", "quality", "write", "ledger",
         "publish", "query", "run", "report", "serve", "cli"]

# First part of an include (a folder or a header) -> library, and which rooms may include it.
LIBRARIES = {
    "yaml-cpp": ("yaml-cpp", {"contract"}),
    "re2": ("RE2", {"contract", "validate"}),
    "simdjson.h": ("simdjson", {"read"}),
    "isa-l": ("ISA-L", {"read"}),
    "isa-l.h": ("ISA-L", {"read"}),
    "zstd.h": ("zstd", {"read", "write"}),
    "zstd_errors.h": ("zstd", {"read"}),
    "xxhash.h": ("xxHash", {"core", "contract", "read", "write"}),
    "openssl": ("OpenSSL", {"core"}),
    "fmt": ("fmt", {"core", "report", "cli"}),
    "arrow": ("Arrow", {"write"}),
    "parquet": ("Parquet", {"write"}),
    "sqlite3.h": ("SQLite", {"ledger"}),
    "duckdb.h": ("DuckDB", {"query"}),
    "nlohmann": ("nlohmann-json", {"config", "ledger", "publish", "run", "report", "cli"}),
    "curl": ("libcurl", {"storage", "report"}),
    "httplib.h": ("cpp-httplib", {"serve"}),
    "CLI": ("CLI11", {"cli"}),
    "spdlog": ("spdlog", {"cli"}),
}
TEST_ONLY = {"gtest", "gmock", "benchmark"}
SYSTEM_FOLDERS = {"sys", "linux", "arpa", "netinet", "net", "asm"}
SYSTEM_HEADERS = {
    "unistd.h", "fcntl.h", "signal.h", "dirent.h", "stdio.h", "stdlib.h", "string.h", "errno.h",
    "time.h", "pthread.h", "dlfcn.h", "poll.h", "netdb.h", "pwd.h", "sched.h", "termios.h",
    "immintrin.h", "emmintrin.h", "tmmintrin.h", "smmintrin.h", "nmmintrin.h", "wmmintrin.h",
    "cpuid.h", "stdint.h", "limits.h",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def is_test(path):
    return path.name.endswith(("_test.cc", "_for_test.h", "_for_test.cc"))


def include_problem(room, path, bracket, target):
    """What is wrong with one include of a file in `room`, or None."""
    first = target.split("/")[0]
    test = is_test(path)
    if bracket == '"' and first in ROOMS:
        if ROOMS.index(first) > ROOMS.index(room):
            return (f"{room} may not include {first}: it stands further right in the corridor "
                    f"({' > '.join(ROOMS)})")
        return None
    if bracket == '"':
        if test and first == "tests":
            return None
        return f"include \"{target}\" is no room of src/; use the full path from src/"
    if first in LIBRARIES:
        library, allowed = LIBRARIES[first]
        if room in allowed:
            return None
        return f"{library} may be included only in: {', '.join(sorted(allowed))}"
    if first in TEST_ONLY:
        return None if test else f"<{target}> belongs into tests only"
    if "/" not in target and "." not in target:
        return None  # the standard library
    if target in SYSTEM_HEADERS or ("/" in target and first in SYSTEM_FOLDERS):
        return None
    return f"<{target}> is no known library; add it to tools/check_layers.py with its room"


def check_file(source, path):
    """Problems of one file as 'path:line: text'."""
    parts = path.relative_to(source).parts
    if len(parts) < 2:
        return [f"{path}:1: every source file belongs into a room"]
    if parts[0] not in ROOMS:
        return [f"{path}:1: '{parts[0]}' is no room; rooms: {', '.join(ROOMS)}"]
    problems = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = INCLUDE.match(line)
        problem = found and include_problem(parts[0], path, found.group(1), found.group(2))
        if problem:
            problems.append(f"{path}:{number}: {problem}")
    return problems


def check(source):
    """(files looked at, problems)."""
    files = sorted(path for path in source.rglob("*") if path.suffix in (".h", ".cc"))
    return files, [problem for path in files for problem in check_file(source, path)]


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "src"
    files, problems = check(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    for problem in problems:
        print(problem)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
