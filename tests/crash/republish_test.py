"""Readers in a loop while a partition is published again and again: each read sees one whole version,
and none that is older than the one before. LAKEGATE_TEST_SCALE=10 publishes 1,000 times."""

import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import duckdb
import fault_scenes
import lake_checker
import pyarrow.dataset

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SCALE = int(os.environ.get("LAKEGATE_TEST_SCALE", "1"))
GONE = (duckdb.IOException, OSError)  # the version that was listed: readers look again
SMALL_UNITS = {**os.environ, "LAKEGATE_TEST_UNIT_BYTES": "2000"}  # so that a version has several files


def rows_of(version):
    return 80 + version * 7 % 53


def read_with_duckdb(folder, connection):
    return connection.execute(
        "SELECT count(*), count(DISTINCT version), max(version), sum(n) FROM read_parquet(?)",
        [f"{folder}/*.parquet"]).fetchone()


def read_with_pyarrow(folder, _):
    dataset = pyarrow.dataset.dataset(str(folder), format="parquet")
    if not dataset.files:  # it lists names, then looks at each: in between all were exchanged
        raise OSError("nothing is there")
    table = dataset.to_table(["version", "n"])
    versions = table["version"].to_pylist()
    return (len(versions), len(set(versions)), max(versions, default=None),
            sum(table["n"].to_pylist()))


class Reader(threading.Thread):
    def __init__(self, read, folder, problem_of):
        super().__init__()
        self.read, self.folder, self.problem_of = read, folder, problem_of
        self.stopped = threading.Event()
        self.reads = self.again = 0
        self.problems, self.seen = [], set()

    def run(self):
        newest = -1
        with duckdb.connect() as connection:
            while not self.stopped.is_set():
                try:
                    found = self.read(self.folder, connection)
                except GONE:
                    self.again += 1
                    continue
                self.reads += 1
                version = -1 if found[2] is None else int(found[2])
                problem = self.problem_of(*found)
                if problem or version < newest:
                    self.problems.append((problem, found, newest))
                newest = max(newest, version)
                self.seen.add(version)


class RepublishTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        self.addCleanup(folder.cleanup)
        self.lake = pathlib.Path(folder.name)

    def run_lake(self):
        done = subprocess.run([PROGRAM, "run"], cwd=self.lake, env=SMALL_UNITS, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("  published  ", done.stdout)

    def publish_all(self, scene, land, folder, problem_of, versions):
        """`land` writes the files of a version."""
        scene.make(self.lake)
        land(0)
        self.run_lake()
        live = self.lake / "tables/events" / folder
        readers = [Reader(read, live, problem_of) for read in (read_with_duckdb, read_with_pyarrow)]
        for reader in readers:
            reader.start()
        try:
            for version in range(1, versions + 1):
                old = {path.name for path in live.iterdir()}
                land(version)
                self.run_lake()
                new = {path.name for path in live.iterdir()}
                # A reader may look at names that it listed before: all are there, or none.
                self.assertTrue(old <= new or not old & new, f"{old}, then {new}")
        finally:
            for reader in readers:
                reader.stopped.set()
            for reader in readers:
                reader.join()
        print(f"\n  {versions} publications; reads, reads that had to look again, versions seen: " +
              ", ".join(f"{reader.reads} {reader.again} {len(reader.seen)}" for reader in readers))
        for reader in readers:
            self.assertEqual(reader.problems[:3], [])
            self.assertGreater(len(reader.seen), 3)
        self.assertEqual(lake_checker.check_settled(self.lake), [])

    def test_a_partition_whose_rows_change(self):
        """Each version changes every third key: old files stay, are written anew or go."""
        keys = 90
        scene = fault_scenes.Scene("changes", ["key", "version", "country"], "events/*.json",
                                   "{mode: upsert, key: [n], order_by: version,"
                                   " partition_by: [country]}", {}, {})

        def newest(key, version):
            return max(number for number in range(max(version - 2, 0), version + 1)
                       if number == 0 or (key + number) % 3 == 0)

        def land(version):
            self.write(f"events/f{version:05}.json",
                       [{"n": key, "version": version, "country": "DE"} for key in range(keys)
                        if version == 0 or (key + version) % 3 == 0])

        def problem_of(rows, versions, version, total):
            wanted = {newest(key, version) for key in range(keys)}
            return (rows, versions, int(total)) != (keys, len(wanted), keys * (keys - 1) // 2) and \
                f"not version {version}"

        self.publish_all(scene, land, "country=DE", problem_of, 30 * SCALE)

    def write(self, name, records):
        path = self.lake / "land" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name("." + path.name)
        aside.write_text(fault_scenes.lines(*records), encoding="utf-8")
        aside.rename(path)

    def test_a_partition_that_is_replaced(self):
        scene = fault_scenes.Scene("replaced", ["n", "version", "day"], fault_scenes.BY_DAY,
                                   "{partition_by: [day]}", {}, {})

        def land(version):
            self.write(fault_scenes.DAY_1 + "a.json",
                       [{"n": n, "version": version} for n in range(rows_of(version))])

        def problem_of(rows, versions, version, total):
            if versions != 1:
                return f"{versions} versions at once"
            wanted = rows_of(version)
            return (rows, int(total)) != (wanted, wanted * (wanted - 1) // 2) and "not whole"

        self.publish_all(scene, land, "day=2025-01-01", problem_of, 100 * SCALE)

    def test_a_partition_that_grows(self):
        scene = fault_scenes.Scene("grows", ["n", "version", "at"], "events/*.json",
                                   "{mode: append, partition_by: [{date: at}]}", {}, {})

        def land(version):
            self.write(f"events/f{version:05}.json",
                       [{"n": n, "version": version, "at": "2025-01-01T00:00:00Z"}
                        for n in range(rows_of(version))])

        def problem_of(rows, versions, version, total):
            wanted = [rows_of(number) for number in range(version + 1)]
            whole = (sum(wanted), version + 1, sum(n * (n - 1) // 2 for n in wanted))
            return (rows, versions, int(total)) != whole and f"not the first {version + 1} loads"

        self.publish_all(scene, land, "at_date=2025-01-01", problem_of, 40 * SCALE)


if __name__ == "__main__":
    unittest.main()
