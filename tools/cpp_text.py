"""C++ text without comments and literals, and where its functions are. Heuristics that are right
for code in house format; no parser."""

import re

_SKIPPED = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<tag>[^()\\ \n]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.[^'\n]*|[^'\\\n])'",
    re.DOTALL)


def without_literals(text):
    """The same lines, with comments gone and literals emptied."""
    def blank(match):
        return ('""' if match.group().endswith('"') else "") + "\n" * match.group().count("\n")
    return _SKIPPED.sub(blank, text)


def without_directives(code):
    """Preprocessor lines (with their continuations) emptied."""
    return re.sub(r"(?m)^[ \t]*#(?:.*\\\n)*.*$", lambda m: "\n" * m.group().count("\n"), code)


_SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
_ACCESS = re.compile(r"\s*(public|private|protected)\s*")
_CONTROL = re.compile(r"^\s*(if|for|while|switch|do|else|try|catch|return)\b")


def functions(text):
    """(name, first line, number of lines) of each function that is defined in the text."""
    code = without_directives(without_literals(text))
    found, scopes = [], []  # scopes: (kind, name, first line)
    head, head_line, line = "", 0, 1
    for character in code:
        if character == "\n":
            line += 1
        if character == "{":
            kind = _scope_kind(head, scopes)
            scopes.append((kind, _name_of(head), head_line))
            if kind != "init":
                head = ""
            continue
        if character == "}":
            kind, name, first = scopes.pop() if scopes else ("scope", "", line)
            if kind == "function":
                found.append((name, first, line - first + 1))
            if kind != "init":
                head = ""
            continue
        if character == ";" or (character == ":" and _ACCESS.fullmatch(head)):
            head = ""
            continue
        if not head.strip() and not character.isspace():
            head, head_line = "", line
        head += character
    return found


def _scope_kind(head, scopes):
    if any(kind in ("function", "block", "init") for kind, _, _ in scopes):
        return "block"
    if "(" not in head:
        return "scope" if _SCOPE.search(head) else "init"
    in_initializers = re.search(r"\)\s*(noexcept\s*)?:[^:]", head)
    if in_initializers and re.search(r"[\w>]\s*$", head) and not head.endswith(" "):
        return "init"
    if re.match(r"\s*(template\s*<[^{]*>\s*)?(class|struct|namespace)\b", head) and \
            not re.search(r"\)\s*(const)?\s*$", head):
        return "scope"
    return "block" if _CONTROL.match(head) else "function"


def _name_of(head):
    match = re.search(r"([\w~:]+(?:\s*operator[^(]*)?)\s*\(", head)
    if match and match.group(1) in ("TEST", "TEST_F", "TEST_P"):
        return " ".join(head.split())
    return match.group(1) if match else ""
