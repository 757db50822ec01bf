"""The same contracts and data given to datacontract-cli and to Lakegate: who says what.

    python3 bench/verdicts.py --datacontract PATH/TO/datacontract [--program build/release/lakegate]

Prints a table in Markdown. datacontract-cli 1.2.8 is installed by `pip install datacontract-cli==1.2.8`
into an environment of its own; nothing of Lakegate needs it.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

HEAD = """apiVersion: v3.1.0
kind: DataContract
id: "{name}"
version: 1.0.0
status: active
servers:
  - {{server: production, type: local, path: "{path}", format: {format}}}
schema:
  - name: t
    physicalType: table
    properties:
{properties}
{quality}"""

ID = "      - {name: id, logicalType: integer, physicalType: integer}"
TEXT = "      - {name: s, logicalType: string, physicalType: string%s}"


def csv(*rows):
    return "id,s\n" + "".join(row + "\n" for row in rows)


def quality(*items):
    return "    quality:\n" + "".join(f"      - {item}\n" for item in items)


# name, what is in the data, properties, quality, file ending, data, whether the data break a promise
CASES = [
    ("clean", "nothing is wrong", [ID, TEXT % ""], "", "csv", csv("1,a", "2,b"), False),
    ("null", "one value of a required column is missing",
     [ID, TEXT % ", required: true"], "", "csv", csv("1,a", "2,"), True),
    ("empty text", "a quoted empty text in a required column: not null",
     [ID, TEXT % ", required: true"], "", "csv", csv("1,a", '2,""'), False),
    ("wrong type", "a word in an integer column", [ID, TEXT % ""], "", "csv",
     csv("1,a", "two,b"), True),
    ("leading zeros", "00123 in a string column, quoted nowhere",
     [ID, TEXT % ', logicalTypeOptions: {pattern: "^[0-9]{5}$"}'], "", "csv",
     csv("1,00123", "2,01234"), False),
    ("pattern", "one value does not match", [ID, TEXT % ', logicalTypeOptions: {pattern: "^a"}'],
     "", "csv", csv("1,ab", "2,b"), True),
    ("maxLength in code points", "four letters, eight bytes, at most four",
     [ID, TEXT % ", logicalTypeOptions: {maxLength: 4}"], "", "csv", csv("1,äöüß", "2,b"), False),
    ("unique", "one id twice",
     ["      - {name: id, logicalType: integer, physicalType: integer, unique: true}", TEXT % ""],
     "", "csv", csv("1,a", "1,b"), True),
    ("duplicates in percent", "1 extra copy of 10 rows = 10 %, allowed 5 %", [ID, TEXT % ""],
     quality("{id: few, type: library, metric: duplicateValues, arguments: {properties: [s]}, "
             "mustBeLessThan: 5, unit: percent}"), "csv",
     csv(*[f"{i},{'abcdefghia'[i]}" for i in range(10)]), True),
    ("nulls in percent", "1 of 10 is null = 10 %, allowed 20 %",
     [ID, TEXT % (", quality: [{id: nulls, type: library, metric: nullValues, "
                  "mustBeLessThan: 20, unit: percent}]")], "", "csv",
     csv(*[f"{i},{'abcdefghi'[i:i + 1]}" for i in range(10)]), False),
    ("sql rule", "the query counts 1, must be 0", [ID, TEXT % ""],
     quality('{id: q, type: sql, query: "SELECT count(*) FROM {object} WHERE id < 0", mustBe: 0}'),
     "csv", csv("1,a", "-2,b"), True),
    ("extra column", "a column that the contract does not know", [ID, TEXT % ""], "", "csv",
     "id,s,x\n1,a,9\n", True),
    ("moved columns", "the columns in another order, both text",
     [TEXT.replace("name: s", "name: a") % "", TEXT.replace("name: s", "name: b") % ""], "", "csv",
     "b,a\nx,y\n", True),
    ("damaged line", "the second JSON line is cut", [ID, TEXT % ""], "", "json",
     '{"id": 1, "s": "a"}\n{"id": 2, "s": "b\n{"id": 3, "s": "c"}\n', True),
    ("nested", "a member of an object in a list is missing", [ID, """      - name: items
        logicalType: array
        items:
          logicalType: object
          properties:
            - {name: sku, logicalType: string, required: true}"""], "", "json",
     '{"id": 1, "items": [{"sku": "a"}]}\n{"id": 2, "items": [{"sku": "b"}, {"n": 1}]}\n', True),
    ("foreign engine", "a rule of another engine that nobody runs here", [ID, TEXT % ""],
     quality("{id: c, type: custom, engine: greatExpectations, implementation: "
             '"type: expect_table_row_count_to_equal"}'), "csv", csv("1,a"), None),
    ("service level", "the newest time is years old, at most 1 day is promised",
     [ID, "      - {name: at, logicalType: timestamp, physicalType: timestamp}"],
     "slaProperties:\n  - {property: latency, value: 1, unit: d, element: t.at}\n", "csv",
     "id,at\n1,2020-01-01T00:00:00Z\n", True),
]


def write_case(folder, case):
    name, _, properties, items, ending, data, _ = case
    path = folder / f"data.{ending}"
    path.write_text(data, encoding="utf-8")
    contract = folder / "contract.odcs.yaml"
    contract.write_text(HEAD.format(
        name=name.replace(" ", "-"), path=path, format=ending,
        properties="\n".join(properties), quality=items), encoding="utf-8")
    return contract, path


def ask_datacontract(program, contract):
    out = contract.parent / "dc.json"
    done = subprocess.run([program, "test", str(contract), "--output", str(out), "--output-format",
                           "json"], capture_output=True, text=True, check=False, timeout=300)
    if not out.exists():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return "error", lines[-1][:80] if lines else "no output"
    result = json.loads(out.read_text(encoding="utf-8"))
    told = []
    for check in result.get("checks") or []:
        if check.get("result") not in ("passed", None):
            reason = (check.get("reason") or "").split("\n")[0]
            told.append(f"{check.get('name')}: {reason}"[:90])
    return str(result.get("result")), "; ".join(told)[:160]


def ask_lakegate(program, contract, data):
    done = subprocess.run([program, "check", str(data), "--format",
                           "ndjson" if data.suffix == ".json" else "csv", "--contract",
                           str(contract), "--json"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return f"exit {done.returncode}", done.stderr.strip().splitlines()[0][:120]
    report = json.loads(done.stdout)
    told = [f"{file['reasons'][0]['code']} {file['reasons'][0]['label']}".strip()
            for file in report["files"] if file["reasons"]]
    told += [f"{rule['id']}: {rule.get('why_skipped') or rule.get('why_not')}"
             for rule in report["rules"] if rule["verdict"] == "skipped"]
    told += [f"{rule['id']} {rule['value']}" for rule in report["rules"]
             if rule["verdict"] in ("failed", "error") and rule["scope"] == "dataset"]
    told += [f"line {sample['line']}: {reason['code']} {reason['field']}".strip()
             for sample in report["samples"] for reason in sample["reasons"]]
    return report["verdict"], "; ".join(told)[:160]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datacontract", required=True)
    parser.add_argument("--program", default="build/release/lakegate")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    print("| data | holds | datacontract-cli | says | lakegate | says |\n|---|---|---|---|---|---|")
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            contract, data = write_case(pathlib.Path(folder), case)
            theirs = ask_datacontract(options.datacontract, contract)
            ours = ask_lakegate(program, contract, data)
        holds = {True: "broken", False: "kept", None: "unknown"}[case[6]]
        cells = [f"**{case[0]}**: {case[1]}", holds, theirs[0], theirs[1], ours[0], ours[1]]
        clean = [cell.replace("|", "/").replace(folder, "...").replace("\n", " ") for cell in cells]
        print("| " + " | ".join(clean) + " |", flush=True)


if __name__ == "__main__":
    main()
