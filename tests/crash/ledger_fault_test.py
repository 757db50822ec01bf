"""The ledger's file system fails, fills up or dies with the program in the N-th operation of a run,
N = 1, 2, 3 ...: after each the tables show whole versions only, the next run converges, and then
ledger, tables, history and quarantine agree (tests/support/lake_checker.py).

By default a sample. LAKEGATE_TEST_FAULTS=all visits every point; =append:kill:137 that one."""

import collections
import concurrent.futures
import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

import fault_scenes
import lake_checker

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
VFS = pathlib.Path(PROGRAM).parent / "libfaulty_sqlite_vfs.so"
SEED = 20250601
POINTS = 8 * int(os.environ.get("LAKEGATE_TEST_SCALE", "1"))  # a scene and kind
WANTED = os.environ.get("LAKEGATE_TEST_FAULTS", "")
WRITES = {"write", "sync", "truncate", "delete"}
# What a fault can be made in; see faulty_sqlite_vfs.cc.
KINDS = {"error": lambda what: what not in ("unlock", "unmap"), "after": WRITES.__contains__,
         "full": {"write"}.__contains__, "dead": lambda what: what not in ("unlock", "unmap"),
         "kill": lambda what: True, "torn": {"write"}.__contains__}
MAY_BE_EITHER = ("may or may not be published", "published in part or not at all")
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def run(lake, fault=None, log=None):
    environment = dict(os.environ)
    if fault:
        environment.update(LD_PRELOAD=str(VFS), LAKEGATE_SQLITE_FAULT=fault)
        if log:
            environment["LAKEGATE_SQLITE_FAULT_LOG"] = str(log)
    return subprocess.run([PROGRAM, "run", "--threads", "1"], cwd=lake, env=environment, text=True,
                          capture_output=True, check=False, timeout=60)


class World:
    """One scene: the lake before the run, and what the run leads to undisturbed."""

    def __init__(self, scene, folder):
        self.scene, self.folder = scene, folder
        self.before = folder / scene.name
        self.before.mkdir()
        scene.make(self.before)
        if scene.before:
            scene.land(self.before, scene.before)
            done = run(self.before)
            assert done.returncode == 0, done.stdout + done.stderr
        scene.land(self.before, scene.now)
        self.old = lake_checker.rows_of_tables(self.before)
        after = self.copy("after")
        log = folder / f"{scene.name}.log"
        done = run(after, "none", log)
        assert done.returncode == scene.exit_code, done.stdout + done.stderr
        self.new = lake_checker.rows_of_tables(after)
        assert (self.old == self.new) == (scene.exit_code == 1), scene.name
        problems = lake_checker.check_settled(after)
        assert not problems, problems
        self.operations = [line.split() for line in log.read_text().splitlines()]
        shutil.rmtree(after)

    def copy(self, name):
        lake = self.folder / f"{self.scene.name}-{name}"
        shutil.copytree(self.before, lake)
        return lake

    def points(self, kind):
        return [int(number) for number, what, _ in self.operations if KINDS[kind](what)]

    def visit(self, fault, second=None):
        """Problems found; `second` is the fault of the run after."""
        lake = self.copy(fault.replace(":", "-"))
        try:
            problems = self.disturb(lake, fault)
            if second:
                problems += self.disturb(lake, second)
            problems += self.check_end(lake)
        except (subprocess.TimeoutExpired, OSError) as problem:
            problems = [f"{problem!r}"]
        finally:
            shutil.rmtree(lake)
        return problems

    def disturb(self, lake, fault):
        before = lake_checker.rows_of_tables(lake)
        begun = lake_checker.has_begun_publication(lake)  # a run finishes it first
        done = run(lake, fault)
        problems = lake_checker.check_versions(lake, [self.old, self.new])
        said = done.stdout + done.stderr
        killed = fault.startswith(("kill", "torn")) and done.returncode == -9
        if done.returncode not in (0, self.scene.exit_code, 4) and not killed:
            problems.append(f"I9: it ended with {done.returncode}: {said}")
        if done.returncode == 4 and "lakegate: " not in done.stderr:
            problems.append(f"I9: it failed and does not say why: {said}")
        if killed or any(words in said for words in MAY_BE_EITHER):
            return problems
        now = lake_checker.rows_of_tables(lake)
        if done.returncode == self.scene.exit_code and now != self.new:
            problems.append(f"I2: it said that all is well, and the tables are not: {said}")
        if done.returncode == 4 and now != before and not begun and \
                "  published" not in done.stdout:
            problems.append(f"I2: it said that it failed, and the tables changed: {said}")
        return problems

    def check_end(self, lake):
        done = run(lake)
        problems = []
        if done.returncode != self.scene.exit_code:
            problems.append(f"I7: the next run ended with {done.returncode}: "
                            f"{done.stdout}{done.stderr}")
        if (now := lake_checker.rows_of_tables(lake)) != self.new:
            problems.append(f"I3: the next run leads to {now}, not to {self.new}; it said "
                            f"{done.stdout}{done.stderr}")
        problems += lake_checker.check_settled(lake)
        kept = {path.read_bytes() for zone in ("land", "history") if (lake / zone).exists()
                for path in lake_checker.files_below(lake / zone)}
        expected = self.scene.landed() if self.scene.keep == "move" else \
            {text.encode() for text in {**self.scene.before, **self.scene.now}.values()}
        if kept != expected:
            problems.append(f"I5: {len(expected - kept)} landed versions are lost")
        inodes = {path: path.stat().st_ino for path in lake_checker.files_below(lake / "tables")}
        again = run(lake)
        if again.returncode != self.scene.exit_code or "  published  " in again.stdout or inodes != {
                path: path.stat().st_ino for path in lake_checker.files_below(lake / "tables")}:
            problems.append(f"I7: a rerun is not without effect: {again.stdout}{again.stderr}")
        return problems


