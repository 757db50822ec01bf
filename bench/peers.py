"""One job of one peer, as its users would write it: peers.py PEER JOB DATA THREADS OUTPUT.

Jobs: check (count what passes), check-gz and check-zst (of compressed data), clean (write it as
NDJSON), parquet (write it as Parquet, zstd), parquet-snappy, parquet-unordered (rows in any order), parquet-quarantine (also what does not pass,
with line and reason, and metrics).
The conditions are those of the contract that `lakegate demo --wide --write-contract` writes.
"""

import sys

UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
TYPES = ("login", "view_item", "add_to_cart", "purchase")


def duckdb_quarantine(connection, data, columns, types, output):
    """As text, line by line, so that damaged ones have a number and keep their bytes;
    lines that are no UTF-8 are lost."""
    record = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"""
      CREATE TEMP TABLE judged AS
      SELECT line, reason, v, CASE WHEN reason IS NOT NULL THEN raw END AS raw FROM (
        SELECT line, raw, v, CASE
            WHEN v IS NULL THEN 'no such record'
            WHEN v.event_id IS NULL OR NOT regexp_matches(v.event_id, '{UUID}') THEN 'event_id'
            WHEN v.user_id IS NULL THEN 'user_id'
            WHEN v.event_type IS NULL OR v.event_type NOT IN ({types}) THEN 'event_type'
            WHEN TRY_CAST(v.event_ts AS TIMESTAMPTZ) IS NULL THEN 'event_ts'
            WHEN v.email IS NULL OR NOT regexp_matches(v.email, '{EMAIL}') THEN 'email'
            WHEN v.amount NOT BETWEEN 0 AND 1000 THEN 'amount'
            WHEN v.quantity IS NULL OR v.quantity NOT BETWEEN 1 AND 100 THEN 'quantity'
          END AS reason
        FROM (SELECT line, raw, TRY_CAST(CASE WHEN json_valid(raw) THEN raw::JSON END
                                          AS STRUCT({record})) AS v
              FROM (SELECT row_number() OVER () AS line, raw
                    FROM read_csv('{data}', columns = {{'raw': 'VARCHAR'}}, header = false,
                                  auto_detect = false, delim = '\x02\x03', quote = '',
                                  escape = '', strict_mode = false, ignore_errors = true))))
      """)
    connection.execute(f"COPY (SELECT v.* FROM judged WHERE reason IS NULL) TO '{output}' "
                       "(FORMAT PARQUET, COMPRESSION ZSTD)")
    connection.execute("COPY (SELECT line, reason, raw FROM judged WHERE reason IS NOT NULL) "
                       f"TO '{output}.rejects' (FORMAT JSON)")
    total, bad, ids, distinct = connection.execute(
        "SELECT count(*), count(reason), count(v.event_id), count(DISTINCT v.event_id) "
        "FROM judged").fetchone()
    return f"accepted={total - bad} quarantined={bad} repeated={ids - distinct}"


def duckdb_keys(data, threads):
    import duckdb
    connection = duckdb.connect(config={"threads": threads})
    return connection.execute(
        "SELECT count(DISTINCT id) FROM read_json(?, format = 'newline_delimited', "
        "columns = {id: 'VARCHAR'})", [data]).fetchone()[0]


