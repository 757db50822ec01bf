"""Runs the .case files below tests/cases. Their format: tests/cases/README.md.

usage: run_cases.py --program PATH [--update] [--jobs N] [--cases FOLDER] [FILTER]
FILTER is a part of a case's path or title, e.g. S10 or quarantine.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import case_checks  # noqa: E402
import case_file  # noqa: E402
import tally  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_S = 120
KEPT = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")
# The first of each list is what the others are compared with.
VARIANTS = {
    "threads": [{"LAKEGATE_THREADS": n} for n in ("1", "2", "3", "8")],
    "windows": [{}, {"LAKEGATE_TEST_WINDOW_BYTES": "4096", "LAKEGATE_TEST_UNIT_BYTES": "65536",
                    "LAKEGATE_TEST_PART_RECORDS": "3", "LAKEGATE_TEST_UNITS_AS_JSON": "1"}],
}


class Outcome:
    def __init__(self, path, title):
        self.path = path
        self.title = title
        self.failure = ""  # empty: passed
        self.reproduce = ""
        self.skipped = ""
        self.updated = False


class CaseRun:
    """One pass over a case's sections in a fresh folder, under one set of variables."""

    def __init__(self, case, program, folder, variables, update):
        self.case = case
        self.program = program
        self.folder = folder
        self.update = update
        self.variables = {"HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1",
                          "LAKEGATE_THREADS": "2", **variables}
        self.forced = variables
        text = "".join(section.text for section in case.of_kind("normalize"))
        self.normalize = case_checks.Normalizer(folder, text)
        self.finished = None  # the last command's subprocess result
        self.command_line = ""

    def failure(self):
        """Runs all sections; the first failure as text, or None."""
        for section in self.case.sections:
            step = getattr(self, "do_" + section.kind.replace("-", "_"), None)
            problem = step(section) if step else None
            if problem:
                return f"line {section.line}: --- {section.header}\n{problem}"
        return None

    def environment(self, extra):
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**kept, **self.variables, **extra, **self.forced}

    def do_file(self, section):
        path = self.folder / section.arguments()[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case_file.file_bytes(section))
        if "mode" in section.options():
            path.chmod(int(section.options()["mode"], 8))

    def do_remove(self, section):
        path = self.folder / section.arguments()[0]
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            return "it is not there"

    def do_mtime(self, section):
        seconds = float(section.arguments()[1])
        os.utime(self.folder / section.arguments()[0], (seconds, seconds))

    def do_env(self, section):
        for line in filter(None, section.text.splitlines()):
            name, _, value = line.partition("=")
            self.variables[name.strip()] = value

    def do_run(self, section):
        """Each line is one command; all must end with the section's exit code (default 0)."""
        wanted = int(section.options().get("exit", "0"))
        stdin = section.options().get("stdin")
        for line in section.text.replace("\\\n", " ").splitlines():
            if not line.strip():
                continue
            words = shlex.split(line)
            extra = {}
            while words and "=" in words[0] and words[0].split("=")[0].isupper():
                name, _, value = words.pop(0).partition("=")
                extra[name] = value
            self.command_line = self.shell_line({**self.variables, **extra, **self.forced}, words)
            try:
                self.finished = subprocess.run(
                    [self.program, *words], cwd=self.folder, env=self.environment(extra),
                    input=(self.folder / stdin).read_bytes() if stdin else b"",
                    capture_output=True, timeout=TIMEOUT_S, check=False)
            except subprocess.TimeoutExpired:
                return f"still running after {TIMEOUT_S} s"
            if self.finished.returncode != wanted:
                if self.update and 0 <= self.finished.returncode <= 5:
                    section.header = f"run exit={self.finished.returncode}" + (
                        f" stdin={stdin}" if stdin else "")
                    wanted = self.finished.returncode
                    continue
                return (f"exit code {self.finished.returncode}, expected {wanted}\n"
                        + self.both_streams())

    def shell_line(self, variables, words):
        shown = {name: value for name, value in variables.items() if name.startswith("LAKEGATE")}
        settings = "".join(f"{name}={shlex.quote(value)} " for name, value in shown.items())
        return (f"cd {self.folder} && NO_COLOR=1 {settings}"
                f"{shlex.quote(str(self.program))} {shlex.join(words)}")

    def both_streams(self):
        text = ""
        for name in ("stdout", "stderr"):
            content = getattr(self.finished, name).decode("utf-8", "backslashreplace")
            text += f"{name}:\n{content}" + ("" if content.endswith("\n") else "\n")
        return text

    def do_stdout(self, section):
        return self.check_stream(section, self.finished.stdout)

    def do_stderr(self, section):
        return self.check_stream(section, self.finished.stderr)

    def check_stream(self, section, content):
        actual = self.normalize(content.decode("utf-8", "backslashreplace"))
        mode = (section.arguments() or ["exact"])[0]
        if mode == "exact":
            failure = case_checks.check_text(section.text, actual, section.kind)
        elif mode == "json":
            failure = case_checks.check_json(section.text, actual, section.kind)
        else:
            failure = case_checks.check_lines(mode, section.text, actual, section.kind)
        return self.accept(section, failure, actual if mode in ("exact", "json") else None)

    def do_expect(self, section):
        failure, actual = case_checks.check_expect(section, self.folder, self.normalize)
        return self.accept(section, failure, actual)

    def accept(self, section, failure, actual):
        """With --update, what came out becomes what is expected."""
        if failure and self.update and actual is not None:
            mode = (section.arguments() or [""])[0]
            section.text = trimmed_json(mode, section.text, actual)
            return None
        return failure

    def outputs(self, excluded):
        """Every file below the folder, by normalized path, with normalized text."""
        found = {}
        for name in case_checks.list_files(self.folder, ""):
            if name.startswith(".lakegate/") or any(pathlib.PurePath(name).match(e)
                                                    for e in excluded):
                continue
            content = (self.folder / name).read_bytes()
            found[self.normalize(name)] = self.normalize.of_bytes(content)
        return found


