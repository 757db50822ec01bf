"""What semantics says about one record, written a second time: slow, plain, independent.

A field is (name, kind, options). Kinds: string, integer, decimal, number, boolean, date, timestamp,
time, array, object. verdict_of_* give (values or None, sorted list of (code, field)).
"""

import datetime
import decimal
import ipaddress
import json
import re

INTEGER_RANGES = {"i8": (-2**7, 2**7 - 1), "i16": (-2**15, 2**15 - 1), "i32": (-2**31, 2**31 - 1),
                  "i64": (-2**63, 2**63 - 1), "u8": (0, 2**8 - 1), "u16": (0, 2**16 - 1),
                  "u32": (0, 2**32 - 1), "u64": (0, 2**64 - 1)}
MAX_DEPTH = 64
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?")
STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)?")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
exact = decimal.Context(prec=2000, Emax=999999, Emin=-999999)


class Refused(Exception):
    """Carries the reason code."""


class Number(str):
    """A JSON number as it is written."""


class DuplicateKey(Exception):
    pass


def as_decimal(text):
    return exact.create_decimal(text)


def pairs(items):
    if len({key for key, _ in items}) != len(items):
        raise DuplicateKey
    return dict(items)


def refuse_constant(_):
    raise ValueError("NaN and Infinity are no JSON")


def depth_of(text):
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if token.group() in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token.group() in "]}":
            depth -= 1
    return deepest


def has_lone_surrogate(value):
    if isinstance(value, str):
        return any(0xD800 <= ord(char) <= 0xDFFF for char in value)
    if isinstance(value, dict):
        return any(has_lone_surrogate(key) or has_lone_surrogate(v) for key, v in value.items())
    return isinstance(value, list) and any(map(has_lone_surrogate, value))


def parse_line(line):
    """The object of one line; Refused for broken structure."""
    try:
        text = line.decode("utf-8")
        if depth_of(text) > MAX_DEPTH:
            raise Refused("too-deep")
        value = json.loads(text, parse_int=Number, parse_float=Number,
                           parse_constant=refuse_constant, object_pairs_hook=pairs)
    except DuplicateKey:
        raise Refused("duplicate-key") from None
    except ValueError:
        raise Refused("json-syntax") from None
    if has_lone_surrogate(value):
        raise Refused("json-syntax")
    if not isinstance(value, dict):
        raise Refused("not-an-object")
    return value


def need(condition, code="type-error"):
    if not condition:
        raise Refused(code)


def to_date(text):
    match = DATE.fullmatch(text)
    need(match)
    try:
        return datetime.date(*map(int, match.groups()))
    except ValueError:
        raise Refused("type-error") from None


def to_time(text):
    match = TIME.fullmatch(text)
    need(match)
    hour, minute, second = (int(part) for part in match.groups()[:3])
    need(hour < 24 and minute < 60 and second < 60)
    return datetime.time(hour, minute, second, int((match.group(4) or "").ljust(6, "0")))


def to_stamp(text):
    match = STAMP.fullmatch(text)
    need(match)
    offset = datetime.timedelta()
    if match.group(3) not in (None, "Z"):
        hours, minutes = int(match.group(3)[1:3]), int(match.group(3)[4:])
        need(hours < 24 and minutes < 60)
        offset = datetime.timedelta(hours=hours, minutes=minutes)
        offset = -offset if match.group(3)[0] == "-" else offset
    local = datetime.datetime.combine(to_date(match.group(1)), to_time(match.group(2)))
    return (local - offset).replace(tzinfo=datetime.timezone.utc)


def to_number(text, kind, options):
    exactly = as_decimal(text)
    if kind == "number":
        need(abs(float(exactly)) != float("inf"), "out-of-range")
        return float(text)
    if kind == "integer":
        need(exactly == exactly.to_integral_value(context=exact))
        low, high = INTEGER_RANGES[options.get("format", "i64")]
        need(low <= exactly <= high, "out-of-range")
        return int(exactly)
    precision, scale = options["decimal"]
    need(abs(exactly) < as_decimal(f"1e{precision - scale}"), "out-of-range")
    need(exactly == exactly.quantize(as_decimal(f"1e-{scale}"), context=exact))
    return exactly


