"""Small lakes that are about to do one run of each kind: what landed before, what lands now."""

import dataclasses
import json
import pathlib

from small_contract import contract

LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "LANDING", format: ndjson, keep: KEEP}
    publish: PUBLISH
"""
COLUMNS = {
    "n": "{name: n, logicalType: integer, required: true}",
    "key": "{name: n, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}",
    "name": "{name: name, logicalType: string, quality: [{id: few-nulls, type: library, "
            "metric: nullValues, mustBeLessThan: 50, unit: percent}]}",
    "at": "{name: at, logicalType: timestamp, required: true}",
    "version": "{name: version, logicalType: integer}",
    "op": "{name: op, logicalType: string}",
    "country": "{name: country, logicalType: string}",
    "day": "{name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}",
}
BY_DAY = "events/day={day}/*.json"
UPSERT = "{mode: upsert, key: [n], order_by: version, partition_by: [country], tombstone: {op: delete}}"


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def named(first, last, **more):
    return [{"n": n, "name": f"name {n}", **more} for n in range(first, last)]


def timed(first, last):
    return [{**record, "at": f"2025-01-0{1 + record['n'] % 3}T10:00:00Z"}
            for record in named(first, last)]


@dataclasses.dataclass
class Scene:
    name: str
    columns: list
    landing: str
    publish: str
    before: dict  # path below land/ -> text
    now: dict
    keep: str = "in_place"
    exit_code: int = 0  # of the run that takes `now`

    def make(self, root):
        text = contract(*(COLUMNS[column] for column in self.columns))
        lake = LAKE.replace("LANDING", self.landing).replace("KEEP", self.keep)
        (root / "lakegate.yaml").write_text(lake.replace("PUBLISH", self.publish), encoding="utf-8")
        (root / "c.odcs.yaml").write_text(text, encoding="utf-8")

    @staticmethod
    def land(root, files):
        for name, text in files.items():
            path = pathlib.Path(root) / "land" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def landed(self):
        """Every version that landed, as bytes."""
        return {text.encode() for text in [*self.before.values(), *self.now.values()]}


def put(n, version, country, op="put"):
    return {"n": n, "name": f"name {n}.{version}", "version": version, "country": country, "op": op}


# One bad record (text for an integer) goes to quarantine.
BAD = {"n": "bad", "name": "x"}
DAY_1, DAY_2 = "events/day=2025-01-01/", "events/day=2025-01-02/"
REPLACE_NOW = {DAY_1 + "late.json": lines(*named(10, 14), BAD), DAY_2 + "b.json": lines(*named(20, 25))}
APPEND_BEFORE = {"events/a.json": lines(*timed(0, 8)), "events/b.json": lines(*timed(10, 15))}
APPEND_NOW = {"events/c.json": lines(*timed(20, 29)), "events/d.json": lines(*timed(20, 29))}
SCENES = [
    Scene("first", ["n", "name", "day"], BY_DAY, "{partition_by: [day]}", {},
          {DAY_1 + "a.json": lines(*named(0, 6), BAD)}),
    Scene("replace", ["n", "name", "day"], BY_DAY, "{partition_by: [day]}",
          {DAY_1 + "a.json": lines(*named(0, 6), BAD)}, REPLACE_NOW),
    Scene("replace-move", ["n", "name", "day"], BY_DAY, "{partition_by: [day]}",
          {DAY_1 + "a.json": lines(*named(0, 6))}, REPLACE_NOW, keep="move"),
    Scene("gated", ["n", "name", "day"], BY_DAY, "{partition_by: [day]}",
          {DAY_1 + "a.json": lines(*named(0, 3))},
          {DAY_1 + "late.json": lines(*[{"n": n} for n in range(9)], BAD)}, exit_code=1),
    Scene("append", ["n", "name", "at"], "events/*.json",
          "{mode: append, partition_by: [{date: at}], add_columns: {file: source_file}}",
          APPEND_BEFORE,
          {**APPEND_NOW, "events/b.json": lines(*timed(30, 34), BAD)}),  # changed: read again
    Scene("append-move", ["n", "name", "at"], "events/*.json",
          "{mode: append, partition_by: [{date: at}]}", APPEND_BEFORE, APPEND_NOW, keep="move"),
    Scene("append-compact", ["n", "name", "at"], "events/*.json",
          "{mode: append, partition_by: [{date: at}], compact: {min_files: 2}}",
          APPEND_BEFORE, APPEND_NOW),
    Scene("upsert", ["key", "name", "version", "country", "op"], "events/*.json", UPSERT,
          {"events/a.json": lines(put(1, 5, "DE"), put(2, 5, "DE"), put(3, 5, "FR"))},
          {"events/b.json": lines(put(1, 6, "FR"), put(2, 4, "IT"), put(3, 7, "FR", "delete"),
                                  put(4, 1, "IT"))}),
]
