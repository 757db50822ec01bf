"""The wide events in shapes that suit a reader less: shuffled keys, spaces, keys that the contract
does not know, short lines. Data, contract, and DuckDB's way to count what passes.

usage: shapes.py DATA THREADS   (DuckDB's count; see alone.py for ours)
"""

import json
import random
import sys

SHORT_CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: short
version: 1.0.0
status: active
schema:
  - name: short
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: kind, logicalType: string, required: true, enum: [{value: a}, {value: b}, {value: c}]}
"""
# Three of fourteen keys are known.
FEW_CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: few
version: 1.0.0
status: active
schema:
  - name: events
    properties:
      - {name: event_id, logicalType: string, required: true, logicalTypeOptions: {format: uuid}}
      - {name: user_id, logicalType: integer, required: true}
      - {name: quantity, logicalType: integer, required: true, logicalTypeOptions: {minimum: 1, maximum: 100}}
"""
UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
FEW = ("{event_id: 'VARCHAR', user_id: 'BIGINT', quantity: 'BIGINT'}",
       f"regexp_matches(event_id, '{UUID}') AND user_id IS NOT NULL AND quantity BETWEEN 1 AND 100")
SHORT = ("{id: 'BIGINT', kind: 'VARCHAR'}", "id IS NOT NULL AND kind IN ('a', 'b', 'c')")


def reshape(shape, line, rng):
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if shape == "spaced":
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    keys = list(record)
    rng.shuffle(keys)
    return json.dumps({key: record[key] for key in keys}, ensure_ascii=False,
                      separators=(",", ":")).encode() + b"\n"


def make(folder, shape, wide, wide_contract):
    """(data, contract) of a shape: shuffled, spaced, unknown or short."""
    if shape == "unknown":
        contract = folder / "few.odcs.yaml"
        contract.write_text(FEW_CONTRACT, encoding="utf-8")
        return wide, contract
    data = folder / f"shape-{shape}.ndjson"
    rng = random.Random(1)
    if shape == "short":
        contract = folder / "short.odcs.yaml"
        contract.write_text(SHORT_CONTRACT, encoding="utf-8")
        if not data.exists():
            size = wide.stat().st_size
            block = "".join('{"id":%d,"kind":"%s"}\n' % (number, rng.choice("abcd" if number % 50 == 0 else "abc"))
                            for number in range(1_000_000, 1_100_000)).encode()
            with open(data, "wb") as out:
                for _ in range(size // len(block)):
                    out.write(block)
        return data, contract
    if not data.exists():
        with open(wide, "rb") as lines, open(data, "wb") as out:
            for line in lines:
                out.write(reshape(shape, line, rng))
    return data, wide_contract


def count_by_duckdb(data, threads):
    import duckdb
    connection = duckdb.connect(config={"threads": threads})
    columns, passes = SHORT if "short" in data else FEW
    return connection.execute(
        f"SELECT count(*) FROM read_json('{data}', format = 'newline_delimited', "
        f"ignore_errors = true, columns = {columns}) WHERE {passes}").fetchone()[0]


if __name__ == "__main__":
    print(f"accepted={count_by_duckdb(sys.argv[1], int(sys.argv[2]))}")
