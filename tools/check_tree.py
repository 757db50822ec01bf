"""Checks what of the house style a machine can check: names, sizes, banned calls, tests that test.

usage: check_tree.py [PROJECT_FOLDER]
Sizes can be exceeded with a reason: tools/tree_exceptions.txt, lines of 'path reason'.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import case_file  # noqa: E402
import cpp_text  # noqa: E402

MAX_HEADER_LINES = 150
MAX_SOURCE_LINES = 500
MAX_FUNCTION_LINES = 70
FOLDERS = ("src", "tests", "bench")
BANNED_WORDS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
UNFINISHED = re.compile("TO" + r"DO|FIX" + "ME")
# What is banned, why, and in which rooms it is allowed all the same.
BANNED_CODE = [
    (re.compile(r"\bsystem_clock\b|\bgettimeofday\s*\(|\bclock_gettime\s*\("
                r"|\btime\s*\(\s*(nullptr|NULL|0)"),
     "the clock is an argument (core/clock.h)", {"core", "cli"}),
    (re.compile(r"\brandom_device\b|\bs?rand\s*\(|\bmt19937|\bgetrandom\s*\("),
     "randomness is an argument (core/random.h)", {"core", "cli"}),
    (re.compile(r"\b(secure_)?getenv\s*\(|\benviron\b"),
     "the environment is read in cli only", {"core", "cli"}),
    (re.compile(r"\bstd::j?thread\b|\bstd::async\b|\bpthread_create\b"),
     "threads are started in run, read, write and query only",
     {"core", "cli", "run", "read", "write", "query"}),
]


class Tree:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.exceptions = self._read_exceptions()
        self.used_exceptions = set()

    def _read_exceptions(self):
        path = self.root / "tools/tree_exceptions.txt"
        found = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.partition(" ")
                if not reason.strip():
                    self.problems.append(f"tools/tree_exceptions.txt: {name} needs a reason")
                found[name] = reason.strip()
        return found

    def add(self, path, line, text):
        self.problems.append(f"{path.relative_to(self.root)}:{line}: {text}")

    def add_size(self, path, line, text):
        name = str(path.relative_to(self.root))
        if name in self.exceptions:
            self.used_exceptions.add(name)
        else:
            self.add(path, line, text)

    def sources(self):
        for folder in FOLDERS:
            yield from sorted(path for path in (self.root / folder).rglob("*")
                              if path.suffix in (".h", ".cc", ".cpp", ".hpp", ".cxx", ".c"))


def check_name(tree, path):
    if path.suffix not in (".h", ".cc"):
        tree.add(path, 1, f"source files end in .h or .cc, not {path.suffix}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", path.stem):
        tree.add(path, 1, "file names are snake_case")
    for word in BANNED_WORDS & set(path.stem.split("_")):
        tree.add(path, 1, f"'{word}' says nothing: name the file after what is in it")


def check_sizes(tree, path, text):
    lines = text.count("\n")
    in_src = path.relative_to(tree.root).parts[0] == "src"
    limit = MAX_HEADER_LINES if path.suffix == ".h" and in_src else MAX_SOURCE_LINES
    if lines > limit:
        tree.add_size(path, limit, f"{lines} lines, at most {limit}: split it by idea")
    for name, first, count in cpp_text.functions(text):
        if count > MAX_FUNCTION_LINES:
            tree.add_size(path, first, f"{name} has {count} lines, at most {MAX_FUNCTION_LINES}")


def check_header(tree, path, text, code):
    if not re.search(r"(?m)^#pragma once$", text):
        tree.add(path, 1, "a header needs #pragma once")
    for number, line in enumerate(code.splitlines(), start=1):
        if re.search(r"\busing\s+namespace\b", line):
            tree.add(path, number, "no 'using namespace' in headers")


def check_banned(tree, path, text, code):
    parts = path.relative_to(tree.root).parts
    room = parts[1] if parts[0] == "src" and len(parts) > 2 else ""
    test = path.name.endswith("_test.cc")
    for number, line in enumerate(code.splitlines(), start=1):
        for pattern, why, rooms in BANNED_CODE:
            if room and not test and room not in rooms and pattern.search(line):
                tree.add(path, number, f"{pattern.search(line).group().strip()}: {why}")
        if re.search(r"\bcatch\s*\(\s*\.\.\.\s*\)", line) and room != "run" and \
                parts != ("src", "cli", "main.cc") and room:
            tree.add(path, number, "catch (...) only at the top of main and of worker threads")
    for number, line in enumerate(text.splitlines(), start=1):
        if UNFINISHED.search(line):
            tree.add(path, number, "finish it, or write an issue; no notes in the code")


def check_test(tree, path, code):
    if not re.search(r"\b(EXPECT|ASSERT)_", code):
        tree.add(path, 1, "a test that expects nothing cannot fail")
    if not re.search(r"\bTEST(_F|_P)?\s*\(|\bTYPED_TEST\s*\(|\bINSTANTIATE_TEST_SUITE_P\s*\(", code):
        tree.add(path, 1, "there is no TEST in it")


def check_unique_names(tree):
    seen = {}
    for path in tree.sources():
        if path.relative_to(tree.root).parts[0] != "src":
            continue
        if path.name in seen:
            tree.add(path, 1, f"the same name as {seen[path.name].relative_to(tree.root)}")
        seen.setdefault(path.name, path)


def check_cases(tree):
    titles = {}
    for path in sorted((tree.root / "tests/cases").rglob("*")):
        if path.is_dir() or path.name == "README.md":
            continue
        if path.suffix != ".case":
            tree.add(path, 1, "only .case files are run; write files into the case")
            continue
        try:
            title = case_file.parse_case(path.read_text(encoding="utf-8")).title
        except (case_file.CaseError, ValueError) as problem:
            tree.add(path, 1, str(problem))
            continue
        if title in titles:
            tree.add(path, 1, f"the same title as {titles[title].relative_to(tree.root)}")
        titles.setdefault(title, path)


def check(root):
    """(number of files, problems)."""
    tree = Tree(root)
    count = 0
    for path in tree.sources():
        count += 1
        text = path.read_text(encoding="utf-8")
        code = cpp_text.without_literals(text)
        check_name(tree, path)
        check_sizes(tree, path, text)
        check_banned(tree, path, text, code)
        if path.suffix == ".h":
            check_header(tree, path, text, code)
        if path.name.endswith("_test.cc"):
            check_test(tree, path, code)
    check_unique_names(tree)
    check_cases(tree)
    for name in sorted(set(tree.exceptions) - tree.used_exceptions):
        tree.problems.append(f"tools/tree_exceptions.txt: {name} needs no exception any more")
    return count, tree.problems


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else default
    count, problems = check(root)
    for problem in problems:
        print(problem)
    print(f"tree: {count} files, {len(problems)} problems")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
