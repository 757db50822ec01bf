"""200 columns, as NDJSON and CSV: data, contract, and DuckDB's way to count what passes.

usage: many_columns.py DATA THREADS   (DuckDB's count; see alone.py for ours)
"""

import sys

COLUMNS = 200
ENUM = ("north", "east", "south", "west")
KINDS = ("integer", "real", "text", "enum", "timestamp")


def columns():
    """[(name, kind)]"""
    return [(f"c{number:03}", KINDS[number % len(KINDS)]) for number in range(COLUMNS)]


def generated(name, kind, number):
    """SQL of a column's value in row i; 1 % of the rows have a wrong word in c003."""
    value = f"(hash(i * {COLUMNS} + {number}) % 1000000)::BIGINT"
    words = "[" + ", ".join(f"'{word}'" for word in ENUM) + "]"
    wrong = "i % 100 = 7" if name == "c003" else "false"
    return {"integer": f"{value}",
            "real": f"{value} / 1000",
            "text": f"md5({value}::VARCHAR)[:8]",
            "enum": f"CASE WHEN {wrong} THEN 'nowhere' ELSE {words}[1 + {value} % 4] END",
            "timestamp": f"strftime(TIMESTAMP '2025-01-01' + to_seconds({value}), "
                         "'%Y-%m-%dT%H:%M:%SZ')"}[kind]


def make(folder, megabytes, kind):
    """(data, contract); `kind` is ndjson or csv."""
    data = folder / f"columns-{megabytes}.{kind}"
    contract = folder / "columns.odcs.yaml"
    contract.write_text(contract_text(), encoding="utf-8")
    if not data.exists():
        import duckdb
        rows = megabytes * 1_000_000 // (3800 if kind == "ndjson" else 2000)
        values = ", ".join(f"{generated(name, what, number)} AS {name}"
                           for number, (name, what) in enumerate(columns()))
        target = "(FORMAT JSON)" if kind == "ndjson" else "(FORMAT CSV, HEADER)"
        duckdb.execute(f"COPY (SELECT {values} FROM range({rows}) AS t(i)) TO '{data}' {target}")
    return data, contract


def contract_text():
    options = {
        "integer": "logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 1000000}",
        "real": "logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 1000}",
        "text": "logicalType: string",
        "enum": "logicalType: string, enum: ["
                + ", ".join(f"{{value: {word}}}" for word in ENUM) + "]",
        "timestamp": "logicalType: timestamp"}
    return ("apiVersion: v3.2.0\nkind: DataContract\nid: columns\nversion: 1.0.0\n"
            "status: active\nschema:\n  - name: columns\n    properties:\n"
            + "".join(f"      - {{name: {name}, required: true, {options[kind]}}}\n"
                      for name, kind in columns()))


def count_by_duckdb(data, threads):
    import duckdb
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    types = {"integer": "BIGINT", "real": "DOUBLE"}
    schema = {name: types.get(kind, "VARCHAR") for name, kind in columns()}
    words = ", ".join(f"'{word}'" for word in ENUM)
    passes = {"integer": "{} BETWEEN 0 AND 1000000", "real": "{} BETWEEN 0 AND 1000",
              "text": "{} IS NOT NULL", "enum": "{} IN (" + words + ")",
              "timestamp": "TRY_CAST({} AS TIMESTAMPTZ) IS NOT NULL"}
    where = " AND ".join(passes[kind].format(name) for name, kind in columns())
    if data.endswith(".csv"):
        source = (f"read_csv('{data}', header = true, delim = ',', quote = '\"', "
                  f"ignore_errors = true, columns = {schema})")
    else:
        source = (f"read_json('{data}', format = 'newline_delimited', ignore_errors = true, "
                  f"columns = {schema})")
    return connection.execute(f"SELECT count(*) FROM {source} WHERE {where}").fetchone()[0]


if __name__ == "__main__":
    print(f"accepted={count_by_duckdb(sys.argv[1], int(sys.argv[2]))}")
