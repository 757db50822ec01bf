"""What one rule costs: user CPU of `lakegate check` with and without it, in ns a value.

    python3 bench/rules.py [--program build/release/lakegate] [--records 400000] [--rounds 5]

One column, one thread; each pair is timed alternating; the table shows medians. Then a contract with
200 columns and 400 rules: ns a value and peak memory for two sizes of the same file.
"""

import argparse
import json
import pathlib
import random
import resource
import statistics
import subprocess
import tempfile
import uuid

HEAD = """apiVersion: v3.2.0
kind: DataContract
id: bench
version: 1.0.0
status: active
schema:
  - name: t
    properties:
"""

STRING = "logicalType: string"
INTEGER = "logicalType: integer"
DECIMAL = 'logicalType: number, physicalType: "decimal(12,2)"'


def texts(rng):
    return "".join(rng.choice("abcdefghij ") for _ in range(rng.randrange(8, 24)))


# name, how a value is made, the property without the rule, with the rule
CASES = [
    ("integer type", lambda rng: rng.randrange(10**9), STRING, INTEGER),
    ("decimal type", lambda rng: rng.randrange(10**8) / 100, STRING, DECIMAL),
    ("timestamp type", lambda rng: f"2025-01-{rng.randrange(1, 29):02}T10:{rng.randrange(60):02}:00Z",
     STRING, "logicalType: timestamp"),
    ("required", texts, STRING, STRING + ", required: true"),
    ("maxLength", texts, STRING, STRING + ", logicalTypeOptions: {maxLength: 40}"),
    ("format uuid", lambda rng: str(uuid.UUID(int=rng.getrandbits(128))), STRING,
     STRING + ", logicalTypeOptions: {format: uuid}"),
    ("format email", lambda rng: f"user{rng.randrange(10**6)}@mail.example.org", STRING,
     STRING + ", logicalTypeOptions: {format: email}"),
    ("format date-time", lambda rng: f"2025-01-{rng.randrange(1, 29):02}T10:{rng.randrange(60):02}:00Z",
     STRING, STRING + ", logicalTypeOptions: {format: date-time}"),
    ("format ipv4", lambda rng: ".".join(str(rng.randrange(256)) for _ in range(4)), STRING,
     STRING + ", logicalTypeOptions: {format: ipv4}"),
    ("pattern ^[a-j ]{8,23}$", texts, STRING,
     STRING + ', logicalTypeOptions: {pattern: "^[a-j ]{8,23}$"}'),
    ("pattern by RE2", texts, STRING,
     STRING + ', logicalTypeOptions: {pattern: "^([a-e]|[f-j ])+$"}'),
    ("enum of 4", lambda rng: rng.choice(["login", "view_item", "add_to_cart", "purchase"]), STRING,
     STRING + ", enum: [{value: login}, {value: view_item}, {value: add_to_cart}, {value: purchase}]"),
    ("minimum and maximum", lambda rng: rng.randrange(10**6), INTEGER,
     INTEGER + ", logicalTypeOptions: {minimum: 0, maximum: 1000000}"),
    ("multipleOf", lambda rng: rng.randrange(10**6) * 5, INTEGER,
     INTEGER + ", logicalTypeOptions: {multipleOf: 5}"),
    ("nullValues", texts, STRING, STRING + ", quality: [{id: q, metric: nullValues, mustBe: 0}]"),
    ("missingValues of 3", texts, STRING,
     STRING + ", quality: [{id: q, metric: missingValues, arguments: {missingValues: ['', 'N/A', "
     "'-']}, mustBe: 0}]"),
    ("invalidValues by pattern", texts, STRING,
     STRING + ", quality: [{id: q, metric: invalidValues, arguments: {pattern: '^[a-j ]+$'}, "
     "mustBe: 0}]"),
    ("duplicateValues", lambda rng: str(uuid.UUID(int=rng.getrandbits(128))), STRING,
     STRING + ", quality: [{id: q, metric: duplicateValues, mustBe: 0}]"),
    ("unique", lambda rng: str(uuid.UUID(int=rng.getrandbits(128))), STRING,
     STRING + ", unique: true"),
]