def duckdb_job(job, data, threads, output):
    import duckdb

    if job == "keys":
        return f"distinct={duckdb_keys(data, threads)}"

    columns = {
        "event_id": "VARCHAR", "user_id": "BIGINT", "session_id": "VARCHAR",
        "event_type": "VARCHAR", "event_ts": "VARCHAR", "email": "VARCHAR", "country": "VARCHAR",
        "device": "VARCHAR", "app": "VARCHAR", "ip": "VARCHAR", "url": "VARCHAR",
        "referrer": "VARCHAR", "amount": "DOUBLE", "quantity": "BIGINT",
        "props": "STRUCT(browser VARCHAR, os VARCHAR, screen STRUCT(w BIGINT, h BIGINT), "
                 "lang VARCHAR, member BOOLEAN, test VARCHAR, tags VARCHAR[], score DOUBLE, "
                 "scroll BIGINT, load_ms BIGINT)"}
    types = ", ".join(f"'{name}'" for name in TYPES)
    source = (f"read_json('{data}', format = 'newline_delimited', ignore_errors = true, "
              f"columns = {columns})")
    if "csv" in job:
        del columns["props"]
        source = (f"read_csv('{data}', header = true, delim = ',', quote = '\"', "
                  f"ignore_errors = true, columns = {columns})")
    passed = (f"FROM {source} WHERE event_id IS NOT NULL AND regexp_matches(event_id, '{UUID}') "
              f"AND user_id IS NOT NULL AND event_type IN ({types}) "
              f"AND TRY_CAST(event_ts AS TIMESTAMPTZ) IS NOT NULL "
              f"AND email IS NOT NULL AND regexp_matches(email, '{EMAIL}') "
              f"AND (amount IS NULL OR amount BETWEEN 0 AND 1000) "
              f"AND quantity BETWEEN 1 AND 100")
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    if job.startswith("check"):
        return f"accepted={connection.execute('SELECT count(*) ' + passed).fetchone()[0]}"
    if job == "parquet-quarantine":
        return duckdb_quarantine(connection, data, columns, types, output)
    if job == "parquet-unordered":
        connection.execute("SET preserve_insertion_order = false")
    codec = "SNAPPY" if job == "parquet-snappy" else "ZSTD"
    target = "(FORMAT JSON)" if job == "clean" else f"(FORMAT PARQUET, COMPRESSION {codec})"
    written = connection.execute(f"COPY (SELECT * {passed}) TO '{output}' {target}").fetchone()[0]
    return f"accepted={written}"


def polars_job(job, data, threads, output):
    """Stops at the first damaged line: only for clean files."""
    import os
    os.environ["POLARS_MAX_THREADS"] = threads
    import polars

    frame = polars.scan_ndjson(data).filter(
        polars.col("event_id").str.contains(UUID), polars.col("event_type").is_in(TYPES),
        polars.col("email").str.contains(EMAIL), polars.col("quantity").is_between(1, 100),
        polars.col("amount").is_null() | polars.col("amount").is_between(0, 1000),
        polars.col("event_ts").str.to_datetime(strict=False, time_zone="UTC").is_not_null())
    if job.startswith("check"):
        return f"accepted={frame.select(polars.len()).collect(engine='streaming').item()}"
    if job == "clean":
        frame.sink_ndjson(output)
    else:
        frame.sink_parquet(output, compression="zstd", compression_level=1)
    return ""


def python_chunk(work):
    import datetime
    import json
    import re
    data, start, end, keep = work
    uuid, email = re.compile(UUID), re.compile(EMAIL)
    kept, count = [], 0
    with open(data, "rb") as lines:
        lines.seek(start)
        while lines.tell() < end:
            line = lines.readline()
            try:
                record = json.loads(line)
                datetime.datetime.fromisoformat(record["event_ts"])
                good = (uuid.match(record["event_id"]) and email.match(record["email"])
                        and record["event_type"] in TYPES and 1 <= record["quantity"] <= 100
                        and (record["amount"] is None or 0 <= record["amount"] <= 1000))
            except (ValueError, KeyError, TypeError):
                good = False
            if good:
                count += 1
                if keep:
                    kept.append(line)
    return count, b"".join(kept)


def python_job(job, data, threads, output):
    import multiprocessing
    import os
    size, count = os.path.getsize(data), 4 * int(threads)
    cuts = [0]
    with open(data, "rb") as lines:
        for part in range(1, count):
            lines.seek(size * part // count)
            lines.readline()
            cuts.append(lines.tell())
    cuts.append(size)
    work = [(data, a, b, job == "clean") for a, b in zip(cuts, cuts[1:])]
    accepted = 0
    with multiprocessing.Pool(int(threads)) as pool, open(output, "wb") as out:
        for part, kept in pool.imap(python_chunk, work):
            accepted += part
            out.write(kept)
    return f"accepted={accepted}"


def main():
    if sys.argv[1:] == ["versions"]:
        import duckdb
        import polars
        print(f"DuckDB {duckdb.__version__}, Polars {polars.__version__}, "
              f"Python {sys.version.split()[0]}")
        return 0
    peer, job, data, threads, output = sys.argv[1:]
    if peer != "duckdb" and job in ("check-gz", "check-zst", "check-csv", "csv-parquet"):
        print(f"{peer} has no {job} job", file=sys.stderr)
        return 2
    if job.startswith("parquet") and peer not in ("duckdb", "polars" if job == "parquet" else ""):
        print(f"{peer} has no job {job}", file=sys.stderr)
        return 2
    print({"duckdb": duckdb_job, "polars": polars_job, "python": python_job}[peer](
        job, data, threads, output))
    return 0


if __name__ == "__main__":
    sys.exit(main())
