"""Runs a program and says how much memory it took at most."""

import subprocess
import sys

# Linux counts what a process had before it became the program, and that is a copy of who started
# it: the test's own peak. So a small process starts it.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def run_measured(command, folder):
    """(exit code, what it printed, peak of its memory in MB)"""
    process = subprocess.run([sys.executable, "-c", LAUNCHER, *command], cwd=folder,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return process.returncode, process.stdout, int(process.stderr.split()[-1]) / 1024
