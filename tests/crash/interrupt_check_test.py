"""A check that is interrupted leaves nothing of its own, and what was there before stays."""

import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from small_contract import contract

PROGRAM = os.environ["LAKEGATE_PROGRAM"]
GOOD = b'{"n":1}\n'
BAD = b'{"n":"x"}\n'
BLOCK = (GOOD + BAD) * 50_000
PATIENCE_S = 60
PAUSE_S = 0.02
LATER_S = 1.5


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def terminal_as_usual():
    """Under nohup, which these tests may run under, a closed terminal means nothing."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def all_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


class InterruptCheckTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "c.odcs.yaml").write_text(
            contract("{name: n, logicalType: integer}"), encoding="utf-8")

    def start(self, quarantine):
        return subprocess.Popen(
            [PROGRAM, "check", "-", "--format", "ndjson", "--contract", "c.odcs.yaml", "--clean",
             "good.ndjson", "--quarantine", quarantine, "--max-rejects", "100%"],
            cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=terminal_as_usual)

    def pending(self):
        """The outputs that are being written, if they have bytes already."""
        files = [self.folder / name for name in all_below(self.folder) if ".lakegate-" in name]
        return [path for path in files if path.stat().st_size > 0]

    def interrupt(self, quarantine, signals=(signal.SIGINT,)):
        """(exit code, stderr) of a check that is interrupted after it wrote a part of each output."""
        process = self.start(quarantine)
        watch = threading.Timer(PATIENCE_S, process.kill)
        watch.start()
        try:
            while len(self.pending()) < 3:
                process.stdin.write(BLOCK)
            for number in signals:
                process.send_signal(number)
                time.sleep(PAUSE_S)
            while process.poll() is None:
                process.stdin.write(BLOCK)
        except BrokenPipeError:
            pass
        finally:
            watch.cancel()
        with process.stdout, process.stderr:
            said = process.stderr.read().decode()
            self.assertEqual(process.stdout.read(), b"")
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        return process.wait(), said

    def test_nothing_is_left(self):
        for quarantine in ("bad", "deep/down/bad", "bad/"):
            with self.subTest(quarantine=quarantine):
                code, said = self.interrupt(quarantine)
                self.assertEqual(code, 4, said)
                self.assertIn("nothing was written", said)
                self.assertEqual(all_below(self.folder), ["c.odcs.yaml"])

    def test_what_is_said_twice_at_once_counts_once(self):
        """timeout(1) signals the process and its group, a closed terminal its shell and the kernel."""
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                code, said = self.interrupt("bad", (number, number))
                self.assertEqual(code, 4, said)
                self.assertIn("nothing was written", said)
                self.assertEqual(all_below(self.folder), ["c.odcs.yaml"])

    def test_a_later_second_one_kills(self):
        """As it must where the first is not seen: on a pipe that is silent."""
        process = self.start("bad")
        with process.stdin, process.stdout, process.stderr:
            while not self.folder.joinpath("bad").exists():
                time.sleep(PAUSE_S)
            process.send_signal(signal.SIGINT)
            time.sleep(LATER_S)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(PATIENCE_S), -signal.SIGINT)

    def test_nothing_is_left_of_two_passes(self):
        """The first pass finds a file to reject, the second one a full disk, as it were."""
        (self.folder / "c.odcs.yaml").write_text(contract(
            "{name: n, logicalType: integer, "
            "customProperties: [{property: lakegate.action, value: reject_file}]}"))
        (self.folder / "bad.ndjson").write_bytes(BAD)
        (self.folder / "good.ndjson").write_bytes(BLOCK.replace(b'"x"', b"2"))
        before = all_below(self.folder)
        for clean in ("c.ndjson", "deep/q/c.ndjson"):
            with self.subTest(clean=clean):
                done = subprocess.run(
                    [PROGRAM, "check", "bad.ndjson", "good.ndjson", "--contract", "c.odcs.yaml",
                     "--clean", clean, "--quarantine", "deep/q"], cwd=self.folder, check=False,
                    capture_output=True, text=True, preexec_fn=small_files)
                self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
                self.assertIn("too large", done.stderr.lower())
                self.assertEqual(all_below(self.folder), before)

    def test_outputs_of_an_earlier_check_stay(self):
        (self.folder / "few.ndjson").write_bytes(GOOD + BAD)
        subprocess.run([PROGRAM, "check", "few.ndjson", "--contract", "c.odcs.yaml", "--clean",
                        "good.ndjson", "--quarantine", "bad"], cwd=self.folder, check=False,
                       stdout=subprocess.DEVNULL)
        before = {name: (self.folder / name).read_bytes() for name in all_below(self.folder)
                  if (self.folder / name).is_file()}
        self.assertEqual(before["good.ndjson"], GOOD)
        self.assertEqual(before["bad/rejects.bytes"], BAD.rstrip())
        code, said = self.interrupt("bad")
        self.assertEqual(code, 4, said)
        self.assertEqual(before, {name: (self.folder / name).read_bytes()
                                  for name in all_below(self.folder)
                                  if (self.folder / name).is_file()})


if __name__ == "__main__":
    unittest.main()