def user_seconds(program, contract, data):
    """User CPU of one check on one thread."""
    words = [program, "check", str(data), "--contract", str(contract), "--threads", "1", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{words} ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
    return after.ru_utime - before.ru_utime


def peak_mb(program, contract, data):
    words = ["/usr/bin/env", "python3", "-c", "import resource, subprocess, sys; "
             "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False); "
             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)",
             program, "check", str(data), "--contract", str(contract)]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def one_rule(program, folder, case, records, rounds):
    name, make, without, with_rule = case
    rng = random.Random(1)
    data = folder / "data.ndjson"
    with open(data, "w", encoding="utf-8") as out:
        for _ in range(records):
            out.write(json.dumps({"v": make(rng)}) + "\n")
    plain, ruled = folder / "plain.yaml", folder / "ruled.yaml"
    base = "      - {name: v, %s}\n"
    # A number is no text: its type is compared with a column that the contract does not know.
    is_number = with_rule in (INTEGER, DECIMAL)
    unknown = "      - {name: w, logicalType: string}\n"
    plain.write_text(HEAD + (unknown if is_number else base % without), encoding="utf-8")
    ruled.write_text(HEAD + base % with_rule, encoding="utf-8")
    times = {plain: [], ruled: []}
    for _ in range(rounds):
        for contract in times:
            times[contract].append(user_seconds(program, contract, data))
    low, high = (statistics.median(times[contract]) for contract in (plain, ruled))
    print(f"| {name} | {low / records * 1e9:.0f} | {high / records * 1e9:.0f} | "
          f"{(high - low) / records * 1e9:.0f} |", flush=True)


def wide(program, folder, records, rounds):
    """200 columns and 400 rules besides the types."""
    rng = random.Random(2)
    lines, makers = [], []
    for number in range(200):
        kind = number % 4
        if kind == 0:
            lines.append(f"      - {{name: c{number}, {STRING}, required: true, "
                         "logicalTypeOptions: {maxLength: 40}}")
            makers.append(texts)
        elif kind == 1:
            lines.append(f"      - {{name: c{number}, {INTEGER}, "
                         "logicalTypeOptions: {minimum: 0, maximum: 1000000}}")
            makers.append(lambda rng: rng.randrange(10**6))
        elif kind == 2:
            lines.append(f"      - {{name: c{number}, {DECIMAL}, required: true, quality: "
                         f"[{{id: q{number}, metric: nullValues, mustBe: 0}}]}}")
            makers.append(lambda rng: rng.randrange(10**6) / 100)
        else:
            lines.append(f"      - {{name: c{number}, {STRING}, required: true, "
                         "enum: [{value: a}, {value: b}, {value: c}]}")
            makers.append(lambda rng: rng.choice("abc"))
    contract = folder / "wide.yaml"
    contract.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n| 200 columns, 400 rules | ns a value (1 thread) | peak MB (all threads) |\n|---|---|---|")
    for count in (records, records * 4):
        data = folder / "wide.ndjson"
        with open(data, "w", encoding="utf-8") as out:
            for _ in range(count):
                out.write(json.dumps({f"c{i}": make(rng) for i, make in enumerate(makers)}) + "\n")
        median = statistics.median(user_seconds(program, contract, data) for _ in range(rounds))
        size = data.stat().st_size / 1e6
        print(f"| {count:,} records, {size:.0f} MB | {median / count / 200 * 1e9:.1f} | "
              f"{peak_mb(program, contract, data)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default="build/release/lakegate")
    parser.add_argument("--records", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    print("| rule | without, ns a record | with | the rule |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            one_rule(program, pathlib.Path(folder), case, options.records, options.rounds)
        wide(program, pathlib.Path(folder), max(options.records // 20, 1), options.rounds)


if __name__ == "__main__":
    main()
