"""``python -m tests.faults.run RUNS SEED``: the long form of the fault suite, see docs/faults.md.

Seeds come in blocks of ten; a block shares a stack, and blocks take turns in what stack it is. What is in the
log is not run again, so that a series may be stopped and gone on with; a run that broke is.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from kafka.errors import KafkaError

from tests.faults.bench import Bench, bench
from tests.faults.profiles import profile_of
from tests.faults.results import BROKE, Result, all_ok, append, latest, read, summary
from workers.broker.errors import BrokerError

BLOCK = 10


def run_all(
    seeds: Sequence[int], records: int, folder: Path, deadline: float | None = None
) -> Iterator[Result]:
    """Run ``seeds``, block by block; ``deadline`` (monotonic seconds) starts no run after it."""

    def is_over() -> bool:
        return deadline is not None and time.monotonic() > deadline

    for block, members in groupby(seeds, lambda seed: (seed - 1) // BLOCK):
        left = list(members)
        while left and not is_over():
            place = folder / f"block-{block}-from-{left[0]}"
            place.mkdir(parents=True)
            with bench(profile_of(block), place) as built:
                while left and not is_over():
                    result = _run(built, left.pop(0), records)
                    yield result
                    if result.broke:
                        break  # go on with a fresh stack


def _run(built: Bench, seed: int, records: int) -> Result:
    """Run ``seed``; what breaks the run itself is a finding too."""
    started = time.monotonic()
    try:
        return built.run(seed, records)
    except (KafkaError, BrokerError, AssertionError, OSError, subprocess.SubprocessError) as error:
        told = f"{BROKE}: {type(error).__name__} {' '.join(str(error).split())[:300]}"
        seconds = round(time.monotonic() - started, 1)
        return Result(seed, built.arena.profile.name, (), 0, (), (), (), (told,), 0, "", seconds)


def main(arguments: Sequence[str]) -> int:
    chosen = _parsed(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the workers would be left behind
    wanted = range(chosen.seed, chosen.seed + chosen.runs)
    logged = read(chosen.log) if chosen.log else []
    results = [result for result in latest(logged) if result.seed in wanted]
    if chosen.again:
        results = [result for result in results if result.ok]
    done = {result.seed for result in results}
    deadline = time.monotonic() + 60 * chosen.minutes if chosen.minutes else None
    with tempfile.TemporaryDirectory(prefix="claimwire-faults-", ignore_cleanup_errors=True) as temporary:
        folder = chosen.folder or Path(temporary)
        left = [seed for seed in wanted if seed not in done]
        for result in run_all(left, chosen.records, folder, deadline):
            results.append(result)
            print(result.line(), flush=True)
            if chosen.log:
                append(chosen.log, result)
    print(summary(results))
    return 0 if all_ok(results) else 1


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description="Seeded fault runs.")
    parser.add_argument("runs", type=int)
    parser.add_argument("seed", type=int, help="the first seed, from 1 on")
    parser.add_argument("--records", type=int, default=250, help="articles a run")
    parser.add_argument("--log", type=Path, help="JSONL of results: added to, and not run again")
    parser.add_argument("--again", action="store_true", help="run seeds anew that found something")
    parser.add_argument("--minutes", type=float, help="start no run after so long")
    parser.add_argument("--folder", type=Path, help="where logs and state stay; default: a temporary folder")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
