"""What a case expects against what came out. Every check returns None or the text of a failure."""

import base64
import difflib
import glob
import hashlib
import json
import os
import pathlib
import re

BUILT_IN = {
    "uuid": (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
    "time": (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", "<time>"),
    "duration": (r"\b\d+(\.\d+)? ?(ns|us|µs|ms|s|min|minutes?|seconds?|hours?)\b", "<duration>"),
    "throughput": (r"\b\d+(\.\d+)? ?[kMGT]?B/s", "<throughput>"),
    "part": (r"part-(\d+)-[0-9a-f]{8}", r"part-\1-<hash>"),
}


class Normalizer:
    """Replaces what differs between two runs of the same thing."""

    def __init__(self, folder, text):
        self.rules = [(re.compile(re.escape(str(folder))), "<dir>")]
        for line in filter(None, (line.strip() for line in text.splitlines())):
            if line in BUILT_IN:
                pattern, replacement = BUILT_IN[line]
            elif " -> " in line:
                pattern, replacement = line.rsplit(" -> ", 1)
            else:
                raise ValueError(f"normalize: '{line}' is none of {', '.join(BUILT_IN)}, "
                                 "and not 'regex -> replacement'")
            self.rules.append((re.compile(pattern), replacement))

    def __call__(self, text):
        for pattern, replacement in self.rules:
            text = pattern.sub(replacement, text)
        return text

    def of_bytes(self, content):
        """Text is normalized, other bytes stay."""
        try:
            return self(content.decode()).encode()
        except UnicodeDecodeError:
            return content


def diff(expected, actual, what):
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(),
                                 f"expected {what}", f"actual {what}", lineterm="", n=3)
    return "\n".join(lines)


def check_text(expected, actual, what):
    if expected.rstrip("\n") == actual.rstrip("\n"):
        return None
    return diff(expected, actual, what)


def check_lines(mode, expected, actual, what):
    """mode contains / absent: every line (not) in the text; regex: found somewhere in it."""
    for line in filter(None, expected.splitlines()):
        if mode == "regex":
            found, wanted = re.search(line, actual, re.MULTILINE), True
        else:
            found, wanted = line in actual, mode != "absent"
        if bool(found) != wanted:
            verb = "has no match for" if mode == "regex" else "lacks" if wanted else "must not have"
            return f"{what} {verb}: {line}\n{what} was:\n{_indent(actual)}"
    return None


def subset_problem(expected, actual, path="$"):
    """None if `expected` is in `actual`: objects may have more keys; a list that ends in "..." may
    have more items; "<any>" stands for any value."""
    if expected == "<any>":
        return None
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return f"{path}: expected an object, got {json.dumps(actual)}"
        for key, value in expected.items():
            if key not in actual:
                return f"{path}.{key}: missing; there are: {', '.join(actual)}"
            problem = subset_problem(value, actual[key], f"{path}.{key}")
            if problem:
                return problem
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        items = expected[:-1] if expected and expected[-1] == "..." else expected
        if len(items) > len(actual) or (items is expected and len(items) != len(actual)):
            return f"{path}: expected {len(items)} items, got {len(actual)}: {json.dumps(actual)}"
        for index, item in enumerate(items):
            problem = subset_problem(item, actual[index], f"{path}[{index}]")
            if problem:
                return problem
        return None
    same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return None if same else f"{path}: expected {json.dumps(expected)}, got {json.dumps(actual)}"


def check_json(expected, actual, what):
    try:
        problem = subset_problem(json.loads(expected), json.loads(actual))
    except ValueError as error:
        problem = f"no JSON: {error}"
    return f"{what}: {problem}\n{what} was:\n{_indent(actual)}" if problem else None


def check_json_lines(expected, actual, what):
    wanted = [line for line in expected.splitlines() if line.strip()]
    given = [line for line in actual.splitlines() if line.strip()]
    more = bool(wanted) and wanted[-1].strip() in ("...", '"..."')
    if more:
        wanted.pop()
    if len(given) < len(wanted) or (len(given) > len(wanted) and not more):
        return f"{what}: expected {len(wanted)} lines, got {len(given)}\n{_indent(actual)}"
    for number, (one, other) in enumerate(zip(wanted, given), start=1):
        failure = check_json(one, other, f"{what} line {number}")
        if failure:
            return failure
    return None


def find_one(folder, pattern):
    """(path, None) of the only match of a path that may have * and **, or (None, failure)."""
    matches = sorted(glob.glob(str(folder / pattern), recursive=True, include_hidden=True))
    if len(matches) == 1:
        return pathlib.Path(matches[0]), None
    there = "\n".join(list_files(folder, ""))
    what = "no file" if not matches else f"{len(matches)} files"
    return None, f"{pattern}: {what}; there are:\n{_indent(there)}"


def list_files(folder, prefix):
    start = folder / prefix
    found = []
    for parent, _, names in os.walk(start):
        found += [os.path.relpath(os.path.join(parent, name), folder) for name in names]
    return sorted(found)


def rows_of(path):
    """The rows of a Parquet file, or of all below a folder, one JSON object a line."""
    import pyarrow.parquet  # the Python environment of ./dev setup has it

    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    lines = []
    for file in files:
        for row in pyarrow.parquet.ParquetFile(file).read().to_pylist():
            lines.append(json.dumps(row, default=_plain, ensure_ascii=False))
    return "".join(line + "\n" for line in lines)


def _plain(value):
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def file_value(mode, path):
    """What an `--- expect` section of that mode compares, as text."""
    if mode == "rows":
        return rows_of(path)
    content = path.read_bytes()
    if mode == "base64":
        return base64.b64encode(content).decode() + "\n"
    if mode == "hex":
        return content.hex(" ") + "\n"
    if mode == "sha256":
        return hashlib.sha256(content).hexdigest() + "\n"
    if mode == "size":
        return f"{len(content)}\n"
    return content.decode("utf-8", "backslashreplace")


def check_expect(section, folder, normalize):
    """(failure or None, actual text for --update or None) of one `--- expect MODE PATH`."""
    mode, pattern = section.arguments()
    if mode == "list":
        actual = normalize("".join(f"{name}\n" for name in list_files(folder, pattern)))
        return check_text(section.text, actual, f"list of {pattern}"), actual
    if mode == "absent":
        matches = glob.glob(str(folder / pattern), recursive=True, include_hidden=True)
        return (f"{pattern} must not be there" if matches else None), None
    path, failure = find_one(folder, pattern)
    if failure or mode == "exists":
        return failure, None
    actual = file_value(mode, path)
    if mode in ("text", "json", "ndjson", "rows", "contains", "regex"):
        actual = normalize(actual)
    expected = section.text
    if mode in ("base64", "hex"):
        expected, actual = "".join(expected.split()), "".join(actual.split())
        return check_text(expected, actual, pattern), actual + "\n"
    if mode in ("contains", "regex"):
        return check_lines(mode, expected, actual, pattern), None
    if mode == "json":
        return check_json(expected, actual, pattern), actual
    if mode in ("ndjson", "rows"):
        return check_json_lines(expected, actual, pattern), actual
    return check_text(expected, actual, pattern), actual


def _indent(text, limit=60):
    lines = text.splitlines() or ["(empty)"]
    shown = lines[:limit] + ([f"... {len(lines) - limit} more lines"] if len(lines) > limit else [])
    return "\n".join("    " + line for line in shown)