class LedgerFaultTest(unittest.TestCase):
    def setUp(self):
        self.assertTrue(VFS.exists(), f"{VFS} is not built")
        folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def choose(self, worlds):
        """[(world, fault, fault of the next run or None)]"""
        if WANTED.count(":") >= 2:
            name, kind, number, *second = WANTED.split(":")
            return [(worlds[name], f"{kind}:{number}", ":".join(second) or None)]
        chosen = []
        for name, world in worlds.items():
            for kind in KINDS:
                chance = random.Random(f"{SEED} {name} {kind}")
                points = world.points(kind)
                if WANTED != "all":
                    points = sorted(chance.sample(points, min(POINTS, len(points))))
                for index, number in enumerate(points):
                    # Every third time what repairs it fails, too.
                    second = f"{kind}:{chance.randrange(1, 250)}" if index % 3 == 2 else None
                    chosen.append((world, f"{kind}:{number}", second))
        return chosen

    def test_every_operation_of_the_ledger(self):
        started = time.monotonic()
        worlds = {scene.name: World(scene, self.folder) for scene in fault_scenes.SCENES}
        chosen = self.choose(worlds)
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            found = list(pool.map(lambda point: point[0].visit(*point[1:]), chosen))
        violations = []
        for (world, fault, second), problems in zip(chosen, found):
            replay = f"{world.scene.name}:{fault}" + (f":{second}" if second else "")
            violations += [f"LAKEGATE_TEST_FAULTS={replay}: {problem}" for problem in problems]
        operations = collections.Counter()
        for world in worlds.values():
            operations[world.scene.name] = len(world.operations)
        print(f"\n  {len(chosen)} fault points visited of {dict(operations)} operations with "
              f"{len(KINDS)} kinds of faults, {len(violations)} violations, "
              f"{time.monotonic() - started:.0f} s")
        self.assertEqual(violations, [], "\n".join(violations[:20]))

    def test_the_checker_sees_damage(self):
        scene = next(scene for scene in fault_scenes.SCENES if scene.name == "append-move")
        world = World(scene, self.folder)
        self.assertEqual(lake_checker.check_settled(world.before), [])
        for invariant, damage in (
                ("I6", lambda lake: next((lake / "tables").rglob("*.parquet")).unlink()),
                ("I6", lambda lake: (lake / "tables/events/stray.parquet").write_bytes(
                    next((lake / "tables").rglob("*.parquet")).read_bytes())),
                ("I5", lambda lake: next((lake / "history").rglob("*.json")).unlink()),
                ("I7", lambda lake: (lake / ".lakegate/staging/left").mkdir()),
                ("I3", lambda lake: self.alter(lake, "UPDATE part_source SET rows = rows + 1")),
                ("I4", lambda lake: self.alter(lake, "UPDATE run SET counters ="
                                                     " json_set(counters, '$.accepted', 1)")),
                ("I7", lambda lake: self.alter(lake, "UPDATE run SET ended_us = NULL")),
                ("I9", lambda lake: self.alter(lake, "UPDATE partition SET state = 'failed'"))):
            lake = world.copy("damaged")
            damage(lake)
            found = lake_checker.check_settled(lake)
            self.assertTrue(any(problem.startswith(invariant) for problem in found),
                            f"{invariant}: {found}")
            shutil.rmtree(lake)
        self.assertNotEqual(lake_checker.check_versions(world.before, [world.new]), [])

    @staticmethod
    def alter(lake, sql):
        with contextlib.closing(sqlite3.connect(lake / ".lakegate/ledger.db")) as ledger:
            ledger.execute(sql)
            ledger.commit()


if __name__ == "__main__":
    unittest.main()
