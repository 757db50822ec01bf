"""Measures Lakegate against itself: threads, share of bad records, size of the input, keys, start.

usage: alone.py [--megabytes N] [--rounds N] [--sizes MB...] [--keys MILLIONS...] [--rows NAME...]
Every row compares runs of one sitting, alternating; medians. Prints a Markdown table and writes it
behind the peers' table with --append FILE.
"""

import argparse
import pathlib
import shlex
import shutil
import statistics
import sys

import compare
import many_columns
import shapes

KEY_CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: keys
version: 1.0.0
status: active
schema:
  - name: keys
    properties:
      - {name: id, logicalType: string, logicalTypeOptions: {format: uuid}}
    quality:
      - metric: duplicateValues
        arguments: {properties: [id]}
        unit: percent
        mustBeLessOrEqualTo: 2
"""
SMALL_RECORDS = 2
SHAPES = {"shuffled": "shuffled keys", "spaced": "spaced JSON", "unknown": "11 of 14 keys unknown",
          "short": "short lines"}


def alternate(commands, options):
    """{name: Measured} of commands that take turns: their steadiest try, of long rows the only one."""
    if options.rounds == 1:
        return alternate_once(commands, options)
    return compare.steadiest(lambda: alternate_once(commands, options))


def alternate_once(commands, options):
    """One warm-up each, then `rounds` times one after the other."""
    results = {name: compare.Measured() for name in commands}
    for round_number in range(options.rounds + 1):
        for name, command in commands.items():
            compare.clean_up(options.folder)
            compare.run_once(command, options.folder, results[name])
            if round_number == 0:
                results[name].seconds.clear()
    compare.clean_up(options.folder)
    for name, measured in results.items():
        if measured.problem:
            raise SystemExit(f"{name}: {measured.problem}")
    return results


def rows_of(title, results, first_is="1.00x"):
    """Markdown rows; ratios are seconds over those of the first."""
    base = statistics.median(next(iter(results.values())).seconds)
    rows = []
    for index, (name, measured) in enumerate(results.items()):
        median = statistics.median(measured.seconds)
        ratio = first_is if index == 0 else f"{median / base:.2f}x"
        rows.append(f"| {title} | {name} | {median:.3f} ({compare.spread_of(measured)}) | {ratio} | "
                    f"{measured.peak_mb:.0f} |")
    return rows


def check_command(options, data, contract, threads, *more):
    return [str(options.build / "lakegate"), "check", str(data), "--contract", str(contract),
            "--threads", str(threads), "--json", "--max-rejects", "100%", *more]


def output_flags(folder):
    return ["--clean", str(folder / "ours.ndjson"), "--quarantine", str(folder / "ours.q")]


def demo_file(options, megabytes, bad=5):
    """Path of that many MB of wide events, of which `bad` per cent are bad."""
    sized = argparse.Namespace(**{**vars(options), "megabytes": megabytes})
    data, contract, _ = compare.make_data(sized, options.folder, bad)
    return data, contract


def at_once(first, second):
    """Both commands side by side, nothing shared: twice the work in the time of one where the machine
    has two CPUs at that moment. What is missing to that, no program's threads can make up."""
    return ["sh", "-c", f"{shlex.join(first)} >&2 & {shlex.join(second)}; code=$?; "
            "wait $!; other=$?; [ $other -le $code ] || code=$other; exit $code"]


def threads_rows(options):
    data, contract = demo_file(options, options.megabytes)
    folders = [options.folder, options.folder / "second"]
    folders[1].mkdir(exist_ok=True)
    rows = []
    for job, flags in (("check", lambda _: []), ("clean + quarantine", output_flags)):
        def command(threads, folder=options.folder, flags=flags):
            return check_command(options, data, contract, threads, *flags(folder))
        rows += thread_rows(job, command(2), command(1),
                            at_once(*(command(1, folder) for folder in folders)), options)

    def lake(threads, folder):
        each = argparse.Namespace(**{**vars(options), "threads": threads})
        return compare.parquet_lake("parquet", each, data, contract, folder)
    one, second = (lake(1, folder) for folder in folders)
    rows += thread_rows("Parquet", lake(2, options.folder), one, at_once(one, second), options)
    shutil.rmtree(options.folder / "lake", ignore_errors=True)
    shutil.rmtree(folders[1])
    return rows


def thread_rows(job, two, one, both, options):
    return rows_of(f"threads, {job}", alternate(
        {"2 threads": two, "1 thread": one, "two processes of 1 thread at once": both}, options))


def bad_rows(options):
    few, contract = demo_file(options, options.megabytes, 2)
    many, _ = demo_file(options, options.megabytes, 20)
    rows = []
    for job, flags in (("check", []), ("clean + quarantine", output_flags(options.folder))):
        rows += rows_of(f"bad records, {job}",
                        alternate({"2 % bad": check_command(options, few, contract, 2, *flags),
                                   "20 % bad": check_command(options, many, contract, 2, *flags)},
                                  options))
    lakes = {}
    for name, data in (("2 % bad", few), ("20 % bad", many)):
        folder = options.folder / f"of {name}"
        folder.mkdir(exist_ok=True)
        lakes[name] = compare.parquet_lake("parquet", options, data, contract, folder)
    rows += rows_of("bad records, Parquet + quarantine", alternate(lakes, options))
    for name in lakes:
        shutil.rmtree(options.folder / f"of {name}")
    few.unlink()
    many.unlink()
    return rows


