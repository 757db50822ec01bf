"""The commands and flags that README and docs show exist and do what they say."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ["LAKEGATE_PROGRAM"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "examples/README.md"]


def run(*arguments, cwd=None):
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True,
                          check=False)


def commands_of(page):
    """(verb, words behind it) of every `lakegate ...` in code of the page."""
    text = page.read_text(encoding="utf-8")
    code = re.findall(r"`([^`\n]+)`", text)
    for block in re.findall(r"```\w*\n(.*?)```", text, flags=re.S):
        code.extend(line.lstrip("$ ") for line in block.splitlines())
    for line in code:
        words = line.split("#")[0].split()
        if len(words) > 1 and words[0].endswith("lakegate") and re.fullmatch(r"[a-z]+", words[1]):
            yield words[1], words[2:]


class DocsTest(unittest.TestCase):
    def test_every_command_and_flag_exists(self):
        helps, seen = {}, 0
        for page in PAGES:
            for verb, words in commands_of(page):
                if verb not in helps:
                    result = run(verb, "--help")
                    self.assertEqual(result.returncode, 0, f"{page.name}: lakegate {verb}")
                    helps[verb] = result.stdout
                for flag in (word for word in words if re.fullmatch(r"--[a-z-]+", word)):
                    self.assertIn(flag, helps[verb], f"{page.name}: lakegate {verb} {flag}")
                seen += 1
        self.assertGreater(seen, 12)

    def test_every_help_has_an_example(self):
        verbs = re.findall(r"^  ([a-z]+)  ", run("--help").stdout, flags=re.M)
        self.assertGreater(len(verbs), 8)
        for verb in verbs:
            self.assertIn("Examples:", run(verb, "--help").stdout, verb)

    def test_the_tour(self):
        with tempfile.TemporaryDirectory() as folder:
            first = run("demo", "demo-lake", cwd=folder)
            self.assertEqual(first.returncode, 0, first.stderr)
            readme = (ROOT / "README.md").read_text(encoding="utf-8")
            tour = re.search(r"\$ lakegate demo\n(.*?)```", readme, flags=re.S).group(1)
            for line in tour.splitlines():
                shown = line.split("…")[0].strip()
                self.assertIn(shown, first.stdout, "README shows another line")
            again = run("demo", "demo-lake", cwd=folder)
            self.assertEqual(again.returncode, 0)
            self.assertNotIn("published  ", again.stdout)
            self.assertIn("no change", again.stdout)

    def test_the_scaffold_is_without_findings(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run("init", "lake", cwd=folder).returncode, 0)
            lint = run("lint", "-C", "lake", "--fail-on", "warning", cwd=folder)
            self.assertEqual(lint.returncode, 0, lint.stdout + lint.stderr)


if __name__ == "__main__":
    unittest.main()