def trimmed_json(mode, expected, actual):
    """For JSON, only the keys that the case already names."""
    if mode == "json":
        try:
            document = keep_named(json.loads(expected or "null"), json.loads(actual))
        except ValueError:
            return actual
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if mode in ("ndjson", "rows"):
        wanted = [line for line in expected.splitlines() if line.strip()]
        lines = []
        for index, line in enumerate(actual.splitlines()):
            try:
                shape = json.loads(wanted[min(index, len(wanted) - 1)]) if wanted else None
                lines.append(json.dumps(keep_named(shape, json.loads(line)), ensure_ascii=False))
            except ValueError:
                lines.append(line)
        return "".join(line + "\n" for line in lines)
    return actual


def keep_named(expected, actual):
    if expected == "<any>":
        return expected
    if isinstance(expected, dict) and isinstance(actual, dict) and expected:
        return {key: keep_named(expected[key], actual[key]) for key in expected if key in actual}
    if isinstance(expected, list) and isinstance(actual, list) and expected:
        if expected[-1] == "...":
            kept = [keep_named(e, a) for e, a in zip(expected[:-1], actual)]
            return kept + ["..."]
        last = len(expected) - 1
        return [keep_named(expected[min(i, last)], a) for i, a in enumerate(actual)]
    return actual


def variants_of(case):
    """Settings to run the case under; the first is the reference."""
    wanted = [name for section in case.of_kind("same-with") for name in section.arguments()]
    variants = [{}]
    if "threads" in wanted:
        variants = list(VARIANTS["threads"])
    if "windows" in wanted:
        variants += [{**base, **VARIANTS["windows"][1]}
                     for base in ([variants[0], variants[-1]] if len(variants) > 1 else variants)]
    return variants


def difference(first, other):
    """None, or which file differs between two sets of outputs."""
    for name in sorted(set(first) | set(other)):
        if name not in other or name not in first:
            return f"{name} is written only {'by the first' if name in first else 'by this one'}"
        if first[name] != other[name]:
            shown = case_checks.diff(first[name].decode("utf-8", "backslashreplace"),
                                     other[name].decode("utf-8", "backslashreplace"), name)
            return f"{name} differs\n" + "\n".join(shown.splitlines()[:40])
    return None


def run_case(path, options):
    outcome = Outcome(path, "")
    try:
        case = case_file.parse_case(path.read_text(encoding="utf-8"))
        outcome.title = case.title
        if case.of_kind("skip"):
            outcome.skipped = " ".join(case.of_kind("skip")[0].arguments())
            return outcome
        run_variants(path, case, options, outcome)
    except (case_file.CaseError, ValueError, OSError, ImportError) as problem:
        outcome.failure = str(problem)
    return outcome


def run_variants(path, case, options, outcome):
    before = case_file.format_case(case)
    excluded = [section.options().get("except", "") for section in case.of_kind("same-with")]
    reference = None
    for variables in variants_of(case):
        update = options.update and reference is None
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"lakegate-case-{path.stem}-")).resolve()
        run = CaseRun(case, options.program, folder, variables, update)
        outcome.failure = run.failure() or ""
        if not outcome.failure:
            outputs = run.outputs([e for e in excluded if e])
            if reference is None:
                reference = outputs
            else:
                outcome.failure = difference(reference, outputs) or ""
        if outcome.failure:
            if variables:
                settings = " ".join(f"{name}={value}" for name, value in variables.items())
                outcome.failure = f"with {settings}\n{outcome.failure}"
            outcome.reproduce = run.command_line
            break
        shutil.rmtree(folder, ignore_errors=True)
    if options.update and case_file.format_case(case) != before:
        path.write_text(case_file.format_case(case), encoding="utf-8")
        outcome.updated = True


def find_cases(folder, wanted):
    for path in sorted(folder.rglob("*.case")):
        with open(path, encoding="utf-8") as lines:
            title = lines.readline()
        if not wanted or wanted in str(path.relative_to(folder)) or wanted in title:
            yield path


def show(outcome, folder):
    name = outcome.path.relative_to(folder)
    if outcome.failure:
        print(f"\nFAILED {name}: {outcome.title}\n{outcome.failure.rstrip()}")
        if outcome.reproduce:
            print(f"reproduce: {outcome.reproduce}")
    elif outcome.updated:
        print(f"updated {name}: look at the difference before committing it")
    elif outcome.skipped:
        print(f"skipped {name}: {outcome.skipped}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", type=pathlib.Path, default=ROOT / "tests/cases")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("filter", nargs="?")
    options = parser.parse_args(arguments)
    options.program = pathlib.Path(options.program).resolve()
    paths = list(find_cases(options.cases, options.filter))
    if paths and not os.access(options.program, os.X_OK):
        print(f"there is no program at {options.program}: ./dev build release")
        return tally.report("cases", 0, len(paths))
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(lambda path: run_case(path, options), paths):
            show(outcome, options.cases)
            failed += bool(outcome.failure)
            passed += not outcome.failure and not outcome.skipped
    return tally.report("cases", passed, failed)


if __name__ == "__main__":
    sys.exit(main())
