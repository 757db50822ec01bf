"""Streams: gzip, zstd and standard input say what the plain file says, whatever the threads."""

import gzip
import json
import os
import pathlib
import random
import subprocess
import tempfile
import unittest

import pyarrow

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
CONTRACT = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "t", "version": "1.0.0",
            "status": "active", "schema": [{"name": "t", "logicalType": "object", "properties": [
                {"name": "a", "logicalType": "string"}, {"name": "n", "logicalType": "integer"}]}]}
UNIT_BYTES = 65536
# (LAKEGATE_THREADS, small windows and units)
SETTINGS = [(1, False), (1, True), (2, True), (3, False), (8, True)]


def ndjson(rng):
    """Lines of every length around a unit, some of them damaged."""
    lines = []
    for number in range(6000):
        text = "x" * rng.choice([0, 3, 30, 90])
        if number % 1500 == 700:
            text = "y" * rng.choice([UNIT_BYTES - 30, UNIT_BYTES, 3 * UNIT_BYTES, 700_000])
        bad = rng.random() < 0.02
        lines.append('{"a": "%s", "n": %s}' % (text, '"no number"' if bad else number))
        if rng.random() < 0.01:
            lines.append(rng.choice(["", "{", "  ", '{"a": "cut']))
    return "\n".join(lines).encode() + (b"\n" if rng.random() < 0.5 else b"")


def csv_text(rng):
    rows = ["a,n"]
    for number in range(6000):
        text = '"' + rng.choice(["two\nlines", 'a "" quote', "x" * 50, "\n" * 9]) + '"'
        if number % 2500 == 700:
            text = '"' + "line\n" * 40_000 + '"'
        rows.append(f"{text},{'?' if rng.random() < 0.02 else number}")
        if rng.random() < 0.005:
            rows.append('"never closed,1')
    return "\n".join(rows).encode()


def members(text, rng, pack):
    """The text as several members or frames, cut anywhere, one of them empty."""
    cuts = sorted(rng.sample(range(len(text)), 4))
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)])]
    return b"".join(pack(part) for part in [*parts[:2], b"", *parts[2:]])


def zstd(text):
    out = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(out, "zstd") as packed:
        packed.write(text)
    return out.getvalue().to_pybytes()


class StreamTest(unittest.TestCase):
    def setUp(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.holder.name)
        (self.folder / "c.json").write_text(json.dumps(CONTRACT), encoding="utf-8")

    def tearDown(self):
        self.holder.cleanup()

    def check(self, names, threads, small, stdin=None, kind="ndjson"):
        """(exit code, what was accepted, what was set aside, the report's files)."""
        variables = dict(os.environ, LAKEGATE_THREADS=str(threads))
        if small:
            variables.update(LAKEGATE_TEST_WINDOW_BYTES="4096",
                             LAKEGATE_TEST_UNIT_BYTES=str(UNIT_BYTES),
                             LAKEGATE_TEST_PART_RECORDS="500")
        out = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        result = subprocess.run(
            [PROGRAM, "check", *names, "--contract", "c.json", "--clean", out / "clean",
             "--quarantine", out / "q", "--report", out / "r.json", "--max-rejects", "100%",
             *(["--format", kind] if stdin is not None else [])],
            cwd=self.folder, env=variables, input=stdin, capture_output=True, check=False)
        self.assertIn(result.returncode, (0, 1), result.stderr)
        report = json.loads((out / "r.json").read_text(encoding="utf-8"))
        for file in report["files"]:
            for key in ("path", "size", "compression"):
                file.pop(key, None)
        rejects = [json.loads(line) for line in
                   (out / "q/rejects.ndjson").read_text(encoding="utf-8").splitlines()]
        for reject in rejects:
            reject.pop("file")
        return (result.returncode, (out / "clean").read_bytes(), rejects,
                (out / "q/rejects.bytes").read_bytes(), report["files"])

    def test_more_rejects_than_a_worker_writes_down(self):
        """Of 60,000 damaged lines of one unit the workers make half of the texts."""
        lines = 60_000
        (self.folder / "tiny.ndjson").write_bytes(b"1\n" * lines)
        _, clean, rejects, raw, _ = self.check(["tiny.ndjson"], 2, False)
        self.assertEqual((clean, raw), (b"", b"1" * lines))
        self.assertEqual([reject["line"] for reject in rejects], list(range(1, lines + 1)))
        self.assertEqual({(reject["raw"], len(reject["reasons"]), reject["reasons"][0]["code"])
                          for reject in rejects}, {("1", 1, "not-an-object")})

    def compare(self, kind, make):
        rng = random.Random(5)
        text = make(rng)
        for name, content in {f"a.{kind}": text,
                              f"a.{kind}.gz": members(text, rng, gzip.compress),
                              f"a.{kind}.zst": members(text, rng, zstd)}.items():
            (self.folder / name).write_bytes(content)
        plain = self.check([f"a.{kind}"], 1, False)
        self.assertGreater(len(plain[2]), 50)
        for threads, small in SETTINGS:
            for suffix in ("", ".gz", ".zst"):
                with self.subTest(suffix=suffix, threads=threads, small=small):
                    self.assertEqual(self.check([f"a.{kind}{suffix}"], threads, small), plain)
            with self.subTest(stdin=True, threads=threads, small=small):
                self.assertEqual(self.check(["-"], threads, small, text, kind), plain)

    def test_ndjson(self):
        self.compare("ndjson", ndjson)

    def test_csv(self):
        self.compare("csv", csv_text)

    def test_many_files_of_both_kinds(self):
        """Streams and plain files in turn: order and numbers are those of one thread."""
        rng = random.Random(6)
        names = []
        for number in range(12):
            text = ndjson(rng)[: rng.choice([10, 1000, 100_000, 400_000])]
            name = f"{number:02}.ndjson" + rng.choice(["", ".gz", ".zst"])
            pack = {"": bytes, "gz": gzip.compress, "st": zstd}[
                name.rpartition("ndjson")[2][-2:]]
            (self.folder / name).write_bytes(pack(text))
            names.append(name)
        alone = self.check(names, 1, False)
        for threads, small in SETTINGS[1:]:
            self.assertEqual(self.check(names, threads, small), alone)

    def test_a_truncated_file_is_held_whole(self):
        rng = random.Random(7)
        text = ndjson(rng)
        (self.folder / "good.ndjson").write_bytes(b'{"a": "z", "n": 1}\n')
        for suffix, pack in (("gz", gzip.compress), ("zst", zstd)):
            packed = pack(text)
            for kept in (len(packed) // 2, len(packed) - 3):
                name = f"cut.ndjson.{suffix}"
                (self.folder / name).write_bytes(packed[:kept])
                for threads, small in SETTINGS:
                    found = self.check([name, "good.ndjson"], threads, small)
                    self.assertEqual(found[0], 1)
                    self.assertEqual(found[1], b'{"a": "z", "n": 1}\n')
                    self.assertEqual([reason["code"] for reason in found[4][0]["reasons"]],
                                     ["truncated-file"])


if __name__ == "__main__":
    unittest.main()
