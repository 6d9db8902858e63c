"""Figures from raw measurements: percentiles, medians with spread, the rate of a steady part. Pure."""

import math
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and extremes of repeated runs."""

    median: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True, slots=True)
class Sample:
    """How far each partition had come at ``at`` (monotonic seconds): offsets of the next record."""

    at: float
    ends: Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Steady:
    """Work finished between two completions, which are ``first_at`` and ``last_at``."""

    articles: int
    words: int
    first_at: float
    last_at: float

    @property
    def words_per_second(self) -> float:
        """Words finished a second."""
        return self.words / (self.last_at - self.first_at)

    @property
    def articles_per_second(self) -> float:
        """Articles finished a second."""
        return self.articles / (self.last_at - self.first_at)


def spread(values: Sequence[float]) -> Spread:
    """Summarise repeated runs; raises ``ValueError`` without any."""
    if not values:
        raise ValueError("no runs")
    return Spread(statistics.median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile: a value that was measured. ``ValueError`` without values."""
    if not values or not 0 < percent <= 100:
        raise ValueError(f"no {percent} % of {len(values)} values")
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def steady(
    samples: Sequence[Sample], words: Mapping[tuple[Place, int], int], *, skip: int, busy_until: int
) -> Steady:
    """Return the work between the first completion after ``skip`` articles and the last up to ``busy_until``.

    Before it the worker warms up, after it some processes have nothing left to do. Both ends are
    completions that were seen, so that no batch in progress is counted or left out. ``words`` maps a
    partition and offset to the article's words. Raises ``ValueError`` when too few completions were seen.
    """
    origin = samples[0].ends
    steps = [samples[0]]
    for sample in samples[1:]:
        if sample.ends != steps[-1].ends:
            steps.append(sample)
    inside = [step for step in steps if skip < _count(origin, step.ends) <= busy_until]
    if len(inside) < 2:
        raise ValueError(f"no steady part: {len(steps) - 1} completions seen, {len(inside)} inside it")
    first, last = inside[0], inside[-1]
    done = [
        words[place, offset]
        for place, end in last.ends.items()
        for offset in range(first.ends.get(place, 0), end)
    ]
    return Steady(len(done), sum(done), first.at, last.at)


def _count(origin: Mapping[Place, int], ends: Mapping[Place, int]) -> int:
    return sum(end - origin.get(place, 0) for place, end in ends.items())


def poisson_schedule(rate: float, count: int, seed: int) -> list[float]:
    """Return when each of ``count`` records is due, in seconds from the start; the same for the same seed."""
    source = random.Random(seed)  # noqa: S311 - arrivals, not secrets
    due, moment = [], 0.0
    for _ in range(count):
        moment += source.expovariate(rate)
        due.append(moment)
    return due


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of (x, y); 0 when all x are the same."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def doubt(points: Sequence[tuple[float, float]]) -> float:
    """Return two standard errors of ``slope``; infinite for fewer than three points, which tell of none."""
    if len(points) < 3 or len({x for x, _ in points}) < 2:
        return math.inf
    xs, ys = [x for x, _ in points], [y for _, y in points]
    fitted = statistics.linear_regression(xs, ys)
    rest = sum((y - fitted.intercept - fitted.slope * x) ** 2 for x, y in points) / (len(points) - 2)
    return 2 * math.sqrt(rest / (statistics.variance(xs) * (len(xs) - 1)))
