"""A damaged record takes no neighbour with it: all that is whole beside it is published."""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
RECORDS = 3000
SETTINGS = [("1", {}), ("2", {"LAKEGATE_TEST_WINDOW_BYTES": "4096", "LAKEGATE_TEST_UNIT_BYTES": "65536",
                              "LAKEGATE_TEST_PART_RECORDS": "100"}),
            ("3", {"LAKEGATE_TEST_WINDOW_BYTES": "1024", "LAKEGATE_TEST_UNIT_BYTES": "3000"}),
            ("2", {"LAKEGATE_TEST_INSTRUCTIONS": "sse2"})]


def ndjson(rng, number):
    return json.dumps({"id": number, "name": rng.choice(["", "x" * rng.randrange(90), "déjà", '"\\']),
                       "tags": ["a"] * rng.randrange(4)}, ensure_ascii=rng.random() < 0.5).encode()


def csv(rng, number):
    return b'%d,"%s",%s' % (number, b"y" * rng.randrange(90), rng.choice([b"", b"a", b'"b ""c"""']))


def cut(rng, record):
    return record[:rng.randrange(1, len(record))]


def in_the_middle(*insertions):
    def damage(rng, record):
        at = rng.randrange(1, len(record))
        return record[:at] + rng.choice(insertions) + record[at:]
    return damage


NDJSON_DAMAGE = [
    cut, lambda rng, record: record[rng.randrange(1, len(record)):],
    in_the_middle(b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x1b"),
    lambda rng, record: record + rng.choice([b"}", b"]", b",", b"{", b" 1", b'"']),
    lambda rng, record: rng.choice([b"{" * 5000, b"[" * 300, b"}" * 7, b'{"id": 1, "id": 2}', b"null",
                                    b'{"id": "\\ud800"}', b'{"name": "' + b"z" * 70_000, b"\xef\xbb\xbf{",
                                    b'{"id": 1}{"id": 2}', b"{'id': 1}", b'"', b"\\"])]
CSV_DAMAGE = [
    lambda rng, record: record.split(b",")[0], lambda rng, record: record + b",more",
    lambda rng, record: b"1,\xff\xfe,a", lambda rng, record: b"no number,x,a",
    lambda rng, record: b'2,a "quote" inside,b', lambda rng, record: b'3,"closed"too early,c']


class DamagedNeighboursTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "c.odcs.yaml").write_text(contract(
            "{name: id, logicalType: integer, required: true}", "{name: name, logicalType: string}",
            "{name: tags, logicalType: array, items: {logicalType: string}}"), encoding="utf-8")
        (self.folder / "csv.odcs.yaml").write_text(contract(
            "{name: id, logicalType: integer, required: true}", "{name: name, logicalType: string}",
            "{name: tags, logicalType: string}"), encoding="utf-8")

    def judge(self, name, seed, header, make, damages):
        rng = random.Random(seed)
        lines, good, bad = [], [], []
        for number in range(RECORDS):
            record = make(rng, number)
            if rng.random() < 0.3:
                damaged = rng.choice(damages)(rng, record)
                if self.is_whole(name, damaged):
                    continue
                lines.append(damaged)
                bad.append(damaged)
            else:
                lines.append(record)
                good.append(number)
        self.assertGreater(len(bad), RECORDS // 10)
        end = rng.choice([b"\n", b"\r\n"])
        text = header + end.join(lines) + rng.choice([b"", end])
        (self.folder / name).write_bytes(text)
        chosen = "csv.odcs.yaml" if name.endswith(".csv") else "c.odcs.yaml"
        for threads, variables in SETTINGS:
            subprocess.run(
                [PROGRAM, "check", name, "--contract", chosen, "--threads", threads, "--max-rejects",
                 "100%", "--clean", "clean.ndjson", "--quarantine", "q"],
                cwd=self.folder, stdout=subprocess.PIPE, env={**os.environ, **variables}, check=False)
            clean = (self.folder / "clean.ndjson").read_bytes().splitlines()
            self.assertEqual([int(json.loads(line)["id"]) for line in clean], good, (seed, threads))
            self.assertEqual(self.set_aside(text), bad, (seed, threads))

    def set_aside(self, text):
        """The rejected records, by what the index says of their place in the file."""
        found = []
        with open(self.folder / "q/rejects.ndjson", "rb") as index:
            for line in index:
                reject = json.loads(line)
                found.append(text[reject["offset"]:reject["offset"] + reject["length"]])
        return found

    @staticmethod
    def is_whole(name, line):
        """A damage may leave a record that is right, or nothing; those prove nothing."""
        if not line.strip():
            return True
        if name.endswith(".csv"):
            return False
        try:
            record = json.loads(line.decode("utf-8"))
        except ValueError:
            return False
        return isinstance(record, dict) and isinstance(record.get("id"), int)

    def test_ndjson(self):
        for seed in range(4):
            self.judge("a.ndjson", seed, b"", ndjson, NDJSON_DAMAGE)

    def test_csv(self):
        for seed in range(4):
            self.judge("a.csv", seed, b"id,name,tags\n", csv, CSV_DAMAGE)


if __name__ == "__main__":
    unittest.main()
