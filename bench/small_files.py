"""Many small landed files: what discovery and the ledger cost a file, what a rerun with nothing to do
costs, and how much memory it takes.

usage: small_files.py --program PATH [--files 10000] [--records 10] [--folder DIR]
"""

import argparse
import json
import os
import pathlib
import shutil
import tempfile
import time

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: small
version: 1.0.0
status: active
schema:
  - name: events
    properties:
      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: at, logicalType: timestamp, required: true}
      - {name: name, logicalType: string}
      - {name: day, logicalType: date}
"""
LAKE = """version: 1
name: small
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "LANDING", format: ndjson, keep: KEEP}
    publish: PUBLISH
"""
BY_DAY = "events/day={day}/*.json"
# name -> landing path, publish, keep, days
SHAPES = {
    "replace, 100 partitions": (BY_DAY, "{partition_by: [day]}", "in_place", 100),
    "replace, 1 partition": (BY_DAY, "{partition_by: [day]}", "in_place", 1),
    "append": ("events/*.json", "{mode: append}", "in_place", 0),
    "append, keep: move": ("events/*.json", "{mode: append}", "move", 0),
    "upsert": ("events/*.json", "{mode: upsert, key: [id], order_by: at}", "in_place", 0),
}


def make(lake, shape, files, records):
    path, publish, keep, days = shape
    lake.mkdir()
    text = LAKE.replace("LANDING", path).replace("KEEP", keep).replace("PUBLISH", publish)
    contract = CONTRACT if days else CONTRACT[:CONTRACT.rindex("      - {name: day")]
    if days:
        contract = contract.replace(", primaryKey: true, primaryKeyPosition: 1", "").replace(
            "logicalType: date}", "logicalType: date, partitioned: true, partitionKeyPosition: 1}")
    (lake / "lakegate.yaml").write_text(text, encoding="utf-8")
    (lake / "c.odcs.yaml").write_text(contract, encoding="utf-8")
    land(lake, shape, 0, files, records)


def land(lake, shape, first, files, records):
    days = shape[3]
    for number in range(first, first + files):
        day = number % days if days else 0
        folder = lake / (f"land/events/day=2025-{1 + day // 28:02}-{1 + day % 28:02}" if days
                         else "land/events")
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps({"id": number * records + n, "at": "2025-01-01T00:00:00Z",
                             "name": f"name {n}"}) for n in range(records)]
        (folder / f"f{number:06}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measure(program, lake):
    """(wall s, user + system s, peak MB) of a run; its last line."""
    started = time.monotonic()
    out = lake / "out.txt"
    child = os.fork()
    if child == 0:
        os.chdir(lake)
        with open(out, "wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os.execv(program, [program, "run"])
    _, status, usage = os.wait4(child, 0)
    said = out.read_text(encoding="utf-8")
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"the run failed:\n{said[-2000:]}")
    return (time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
            said.splitlines()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--records", type=int, default=10)
    parser.add_argument("--folder")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    print(f"{options.files} files of {options.records} records\n"
          f"{'':26}{'first run':>22}{'a file':>10}{'nothing to do':>22}{'1 more file':>12}{'peak':>9}")
    for name, shape in SHAPES.items():
        if options.only not in name:
            continue
        folder = pathlib.Path(tempfile.mkdtemp(dir=options.folder))
        try:
            lake = folder / "lake"
            make(lake, shape, options.files, options.records)
            time.sleep(2.1)  # a younger hash is not trusted by the next run
            first = measure(program, lake)
            again = min(measure(program, lake) for _ in range(3))
            land(lake, shape, options.files, 1, options.records)
            more = measure(program, lake)
            print(f"{name:26}{first[0]:9.2f} s ({first[1]:6.2f} cpu){first[0] * 1e6 / options.files:7.0f} us"
                  f"{again[0]:9.2f} s ({again[1]:6.2f} cpu){more[0]:10.2f} s{first[2]:6.0f} MB",
                  flush=True)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
