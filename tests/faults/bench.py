"""Runs on one arena: publish a ledger, strike in the midst of the work, wait for the commits, judge."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kafka import KafkaProducer

from tests.faults.arena import Arena, arena
from tests.faults.nemesis import Nemesis
from tests.faults.nemesis_ledger import Tail, expected_of_poison, ledger, poison, state_problems, unique
from tests.faults.profiles import Fault, Profile
from tests.faults.results import Result
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import Expected, judge
from workers.topology import Topic

MOST_FAULTS = 3
QUIET_LIMIT_S = 240.0
MIDST_LIMIT_S = 20.0
_PUBLISH_LIMIT_S = 180.0


@dataclass(slots=True)
class Bench:
    """``runs``, ``expected``, ``known`` and ``repeats`` add up over the runs of one arena."""

    arena: Arena
    nemesis: Nemesis
    tail: Tail
    runs: int = 0
    expected: Expected = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    repeats: int = 0

    def run(self, seed: int, records: int) -> Result:
        """Publish, strike, wait, judge."""
        started = time.monotonic()
        chance = random.Random(seed)
        faults = self.nemesis.choose(chance, MOST_FAULTS)
        raw = self._ledger(seed, records, faults, chance)
        crew = self.arena.crew
        crew.tend()
        crew.wait_until_one_is_ready()
        crew.exits.clear()
        self._publish_under(faults, raw, chance)
        quiet = self.tail.wait_until_quiet(QUIET_LIMIT_S, crew.tend)
        self.nemesis.repair()
        return self._judged(seed, faults, len(raw), quiet, time.monotonic() - started)

    def _ledger(self, seed: int, records: int, faults: Sequence[Fault], chance: random.Random) -> list[Raw]:
        crashing = 2 * faults.count(Fault.RECORDS_THAT_CRASH)
        hanging = min(1, faults.count(Fault.RECORD_THAT_HANGS))
        bad = poison(seed, crashing, hanging)
        self.runs += 1
        articles, expected = _articles(records, self.runs)
        good = articles[: records - len(bad)]
        self.expected |= {key: expected[key] for key, _ in good if key and key in expected}
        self.expected |= expected_of_poison(bad)
        mixed = good + bad
        chance.shuffle(mixed)
        return mixed

    def _publish_under(self, faults: Sequence[Fault], raw: Sequence[Raw], chance: random.Random) -> None:
        producer = KafkaProducer(bootstrap_servers=self.arena.bootstrap, acks="all", linger_ms=5)
        size = -(-len(raw) // (len(faults) + 1))
        futures = []
        for number in range(len(faults) + 1):
            for key, value in raw[number * size : (number + 1) * size]:
                futures.append(producer.send(str(Topic.ARTICLE_RAW), key=key, value=value))
            producer.flush(timeout=_PUBLISH_LIMIT_S)
            if number < len(faults):
                self.tail.wait_until_grown(chance.randint(0, size), MIDST_LIMIT_S)
                self.nemesis.strike(faults[number], chance)
        for future in futures:
            future.get(timeout=_PUBLISH_LIMIT_S)
        producer.close()

    def _judged(
        self, seed: int, faults: Sequence[Fault], records: int, quiet: bool, seconds: float
    ) -> Result:
        verdict = judge(self.expected, self.tail.observed.seen, str(Topic.ALERT))
        state = state_problems(self.arena.state_url, self.expected, self.tail.observed)
        repeats, self.repeats = verdict.repeats - self.repeats, verdict.repeats
        other = list(self.nemesis.broken_promises)
        self.nemesis.broken_promises.clear()
        if not quiet:
            other.append(f"not everything was committed within {QUIET_LIMIT_S:.0f} s")
        exits = sorted(self.arena.crew.exits.items())
        return Result(
            seed,
            self.arena.profile.name,
            tuple(map(str, faults)),
            records,
            tuple(unique([*verdict.lost, *state.lost], self.known)),
            tuple(unique([*verdict.differing, *verdict.unexpected, *state.differing], self.known)),
            tuple(unique([*verdict.alerts_doubled, *state.alerts_doubled], self.known)),
            tuple(other),
            repeats,
            " ".join(f"{code}×{count}" for code, count in exits),
            round(seconds, 1),
        )


@cache
def _articles(count: int, number: int) -> tuple[list[Raw], Expected]:
    """Return an arena's ``number``-th ledger and what must come of it: the same ones on every arena.

    The faults differ, the articles need not; computing what they lead to costs as much as a worker's work.
    """
    articles = ledger(count, number)
    return articles, expected_outputs(articles)


@contextmanager
def bench(profile: Profile, folder: Path) -> Iterator[Bench]:
    """Give a fresh arena in ``folder`` with its nemesis and its reader."""
    with arena(profile, folder) as built:
        tail = Tail(built.bootstrap, built.group)
        try:
            yield Bench(built, Nemesis(built), tail)
        finally:
            tail.close()