def size_rows(options):
    rows = []
    for megabytes in options.sizes:
        data, contract = demo_file(options, megabytes)
        few = argparse.Namespace(**{**vars(options), "rounds": 1 if megabytes > 1000 else 3})
        lake = compare.parquet_lake("parquet", options, data, contract, options.folder)
        results = alternate({
            "check": check_command(options, data, contract, 2),
            "clean + quarantine": check_command(options, data, contract, 2, *output_flags(options.folder)),
            "Parquet + quarantine": lake}, few)
        rows += rows_of(f"{megabytes:,} MB", results)
        shutil.rmtree(options.folder / "lake", ignore_errors=True)
        if megabytes != options.megabytes:
            data.unlink()
    return rows


def key_file(options, millions):
    """Lines of one UUID key each, 1 % of them a second time."""
    data = options.folder / f"keys-{millions}m.ndjson"
    contract = options.folder / "keys.odcs.yaml"
    contract.write_text(KEY_CONTRACT)
    if not data.exists():
        import duckdb
        duckdb.execute(
            f"COPY (SELECT md5(CASE WHEN i % 100 = 0 THEN i // 200 ELSE i END::VARCHAR)::UUID AS id"
            f" FROM range({millions * 1_000_000}) AS t(i)) TO '{data}' (FORMAT JSON)")
    return data, contract


def key_rows(options):
    rows = []
    for millions in options.keys:
        compare.in_child(key_file, options, millions)
        data, contract = key_file(options, millions)
        few = argparse.Namespace(**{**vars(options), "rounds": 1 if millions > 20 else 3})
        peer = [sys.executable, str(compare.PEERS), "duckdb", "keys", str(data), "2", ""]
        results = alternate({
            "64 MB for keys": check_command(options, data, contract, 2, "--memory", "64"),
            "4,096 MB for keys": check_command(options, data, contract, 2, "--memory", "4096"),
            "DuckDB count(DISTINCT id)": peer}, few)
        rows += rows_of(f"{millions} M exact keys", results)
        data.unlink()
    return rows


def start_rows(options):
    data, contract = demo_file(options, options.megabytes)
    small = options.folder / "small.ndjson"
    with open(data, "rb") as lines:
        small.write_bytes(b"".join(lines.readline() for _ in range(SMALL_RECORDS)))
    return rows_of("start", alternate({
        "--version": [str(options.build / "lakegate"), "--version"],
        "check of 1 KB": check_command(options, small, contract, 2)}, options))


def column_rows(options):
    rows = []
    for kind in ("ndjson", "csv"):
        compare.in_child(many_columns.make, options.folder, options.megabytes, kind)
        data, contract = many_columns.make(options.folder, options.megabytes, kind)
        peer = [sys.executable, many_columns.__file__, str(data), "2"]
        rows += rows_of(f"{many_columns.COLUMNS} columns, {kind}", alternate({
            "check": check_command(options, data, contract, 2),
            "DuckDB, count of what passes": peer}, options))
        data.unlink()
    return rows


def shape_rows(options):
    wide, wide_contract = demo_file(options, options.megabytes)
    rows = []
    for shape in ("shuffled", "spaced", "unknown", "short"):
        compare.in_child(shapes.make, options.folder, shape, wide, wide_contract)
        data, contract = shapes.make(options.folder, shape, wide, wide_contract)
        peer = [sys.executable, str(compare.PEERS), "duckdb", "check", str(data), "2", ""]
        if shape in ("unknown", "short"):
            peer = [sys.executable, shapes.__file__, str(data), "2"]
        rows += rows_of(f"{SHAPES[shape]}, {data.stat().st_size // 1_000_000} MB", alternate({
            "check": check_command(options, data, contract, 2),
            "DuckDB, count of what passes": peer}, options))
        if data != wide:
            data.unlink()
    return rows


def machine_rows(options):
    """What a second thread brings others on this machine, at the moment."""
    data, _ = demo_file(options, options.megabytes)
    return rows_of("threads, DuckDB's check", alternate({
        f"{threads} thread" + ("s" if threads > 1 else ""):
        [sys.executable, str(compare.PEERS), "duckdb", "check", str(data), str(threads), ""]
        for threads in (2, 1)}, options))


ROWS = {"threads": threads_rows, "machine": machine_rows, "columns": column_rows, "shapes": shape_rows, "bad": bad_rows, "sizes": size_rows, "keys": key_rows,
        "start": start_rows}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench alone", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 3000, 10000])
    parser.add_argument("--keys", type=int, nargs="+", default=[10, 100], help="millions")
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--build", type=pathlib.Path, default=compare.ROOT / "build/release")
    parser.add_argument("--folder", type=pathlib.Path, default=compare.ROOT / "build/bench")
    parser.add_argument("--append", type=pathlib.Path, help="a Markdown file")
    options = parser.parse_args()
    options.build, options.folder = options.build.resolve(), options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in options.rows:
        rows += ROWS[name](options)
        print("\n".join(rows), flush=True)
    text = "\n".join(["", "## Lakegate against itself", "",
                      "Ratios are seconds over those of the first line of a row.", "",
                      "| row | run | seconds (min-max) | ratio | peak MB |", "|---|---|---|---|---|",
                      *rows, ""])
    if options.append:
        with open(options.append, "a", encoding="utf-8") as out:
            out.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
