"""keep: move under kills: every landed version is kept byte for byte and counts exactly once."""

import collections
import hashlib
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import tempfile
import unittest

import duckdb
from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
SEED = 20250401
ROUNDS = 40
DAYS = 3
LAKE = """version: 1
name: t
datasets:
  events:
    contract: c.odcs.yaml
    landing: {path: "events/day={day}/*.json", format: ndjson, keep: move}
    publish: {partition_by: [day]}
"""
CONTRACT = contract(
    "{name: n, logicalType: integer}",
    "{name: day, logicalType: date, partitioned: true, partitionKeyPosition: 1}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class KillMoveTest(unittest.TestCase):
    def check_end(self, process, out, err):
        """Done, or it met another one that works (or was killed) on the same partition."""
        if process.returncode != 0:
            self.assertEqual(process.returncode, 4, out + err)
            problems = [line for line in err.splitlines() if line.startswith("lakegate: ")]
            self.assertTrue(problems)
            for line in problems:
                self.assertRegex(
                    line, "is being worked on by|has begun to publish|neither finished nor undone")

    def test_every_version_is_kept_and_counts_once(self):
        rng = random.Random(SEED)
        kills = resent = 0
        contents = {day: [] for day in range(1, DAYS + 1)}  # what landed, each version once
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "lakegate.yaml").write_text(LAKE, encoding="utf-8")
            (root / "c.odcs.yaml").write_text(CONTRACT, encoding="utf-8")
            for number in range(ROUNDS):
                for day in contents:
                    land = root / f"land/events/day=2025-01-{day:02}"
                    land.mkdir(parents=True, exist_ok=True)
                    # Often the same name again, when it has left land; sometimes the same bytes.
                    name = land / f"{rng.choice(['a', 'b', f'c{number}'])}.json"
                    if name.exists():
                        continue
                    if contents[day] and rng.random() < 0.2:
                        name.write_bytes(rng.choice(contents[day]))
                        resent += 1
                        continue
                    rows = "".join(json.dumps({"n": number * 1000 + n}) + "\n"
                                   for n in range(rng.randrange(1, 2000)))
                    name.write_bytes(rows.encode())
                    contents[day].append(rows.encode())
                process = subprocess.Popen([PROGRAM, "run"], cwd=root, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
                beside = subprocess.Popen([PROGRAM, "run"], cwd=root, stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE, text=True)
                try:
                    out, err = process.communicate(
                        timeout=rng.uniform(0.005, 0.08) if number % 4 else 60)
                    self.check_end(process, out, err)
                except subprocess.TimeoutExpired:
                    os.kill(process.pid, signal.SIGKILL)
                    process.communicate()
                    kills += 1
                self.check_end(beside, *beside.communicate())
                # I5 at any moment: no version is nowhere, and what is in history is what landed.
                landed = {sha256(data) for versions in contents.values() for data in versions}
                here = {sha256(path.read_bytes()) for path in (root / "land").rglob("*.json")}
                kept = {sha256(path.read_bytes())
                        for path in (root / "history").rglob("*.json")}
                self.assertLessEqual(landed, here | kept)
                self.assertLessEqual(kept, landed)
            done = subprocess.run([PROGRAM, "run"], cwd=root, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual([p for p in (root / "land").rglob("*") if p.is_file()], [])
            history = [p for p in (root / "history").rglob("*") if p.is_file()]
            self.assertEqual(sorted(sha256(p.read_bytes()) for p in history), sorted(landed))
            for path in history:
                self.assertRegex(path.relative_to(root).as_posix(),
                                 r"^history/events/file_land_timestamp=(\d+)/[abc]\d*_\1(-\d+)?\.json$")
                self.assertEqual(path.stat().st_mode & 0o222, 0)
            # I3: each version once.
            expected = collections.Counter(
                (f"2025-01-{day:02}", json.loads(line)["n"])
                for day, versions in contents.items() for data in versions
                for line in data.splitlines())
            rows = duckdb.sql(f"SELECT day::VARCHAR, n FROM read_parquet('{root}/tables/events/*/*"
                              ".parquet', hive_partitioning = true)").fetchall()
            self.assertEqual(collections.Counter(rows), expected)
            with sqlite3.connect(root / ".lakegate/ledger.db") as ledger:
                self.assertEqual(ledger.execute("SELECT * FROM history_copy").fetchall(), [])
            self.assertGreater(kills, 0)
            self.assertGreater(resent, 5)
            print(f"\n  {ROUNDS} rounds, {kills} kills, {resent} sent twice, "
                  f"{len(history)} versions kept")


if __name__ == "__main__":
    unittest.main()
