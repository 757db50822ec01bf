"""Several runs on one lake: at once, one that sleeps longer than its lease, files that change while
they are read. Every record counts once, and who cannot go on says why."""

import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import fault_scenes
import lake_checker
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
VFS = pathlib.Path(PROGRAM).parent / "libfaulty_sqlite_vfs.so"
SEED = 20250711
SCALE = int(os.environ.get("LAKEGATE_TEST_SCALE", "1"))
ROUNDS = 4 * SCALE
SLEEPS = 6 * SCALE  # a scene
TURNED_AWAY = "is being worked on by|has begun to publish|neither finished nor undone"
LEASE_MS = 400
SLOW_RULE = """    quality:
      - {type: sql, mustBe: 0,
         query: "SELECT count(*) FROM range(40000) a(i), range(40000) b(j) WHERE i + j < 0"}
"""
BY_NAME = {scene.name: scene for scene in fault_scenes.SCENES}
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def start(lake, *words, **environment):
    return subprocess.Popen([PROGRAM, "run", *words], cwd=lake, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})


def values(rows, *names):
    """Of rows_of_tables(): a Counter of tuples of these columns."""
    counted = collections.Counter()
    for table in rows.values():
        for row, count in table.items():
            counted[tuple(dict(row).get(name) for name in names)] += count
    return counted


class AtOnceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def lake_of(self, scene):
        lake = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        scene.make(lake)
        return lake

    def check_end(self, process, timeout=60):
        """Done, or turned away by somebody who works on the same partition."""
        out, err = process.communicate(timeout=timeout)
        if process.returncode != 0:
            self.assertEqual(process.returncode, 4, out + err)
            problems = [line for line in err.splitlines() if line.startswith("lakegate: ")]
            self.assertTrue(problems, out + err)
            for line in problems:
                self.assertRegex(line, TURNED_AWAY)
        return process.returncode

    def settle(self, lake):
        done = start(lake)
        out, err = done.communicate(timeout=60)
        self.assertEqual(done.returncode, 0, out + err)
        self.assertEqual(lake_checker.check_settled(lake), [])

    def new_records(self, scene, chance, first):
        for n in range(first, first + chance.randrange(50, 400)):
            if scene.name == "upsert":
                yield fault_scenes.put(n % 150, n, chance.choice("ABC"),
                                       "delete" if chance.random() < 0.1 else "put")
            elif scene.name.startswith("append"):
                yield fault_scenes.timed(n, n + 1)[0]
            else:
                yield fault_scenes.named(n, n + 1)[0]

    def expected(self, scene, records):
        if scene.name != "upsert":
            return collections.Counter((str(record["n"]),) for record in records)
        newest = {}
        for record in records:
            if record["version"] > newest.get(record["n"], {"version": -1})["version"]:
                newest[record["n"]] = record
        return collections.Counter((str(record["n"]),) for record in newest.values()
                                   if record["op"] != "delete")

    def test_two_and_four_at_once(self):
        for name in ("append", "append-move", "upsert", "replace", "replace-move"):
            for processes in (2, 4):
                with self.subTest(scene=name, processes=processes):
                    self.run_at_once(BY_NAME[name], processes)

    def run_at_once(self, scene, processes):
        chance = random.Random(f"{SEED} {scene.name} {processes}")
        lake = self.lake_of(scene)
        records, done = [], 0
        for number in range(ROUNDS):
            fresh = []
            for part in range(3):
                fresh.append(list(self.new_records(scene, chance, len(records))))
                records += fresh[-1]
                folder = f"events/day=2025-01-0{1 + part % 2}" if "{day}" in scene.landing else "events"
                # Two before the runs start, one while they work.
                if part == 2:
                    working = [start(lake) for _ in range(processes)]
                    time.sleep(chance.uniform(0, 0.03))
                path = lake / f"land/{folder}/f{number}-{part}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                aside = path.with_name("." + path.name)
                aside.write_text(fault_scenes.lines(*fresh[-1]), encoding="utf-8")
                aside.rename(path)
            codes = [self.check_end(process) for process in working]
            done += codes.count(0)
        if "{day}" not in scene.landing:  # else each may have got one partition, and lost another
            self.assertGreater(done, 0)
        self.settle(lake)
        self.assertEqual(values(lake_checker.rows_of_tables(lake), "n"),
                         self.expected(scene, records))

    def sleeping_points(self, scene):
        """Operations of the ledger before which a run holds none of its locks."""
        lake = self.lake_of(scene)
        if scene.before:
            scene.land(lake, scene.before)
            self.assertEqual(self.check_end(start(lake)), 0)
        scene.land(lake, scene.now)
        log = self.folder / f"{lake.name}.log"
        self.assertEqual(self.check_end(start(lake, "--threads", "1", LD_PRELOAD=str(VFS),
                                              LAKEGATE_SQLITE_FAULT="none",
                                              LAKEGATE_SQLITE_FAULT_LOG=str(log))), 0)
        steps = [line.split() for line in log.read_text().splitlines()]
        return [int(step[0]) for before, step in zip(steps, steps[1:])
                if (before[1:], step[1:]) == (["unlock", "shm"], ["lock", "shm"])], lake

    def test_who_sleeps_longer_than_its_lease_publishes_nothing(self):
        visited = taken_over = 0
        for name in ("replace", "append", "append-move", "upsert"):
            scene = BY_NAME[name]
            points, model = self.sleeping_points(scene)
            wanted = lake_checker.rows_of_tables(model)
            chance = random.Random(f"{SEED} sleep {name}")
            for number in chance.sample(points, min(SLEEPS, len(points))):
                with self.subTest(scene=name, operation=number):
                    taken_over += self.sleep_at(scene, number, wanted)
                    visited += 1
        print(f"\n  {visited} runs slept longer than their lease, {taken_over} were taken over")
        self.assertGreater(taken_over, visited // 4)

    def sleep_at(self, scene, number, wanted):
        """Whether the partition's lease was held, and so taken from the sleeper."""
        lake = self.lake_of(scene)
        scene.land(lake, scene.before)
        self.assertEqual(self.check_end(start(lake)), 0)
        scene.land(lake, scene.now)
        sleeper = start(lake, "--threads", "1", LD_PRELOAD=str(VFS),
                        LAKEGATE_SQLITE_FAULT=f"stop:{number}")
        _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), status)
        held = self.expire_leases(lake)
        if held is None:  # stopped in the middle of a transaction: nobody else can go on
            sleeper.kill()
            sleeper.communicate()
            return False
        other = start(lake)
        self.assertEqual(self.check_end(other), 0)
        self.assertEqual(lake_checker.rows_of_tables(lake), wanted)
        inodes = {path: path.stat().st_ino for path in lake_checker.files_below(lake / "tables")}
        sleeper.send_signal(signal.SIGCONT)
        out, err = sleeper.communicate(timeout=60)
        self.assertIn(sleeper.returncode, (0, 4), out + err)
        self.assertEqual(lake_checker.rows_of_tables(lake), wanted, out + err)
        self.assertEqual({path: path.stat().st_ino for path in
                          lake_checker.files_below(lake / "tables")}, inodes, out + err)
        self.settle(lake)
        self.assertEqual(lake_checker.rows_of_tables(lake), wanted)
        return held > 0

    def test_who_works_longer_than_its_lease_keeps_it(self):
        """A rule that takes seconds under a lease of half a second; others come again and again."""
        lake = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (lake / "land/events").mkdir(parents=True)
        (lake / "land/events/a.ndjson").write_text('{"n":1}\n{"n":2}\n')
        (lake / "events.odcs.yaml").write_text(
            contract("{name: n, logicalType: integer}") + SLOW_RULE)
        (lake / "lakegate.yaml").write_text(
            "version: 1\nname: slow\ndatasets:\n  events:\n    contract: events.odcs.yaml\n"
            "    landing: {path: events/*.ndjson, format: ndjson}\n"
            "    publish: {mode: replace_partition}\n")
        begun = time.monotonic()
        slow = start(lake, "--threads", "1", LAKEGATE_TEST_LEASE_MS=str(LEASE_MS))
        turned_away = 0
        while slow.poll() is None:
            time.sleep(LEASE_MS / 1000)
            other = start(lake, LAKEGATE_TEST_LEASE_MS=str(LEASE_MS))
            turned_away += self.check_end(other) == 4
        seconds = time.monotonic() - begun
        out, err = slow.communicate()
        self.assertEqual(slow.returncode, 0, out + err)
        self.assertGreater(seconds, 3 * LEASE_MS / 1000, "make the rule slower")
        self.assertGreaterEqual(turned_away, 2)
        self.assertEqual(values(lake_checker.rows_of_tables(lake), "n"), {("1",): 1, ("2",): 1})
        with lake_checker.LedgerCopy(lake) as ledger:
            runs = ledger.database.execute("SELECT verdict FROM run").fetchall()
        self.assertEqual([run["verdict"] for run in runs], ["passed"])

    @staticmethod
    def expire_leases(lake):
        """As if the time were over. How many; None if the ledger is locked."""
        with contextlib.closing(sqlite3.connect(lake / ".lakegate/ledger.db", timeout=0.2)) as ledger:
            try:
                held = ledger.execute("UPDATE lease SET expires_us = 1 WHERE holder <> ''").rowcount
                ledger.commit()
                return held
            except sqlite3.OperationalError:
                return None

    def test_a_file_that_changes_while_it_is_read_is_never_published_in_part(self):
        """The run is stopped behind the hash of the file; then its producer goes on."""
        whole = fault_scenes.timed(0, 3000)
        changes = {"grows": lambda path: path.open("a").write(fault_scenes.lines(*whole[2000:])),
                   "shrinks": lambda path: os.truncate(path, 1000),
                   "is written anew": lambda path: path.write_text(
                       fault_scenes.lines(*reversed(whole)), encoding="utf-8"),
                   "is replaced": self.replace}
        for name in ("append", "replace"):
            for what, change in changes.items():
                with self.subTest(mode=name, what=what):
                    self.change_while_read(BY_NAME[name], whole, change)

    @staticmethod
    def replace(path):
        aside = path.with_name(".aside")
        aside.write_text(fault_scenes.lines(*fault_scenes.timed(7, 9)))
        aside.rename(path)

    def change_while_read(self, scene, whole, change):
        lake = self.lake_of(scene)
        path = lake / ("land/" + scene.landing.replace("{day}", "2025-01-01").replace("*", "a"))
        path.parent.mkdir(parents=True)
        path.write_text(fault_scenes.lines(*whole[:2000]), encoding="utf-8")
        sleeper = start(lake, LD_PRELOAD=str(VFS), LAKEGATE_SQLITE_FAULT="none")
        self.assertEqual(self.check_end(sleeper), 0)  # so that there is a ledger
        path.write_text(fault_scenes.lines(*whole[:1999]), encoding="utf-8")
        number = self.operation_behind_the_run_row(lake)
        sleeper = start(lake, "--threads", "1", LD_PRELOAD=str(VFS),
                        LAKEGATE_SQLITE_FAULT=f"stop:{number}")
        _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), status)
        change(path)
        sleeper.send_signal(signal.SIGCONT)
        out, err = sleeper.communicate(timeout=60)
        self.assertEqual(sleeper.returncode, 4, out + err)
        self.assertIn("was changed while it was read", err)
        self.assertEqual(sum(values(lake_checker.rows_of_tables(lake), "n").values()), 2000)
        # The next run takes what is there then, bad last line and all.
        done = start(lake)
        out, err = done.communicate(timeout=60)
        self.assertEqual(done.returncode, 0, out + err)
        landed = collections.Counter()
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                landed[(str(json.loads(line)["n"]),)] += 1
            except ValueError:
                pass
        self.assertEqual(values(lake_checker.rows_of_tables(lake), "n"), landed)
        self.assertEqual(lake_checker.check_settled(lake), [])

    def operation_behind_the_run_row(self, lake):
        """Of the next run: the first operation after its transaction that records the start."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "lake"
        subprocess.run(["cp", "-a", str(lake), str(copy)], check=True)
        log = self.folder / f"{copy.parent.name}.log"
        self.check_end(start(copy, "--threads", "1", LD_PRELOAD=str(VFS),
                             LAKEGATE_SQLITE_FAULT="none", LAKEGATE_SQLITE_FAULT_LOG=str(log)))
        steps = [line.split() for line in log.read_text().splitlines()]
        # Each commit ends with a sync of the log: files registered, lease, run.
        commits = [index for index, step in enumerate(steps) if step[1:] == ["sync", "wal"]]
        self.assertGreater(len(commits), 4)
        behind = [int(step[0]) for step in steps[commits[2]:] if step[1:] == ["lock", "shm"]]
        return behind[0]


if __name__ == "__main__":
    unittest.main()