def value_of_json(value, kind, options):
    if kind in ("integer", "decimal", "number"):
        need(isinstance(value, Number))
        return to_number(value, kind, options)
    if kind == "boolean":
        need(isinstance(value, bool))
        return value
    if kind == "array":
        need(isinstance(value, list))
        return value
    if kind == "object":
        need(isinstance(value, dict))
        return value
    need(isinstance(value, str) and not isinstance(value, Number))
    return {"string": str, "date": to_date, "time": to_time, "timestamp": to_stamp}[kind](value)


def value_of_cell(text, kind, options):
    if kind == "integer":
        need(re.fullmatch(r"[+-]?\d+", text))
        return to_number(text, kind, options)
    if kind in ("decimal", "number"):
        need(NUMBER.fullmatch(text))
        return to_number(text, kind, options)
    if kind == "boolean":
        need(text.lower() in ("true", "false", "1", "0", "yes", "no", "t", "f", "y", "n"))
        return text.lower() in ("true", "1", "yes", "t", "y")
    return {"string": str, "date": to_date, "time": to_time, "timestamp": to_stamp}[kind](text)


def is_ipv4(text):
    try:
        return str(ipaddress.IPv4Address(text)) == text
    except ValueError:
        return False


FORMATS = {"uuid": UUID.fullmatch, "email": EMAIL.fullmatch, "ipv4": is_ipv4}


def broken_constraints(value, source, kind, options):
    """Codes of the constraints that a value of the right type breaks."""
    if kind == "string":
        if "enum" in options and value not in options["enum"]:
            yield "enum"
        if len(value) < options.get("minLength", 0):
            yield "min-length"
        if len(value) > options.get("maxLength", 10**9):
            yield "max-length"
        if "pattern" in options and not re.search(options["pattern"], value):
            yield "pattern"
        if options.get("format") in FORMATS and not FORMATS[options["format"]](value):
            yield "format"
    if kind == "array":
        if len(value) < options.get("minItems", 0):
            yield "min-items"
        if len(value) > options.get("maxItems", 10**9):
            yield "max-items"
    measured = as_decimal(source) if kind in ("integer", "decimal", "number") else value
    if "minimum" in options and measured < options["minimum"]:
        yield "minimum"
    if "exclusiveMinimum" in options and measured <= options["exclusiveMinimum"]:
        yield "minimum"
    if "maximum" in options and measured > options["maximum"]:
        yield "maximum"
    if "exclusiveMaximum" in options and measured >= options["exclusiveMaximum"]:
        yield "maximum"
    if "multipleOf" in options and measured % options["multipleOf"] != 0:
        yield "multiple-of"


def judge_field(source, field, parse, prefix=""):
    """(value, [(code, path)]) of one field; `source` None is absent or null."""
    name, kind, options = field
    path = prefix + name
    if source is None:
        return None, ([("required", path)] if options.get("required") else [])
    try:
        value = parse(source, kind, options)
    except Refused as reason:
        return None, [(str(reason), path)]
    found = [(code, path) for code in broken_constraints(value, source, kind, options)]
    if kind == "object":
        members = [(member, judge_field(value.get(member[0]), member, parse, path + "."))
                   for member in options["fields"]]
        found += [reason for _, (_, reasons) in members for reason in reasons]
        value = {member[0]: judged for member, (judged, _) in members}
    return value, found


class Oracle:
    """Judges records in input order; remembers the keys of unique fields."""

    def __init__(self, fields):
        self.fields = fields
        self.seen = {field[0]: set() for field in fields if field[2].get("unique")}

    def judge(self, sources, parse):
        values, found = {}, []
        for field in self.fields:
            values[field[0]], reasons = judge_field(sources.get(field[0]), field, parse)
            found += reasons
        for name, seen in self.seen.items():
            if sources.get(name) is None:
                continue
            # A value of the wrong type is a key as well: it is its text.
            key = repr(sources[name]) if values[name] is None else (values[name],)
            if key in seen:
                found.append(("unique", name))
            seen.add(key)
        return values, sorted(found)

    def judge_line(self, line):
        try:
            return self.judge(parse_line(line), value_of_json)
        except Refused as reason:
            return None, [(str(reason), "")]

    def judge_row(self, cells):
        """`cells`: texts, None for null; in the order of the fields."""
        names = [field[0] for field in self.fields]
        return self.judge(dict(zip(names, cells)), value_of_cell)
