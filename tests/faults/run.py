"""``python -m tests.faults.run RUNS SEED``: the long form of the fault suite, see docs/faults.md.

A run publishes a ledger of articles while the nemesis strikes, waits until the workers have committed every
record, and compares what readers see, and the state database, with what must be there. Kafka and two
workers are kept over several runs; article ids differ by run, so that runs do not touch each other.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaProducer

from tests.faults.nemesis import Crew, Fault, Nemesis
from tests.faults.nemesis_ledger import Tail, ledger, state_problems, unique
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import Expected, judge
from tests.support.stack import Stack, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

WORKERS = 2
RUNS_A_STACK = 25
MOST_FAULTS = 3
QUIET_LIMIT_S = 240.0
MIDST_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """One run; the lists name what was found."""

    seed: int
    faults: Sequence[Fault]
    records: int
    lost: list[str]
    differing: list[str]
    alerts_doubled: list[str]
    other: list[str]
    repeats: int
    exits: str
    seconds: float

    @property
    def ok(self) -> bool:
        return not (self.lost or self.differing or self.alerts_doubled or self.other)

    def line(self) -> str:
        """Return one row of the table in docs/faults.md."""
        faults = ", ".join(self.faults)
        cells = (self.seed, faults, self.records, self.repeats, self.exits or "none", f"{self.seconds:.0f} s")
        verdict = "ok" if self.ok else f"LOST {self.lost} DIFFERING {self.differing} "
        verdict += "" if self.ok else f"ALERTS {self.alerts_doubled} OTHER {self.other}"
        return "| " + " | ".join(map(str, (*cells, verdict))) + " |"


@dataclass(slots=True)
class Bench:
    """A stack that serves several runs."""

    stack: Stack
    crew: Crew
    nemesis: Nemesis
    tail: Tail
    state: Path
    expected: Expected = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    repeats: int = 0

    def run(self, seed: int, records: int) -> Result:
        """Publish, strike, wait, judge."""
        started = time.monotonic()
        chance = random.Random(seed)
        raw = ledger(records, seed)
        self.expected |= expected_outputs(raw)
        self.crew.tend()
        self.crew.wait_until_one_is_ready()
        self.crew.exits.clear()
        faults = self.nemesis.choose(chance, MOST_FAULTS)
        self._publish_under(faults, raw, chance)
        quiet = self.tail.wait_until_quiet(QUIET_LIMIT_S, self.crew.tend)
        return self._judged(seed, faults, records, quiet, time.monotonic() - started)

    def _publish_under(self, faults: Sequence[Fault], raw: Sequence[Raw], chance: random.Random) -> None:
        producer = KafkaProducer(bootstrap_servers=self.stack.bootstrap, acks="all", linger_ms=5)
        size = -(-len(raw) // (len(faults) + 1))
        futures = []
        for number in range(len(faults) + 1):
            for key, value in raw[number * size : (number + 1) * size]:
                futures.append(producer.send(str(Topic.ARTICLE_RAW), key=key, value=value))
            producer.flush(timeout=120)
            if number < len(faults):
                self.tail.wait_until_grown(chance.randint(0, size), MIDST_LIMIT_S)
                self.nemesis.strike(faults[number], chance)
        for future in futures:
            future.get(timeout=120)
        producer.close()

    def _judged(
        self, seed: int, faults: Sequence[Fault], records: int, quiet: bool, seconds: float
    ) -> Result:
        verdict = judge(self.expected, self.tail.observed.seen, str(Topic.ALERT))
        state = state_problems(self.state, self.expected, self.tail.observed)
        repeats, self.repeats = verdict.repeats - self.repeats, verdict.repeats
        other = list(self.nemesis.broken_promises)
        self.nemesis.broken_promises.clear()
        if not quiet:
            other.append(f"not everything was committed within {QUIET_LIMIT_S:.0f} s")
        return Result(
            seed,
            faults,
            records,
            unique([*verdict.lost, *state.lost], self.known),
            unique([*verdict.differing, *verdict.unexpected, *state.differing], self.known),
            unique([*verdict.alerts_doubled, *state.alerts_doubled], self.known),
            other,
            repeats,
            " ".join(f"{code}×{count}" for code, count in sorted(self.crew.exits.items())),
            seconds,
        )


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Give a fresh stack: broker, topics, two workers, reader."""
    with LocalKafka() as kafka:
        make_topics(kafka.bootstrap)
        stack = Stack(kafka.bootstrap, folder)
        state = folder / "state.sqlite3"
        crew = Crew(stack, WORKERS)
        tail = Tail(kafka.bootstrap, f"test-{folder.name}")
        try:
            crew.tend()
            yield Bench(stack, crew, Nemesis(crew, stack, kafka, state), tail, state)
        finally:
            stack.close()
            tail.close()


def run_all(runs: int, first_seed: int, records: int, folder: Path) -> list[Result]:
    """Run ``runs`` seeds from ``first_seed`` on; print a line each."""
    results: list[Result] = []
    for start in range(0, runs, RUNS_A_STACK):
        place = folder / f"stack-{first_seed + start}"
        place.mkdir(parents=True)
        with bench(place) as built:
            for seed in range(first_seed + start, first_seed + min(runs, start + RUNS_A_STACK)):
                results.append(built.run(seed, records))
                print(results[-1].line(), flush=True)
    return results


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description="Seeded fault runs.")
    parser.add_argument("runs", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--records", type=int, default=100, help="articles a run")
    parser.add_argument("--folder", type=Path, help="where logs and state stay; default: a temporary folder")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the workers would be left behind
    with tempfile.TemporaryDirectory(prefix="claimwire-faults-", ignore_cleanup_errors=True) as temporary:
        folder = chosen.folder or Path(temporary)
        results = run_all(chosen.runs, chosen.seed, chosen.records, folder)
    lost, differing, doubled = (
        sum(map(len, found))
        for found in (
            [result.lost for result in results],
            [result.differing for result in results],
            [result.alerts_doubled for result in results],
        )
    )
    print(
        f"runs {len(results)} records {sum(result.records for result in results)} "
        f"lost {lost} differing {differing} alerts_doubled {doubled}"
    )
    return 0 if results and all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
