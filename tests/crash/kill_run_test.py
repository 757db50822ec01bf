"""Runs that are killed, run twice at once or find a full disk: the tables stay whole."""

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import duckdb

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
NOW = "2025-01-05T00:00:00Z"
SEED = 20250105
KILLS = int(os.environ.get("LAKEGATE_TEST_KILLS", "25"))
BUDGET_S = 60
EVENTS = 200_000
LATE = 5_000
DATES = ("2025-01-01", "2025-01-02")
IN_TABLES = re.compile(
    r"(customers|events/ingestion_date=2025-01-0[12])/part-\d{5}-[0-9a-f]{8}\.parquet")


def call(*words, codes=(0,), **more):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=False, **more)
    if done.returncode not in codes:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def run_arguments(lake):
    return ["run", "-C", str(lake), "--now", NOW]


def run(lake, *words, codes=(1,)):
    """The gate of 2025-01-03 is closed in every sample lake: a good run ends with 1."""
    return call(*run_arguments(lake), *words, codes=codes)


def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")
                  if path.is_file() or path.is_symlink())


def bytes_of_tables(lake):
    tables = lake / "tables"
    return {name: hashlib.sha256((tables / name).read_bytes()).hexdigest()
            for name in files_below(tables)}


def rows_by_date(lake):
    return dict(duckdb.sql(
        f"SELECT ingestion_date::VARCHAR, count(*) FROM read_parquet('{lake}/tables/events/*/*"
        f".parquet', hive_partitioning = true) GROUP BY ALL").fetchall())


def add_late_files(lake, events):
    """New events for both published days: a run makes new versions of both."""
    for number, date in enumerate(DATES):
        late = lake / f"land/events/ingestion_date={date}/later.json"
        call("demo", "--events", str(events), "--seed", str(900 + number), "--output", str(late))


def copy_lake(lake, target):
    """Landed files are never changed, so they are linked."""
    target.mkdir()
    for entry in lake.iterdir():
        if entry.name == "land":
            shutil.copytree(entry, target / "land", copy_function=os.link)
        elif entry.is_dir():
            shutil.copytree(entry, target / entry.name)
        else:
            shutil.copy2(entry, target / entry.name)


class KilledRunTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.base = cls.folder / "base"
        call("demo", str(cls.base), "--events", str(EVENTS))
        run(cls.base, "--force")
        cls.old = bytes_of_tables(cls.base)
        cls.old_rows = rows_by_date(cls.base)
        cls.old_parts = {pathlib.PurePath(name).name
                         for name in files_below(cls.base) if name.endswith(".parquet")}
        add_late_files(cls.base, LATE)
        undisturbed = cls.folder / "undisturbed"
        copy_lake(cls.base, undisturbed)
        started = time.monotonic()
        run(undisturbed)
        cls.duration_s = time.monotonic() - started
        cls.new = bytes_of_tables(undisturbed)
        cls.new_rows = rows_by_date(undisturbed)
        cls.new_status = cls.states(undisturbed)
        cls.new_quarantine = cls.newest_quarantine(undisturbed)
        shutil.rmtree(undisturbed)

    @staticmethod
    def states(lake):
        status = json.loads(call("status", "-C", str(lake), "--days", "36500", "--json").stdout)
        return [(dataset["dataset"], partition["partition"], partition["state"], partition["rows"])
                for dataset in status for partition in dataset["partitions"]]

    @staticmethod
    def newest_quarantine(lake):
        """Records set aside by the newest run of each partition that published."""
        listed = json.loads(call("quarantine", "ls", "-C", str(lake), "--json").stdout)
        newest = {}
        for entry in listed:
            newest.setdefault((entry["dataset"], entry["partition"]), entry["records"])
        return newest

    def check_whole(self, lake, what):
        """Each partition is one whole version, old or new; nothing else is in tables/."""
        found = bytes_of_tables(lake)
        for name in found:
            self.assertRegex(name, IN_TABLES, what)
        for folder in {name.rsplit("/", 1)[0] for name in {**self.old, **self.new}}:
            of = lambda files: {n: h for n, h in files.items() if n.startswith(folder + "/")}
            self.assertIn(of(found), [of(self.old), of(self.new)], f"{what}: {folder}")
        rows = rows_by_date(lake)
        self.assertEqual(set(rows), set(self.old_rows), what)
        for date, count in rows.items():
            self.assertIn(count, (self.old_rows[date], self.new_rows[date]), f"{what}: {date}")

    def check_recovered(self, lake, what):
        started = time.monotonic()
        run(lake)
        self.assertLess(time.monotonic() - started, 10 + 10 * self.duration_s,
                        f"{what}: the next run waited")
        self.assertEqual(bytes_of_tables(lake), self.new, what)
        self.assertEqual(rows_by_date(lake), self.new_rows, what)
        self.assertEqual(self.states(lake), self.new_status, what)
        self.assertEqual(self.newest_quarantine(lake), self.new_quarantine, what)
        staging = lake / ".lakegate/staging"
        left = {pathlib.PurePath(name).name for name in files_below(staging)}
        self.assertLessEqual(left, self.old_parts, f"{what}: staging holds more than old versions")
        again = run(lake)
        self.assertNotIn("  published  ", again.stdout, f"{what}: published twice")
        self.assertEqual(bytes_of_tables(lake), self.new, what)

    def disturb(self, lake, signal_number, after_s):
        """True if the signal met the run; its exit code."""
        process = subprocess.Popen([PROGRAM, *run_arguments(lake)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(after_s)
        met = process.poll() is None
        if met:
            process.send_signal(signal_number)
        return met, process.wait(timeout=60)

    def kill_loop(self, signal_number, kills, budget_s, codes):
        chance = random.Random(SEED + signal_number)
        end = time.monotonic() + budget_s
        met = done = 0
        for number in range(kills):
            if time.monotonic() > end:
                break
            lake = self.folder / f"lake-{signal_number}-{number}"
            copy_lake(self.base, lake)
            after_s = chance.uniform(0.0, 1.0) * self.duration_s
            hit, code = self.disturb(lake, signal_number, after_s)
            what = f"signal {signal_number} number {number} after {after_s * 1000:.0f} ms"
            if hit:
                self.assertIn(code, codes, what)
            met, done = met + hit, done + 1
            self.check_whole(lake, what)
            self.check_recovered(lake, what)
            shutil.rmtree(lake)
        self.assertGreaterEqual(done, min(kills, 3), "too slow a machine to say anything")
        self.assertGreater(met, done // 4, "the signals came too late to say anything")

    def test_killed_runs_leave_whole_tables_and_the_next_run_ends_the_same(self):
        self.kill_loop(signal.SIGKILL, KILLS, BUDGET_S, codes=(-signal.SIGKILL, 1))

    def test_interrupted_runs_leave_whole_tables(self):
        self.kill_loop(signal.SIGINT, max(3, KILLS // 3), BUDGET_S / 3,
                       codes=(1, 4, 130, -signal.SIGINT))

    def test_killed_again_and_again_in_the_same_lake(self):
        lake = self.folder / "often"
        copy_lake(self.base, lake)
        chance = random.Random(SEED)
        for number in range(8):
            self.disturb(lake, signal.SIGKILL, chance.uniform(0.0, 0.8) * self.duration_s)
            self.check_whole(lake, f"kill {number} of the same lake")
        self.check_recovered(lake, "after 8 kills")

    def test_two_runs_at_once_end_sensibly(self):
        for number in range(4):
            lake = self.folder / f"two-{number}"
            copy_lake(self.base, lake)
            processes = [subprocess.Popen([PROGRAM, *run_arguments(lake)], text=True,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                         for _ in range(2)]
            outputs = [process.communicate(timeout=60) for process in processes]
            what = f"{[p.returncode for p in processes]} {outputs}"
            for process in processes:
                self.assertIn(process.returncode, (1, 4), what)
            # Each partition was published by the one that had its lease.
            self.assertEqual(bytes_of_tables(lake), self.new, what)
            self.check_recovered(lake, what)
            shutil.rmtree(lake)


class FullDiskTest(unittest.TestCase):
    """Needs a file system that can be filled: a small tmpfs, mounted by root."""

    EVENTS = 20_000

    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small tmpfs needs root")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def mount(self, folder, size):
        folder.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"no tmpfs can be mounted here: {done.stderr.strip()}")
        self.addCleanup(self.unmount, folder)

    @staticmethod
    def unmount(folder):
        if os.path.ismount(folder):
            subprocess.run(["umount", str(folder)], check=True)

    def expect_clear_failure(self, lake):
        failed = run(lake, codes=(4,))
        self.assertRegex(failed.stdout + failed.stderr,
                         r"(?i)no space|space left|full|check the disk")

    def undisturbed(self):
        lake = self.folder / "undisturbed"
        call("demo", str(lake), "--events", str(self.EVENTS))
        run(lake, "--force")
        old = bytes_of_tables(lake)
        add_late_files(lake, 2_000)
        run(lake)
        return old, bytes_of_tables(lake)

    def test_a_full_lake_keeps_its_tables_and_works_after_space_is_freed(self):
        old, new = self.undisturbed()
        for spare in (0, 100_000, 500_000):
            with self.subTest(spare=spare):
                lake = self.folder / f"lake-{spare}"
                self.mount(lake, "64m")
                call("demo", str(lake), "--events", str(self.EVENTS))
                run(lake, "--force")
                self.assertEqual(bytes_of_tables(lake), old)
                add_late_files(lake, 2_000)
                free = os.statvfs(lake)
                ballast = max(0, free.f_bavail * free.f_frsize - spare)
                with open(lake / "ballast", "wb") as file:
                    file.write(bytes(ballast))
                self.expect_clear_failure(lake)
                self.assertEqual(bytes_of_tables(lake), old)
                (lake / "ballast").unlink()
                run(lake)
                self.assertEqual(bytes_of_tables(lake), new)
                self.unmount(lake)

    def test_a_full_quarantine_publishes_nothing(self):
        old, new = self.undisturbed()
        lake = self.folder / "lake"
        call("demo", str(lake), "--events", str(self.EVENTS))
        run(lake, "--force")
        add_late_files(lake, 2_000)
        (lake / "quarantine").rename(lake / "quarantine-before")
        self.mount(lake / "quarantine", "16k")
        self.expect_clear_failure(lake)
        self.assertEqual(bytes_of_tables(lake), old)
        self.unmount(lake / "quarantine")
        run(lake)
        self.assertEqual(bytes_of_tables(lake), new)


if __name__ == "__main__":
    unittest.main()
