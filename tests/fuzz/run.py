"""``make fuzz``: odd input for everything that reads, in rounds, until so many inputs were taken in all.

The counts are kept in ``var/fuzz/counts.jsonl``: a run goes on where the last one stopped, with new inputs.
Ends with one line ``inputs N tests M crashes 0``. A crash is shown with the smallest input that makes it.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.fuzzing import COUNTS_VARIABLE, VARIABLE
from tests.fuzz.mutants import TARGETS, CrashError, strike

ROOT = Path(__file__).resolve().parents[2]
COUNTS = ROOT / "var" / "fuzz" / "counts.jsonl"
# Inputs a round: so that a round of each takes about as long. The model makes the last one slow.
ROUNDS = {
    "tests/fuzz/test_codec.py": 5_000,
    "tests/fuzz/test_dead_letters.py": 5_000,
    "tests/fuzz/test_rules.py": 500,
    "tests/fuzz/test_html.py": 500,
    "tests/fuzz/test_pipeline.py": 20,
}
MUTANTS = "tests/fuzz/mutants.py"
MUTANTS_A_ROUND, MUTANTS_SECONDS = 20_000, 20.0


@dataclass(frozen=True, slots=True)
class Sum:
    """What one test took in all runs so far."""

    inputs: int
    seconds: float
    crashes: int


def add_up(lines: Iterable[str]) -> dict[str, Sum]:
    """Return the sums by test of the lines that ``conftest.py`` wrote; half a line at the end is left out."""
    sums: dict[str, Sum] = {}
    for line in lines:
        try:
            run: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:  # the machine went down while it was written
            continue
        before = sums.get(run["test"], Sum(0, 0.0, 0))
        sums[run["test"]] = Sum(
            before.inputs + run["inputs"], before.seconds + run["seconds"], before.crashes + (not run["held"])
        )
    return sums


def next_suite(sums: dict[str, Sum]) -> str:
    """Return the test file or target that has had the least time: each gets its share."""
    spent = dict.fromkeys([*ROUNDS, *(f"{MUTANTS}::{name}" for name in TARGETS)], 0.0)
    for test, found in sums.items():
        suite = test if test in spent else test.partition("::")[0]
        if suite in spent:
            spent[suite] += found.seconds
    return min(spent, key=spent.__getitem__)


def run_round(suite: str) -> bool:
    """Do one round of a test file or target; return whether all was answered."""
    file, _, target = suite.partition("::")
    return mutants(target) if file == MUTANTS else fuzz(file, ROUNDS[file])


def mutants(name: str) -> bool:
    """Strike a target with a seed never used before, and write down how often."""
    began, held, taken = time.monotonic(), True, 0
    try:
        taken = strike(name, time.time_ns(), MUTANTS_A_ROUND, MUTANTS_SECONDS)
    except CrashError as crash:
        print(crash)
        held = False
    line = {"test": f"{MUTANTS}::{name}", "inputs": taken, "seconds": time.monotonic() - began, "held": held}
    with COUNTS.open("a") as log:
        log.write(json.dumps(line) + "\n")
    return held


def fuzz(file: str, inputs: int) -> bool:
    """Give every test of ``file`` that many inputs; return whether all held."""
    environment = {
        **os.environ,
        VARIABLE: str(inputs),
        COUNTS_VARIABLE: str(COUNTS),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "pytest", "-q", "--timeout=0", "-p", "no:cacheprovider", file]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-1000:], sep="\n")
    return done.returncode == 0


def main() -> int:
    """Run rounds until the sum is reached or the time is up; return 1 when something crashed."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("inputs", type=int, help="how many inputs in all, with those of earlier runs")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="stop after so long")
    parser.add_argument("--only", help="this test file or target alone")
    wanted = parser.parse_args()
    COUNTS.parent.mkdir(parents=True, exist_ok=True)
    COUNTS.touch()
    ends = time.monotonic() + wanted.minutes * 60
    while True:
        sums = add_up(COUNTS.read_text().splitlines())
        taken = sum(found.inputs for found in sums.values())
        if taken >= wanted.inputs or time.monotonic() > ends:
            break
        if not run_round(wanted.only or next_suite(sums)):
            break
    for test, found in sorted(sums.items()):
        print(f"{found.inputs:>9} inputs {found.seconds:>8.0f} s  {test}")
    crashes = sum(found.crashes for found in add_up(COUNTS.read_text().splitlines()).values())
    print(f"inputs {taken} tests {len(sums)} crashes {crashes}")
    return int(crashes > 0)


if __name__ == "__main__":
    sys.exit(main())
