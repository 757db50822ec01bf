"""The text of a .case file: parsing, and writing it back. The format: tests/cases/README.md."""

import base64
import binascii
import re
import shlex

KINDS = {
    "file": "write a file", "remove": "remove a file or folder", "mtime": "set a file's time",
    "env": "set variables", "normalize": "replace what differs between runs",
    "run": "run the program", "stdout": "expect output", "stderr": "expect messages",
    "expect": "expect files", "same-with": "repeat under other settings", "skip": "do not run",
}
STREAM_MODES = {"exact", "contains", "regex", "json", "absent"}
EXPECT_MODES = {"text", "contains", "regex", "json", "ndjson", "base64", "hex", "sha256", "size",
                "absent", "exists", "list", "rows"}
FILE_FLAGS = {"escapes", "base64", "hex", "no-eol"}
SETTINGS = {"threads", "windows"}
OPTIONS = {"exit", "stdin", "repeat", "mode", "except"}


class CaseError(Exception):
    """The .case file itself is wrong."""


class Section:
    """One '--- kind words' line and the text below it; `line` counts from 1."""

    def __init__(self, line, header, text):
        self.line = line
        self.header = header
        self.words = shlex.split(header)
        self.kind = self.words[0]
        self.text = text

    def options(self):
        """The words of the form name=value."""
        return dict(word.split("=", 1) for word in self.words[1:] if _is_option(word))

    def arguments(self):
        """The other words behind the kind."""
        return [word for word in self.words[1:] if not _is_option(word)]


def _is_option(word):
    """Paths may have a = as well: tables/events/date=2025-01-01."""
    return "=" in word and word.split("=", 1)[0] in OPTIONS


class Case:
    def __init__(self, title, preamble, sections):
        self.title = title
        self.preamble = preamble  # title and comments, as they stand in the file
        self.sections = sections

    def of_kind(self, kind):
        return [section for section in self.sections if section.kind == kind]


def parse_case(text):
    """Case of a file's text; CaseError names the line."""
    preamble, sections, header, body, header_line = [], [], None, [], 0

    def close():
        if header is not None:
            sections.append(Section(header_line, header, _section_text(body)))

    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("--- "):
            close()
            header, body, header_line = line[4:].strip(), [], number
            _check_header(number, header)
        elif header is None:
            preamble.append(line)
        else:
            body.append(line[1:] if re.match(r"\\+--- ", line) else line)
    close()
    title = next((line for line in preamble if line.strip() and not line.startswith("#")), "")
    if not title:
        raise CaseError("line 1: the first line must be the title")
    case = Case(title.strip(), "\n".join(preamble).rstrip("\n"), sections)
    _check_order(case)
    return case


def format_case(case):
    """The text of the file; parse_case(format_case(c)) is c."""
    parts = [case.preamble]
    for section in case.sections:
        body = re.sub(r"(?m)^(\\*--- )", r"\\\1", section.text.rstrip("\n"))
        parts.append(f"--- {section.header}" + (f"\n{body}" if body else ""))
    return "\n\n".join(parts) + "\n"


def _section_text(lines):
    # Blank lines before the next marker are layout, not content.
    while lines and not lines[-1].strip():
        lines.pop()
    return "".join(line + "\n" for line in lines)


def _check_header(number, header):
    try:
        words = shlex.split(header)
    except ValueError as problem:
        raise CaseError(f"line {number}: {problem}") from problem
    if not words or words[0] not in KINDS:
        raise CaseError(f"line {number}: unknown section '{header}'; known: {', '.join(KINDS)}")
    kind, plain = words[0], [word for word in words[1:] if not _is_option(word)]

    def need(condition, what):
        if not condition:
            raise CaseError(f"line {number}: --- {kind} {what}")

    if kind == "file":
        need(plain, "needs a path")
        need(set(plain[1:]) <= FILE_FLAGS, f"knows {', '.join(sorted(FILE_FLAGS))}, repeat=N")
    elif kind in ("stdout", "stderr"):
        need(set(plain) <= STREAM_MODES and len(plain) <= 1, f"knows {sorted(STREAM_MODES)}")
    elif kind == "expect":
        need(len(plain) == 2 and plain[0] in EXPECT_MODES,
             f"needs a mode ({', '.join(sorted(EXPECT_MODES))}) and a path")
    elif kind == "same-with":
        need(plain and set(plain) <= SETTINGS, f"knows {', '.join(sorted(SETTINGS))}")
    elif kind == "skip":
        need(plain, "needs a reason")
    elif kind in ("remove", "mtime"):
        need(plain, "needs a path")


def _check_order(case):
    ran = False
    for section in case.sections:
        ran = ran or section.kind == "run"
        if section.kind in ("stdout", "stderr", "expect") and not ran:
            raise CaseError(f"line {section.line}: --- {section.kind} before the first --- run")
    if not ran and not case.of_kind("skip"):
        raise CaseError("there is no --- run")
    checks = any(s.kind in ("stdout", "stderr", "expect") for s in case.sections)
    exits = any("exit" in s.options() for s in case.of_kind("run"))
    if ran and not checks and not exits:
        raise CaseError("nothing is expected: add --- stdout, --- expect or --- run exit=N")


_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "\\": b"\\", "\n": b""}


def unescape(text):
    r"""Bytes of text with \n \r \t \0 \\ \xHH, and \ at the end of a line for no line end."""
    out, at = bytearray(), 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
            continue
        following = text[at + 1:at + 2]
        if following == "x":
            out += bytes.fromhex(text[at + 2:at + 4])
            at += 4
        elif following in _ESCAPES:
            out += _ESCAPES[following]
            at += 2
        else:
            raise CaseError(f"unknown escape \\{following} (a backslash is \\\\)")
    return bytes(out)


def file_bytes(section):
    """The bytes that a `--- file` section writes. {i} is the number of the repetition."""
    flags = set(section.arguments()[1:])
    try:
        if "base64" in flags:
            content = base64.b64decode("".join(section.text.split()), validate=True)
        elif "hex" in flags:
            content = bytes.fromhex(section.text)
        elif "escapes" in flags:
            content = unescape(section.text)
        else:
            content = section.text.encode()
    except (ValueError, binascii.Error) as problem:
        raise CaseError(f"line {section.line}: {problem}") from problem
    if "repeat" in section.options():
        count = int(section.options()["repeat"])
        content = b"".join(content.replace(b"{i}", b"%d" % i) for i in range(count))
    if "no-eol" in flags and content.endswith(b"\n"):
        content = content[:-1]
    return content
