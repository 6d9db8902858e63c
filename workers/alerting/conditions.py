"""Conditions over a group's past: how many, how new, how much moved, how much faster, how quiet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from workers.alerting.durations import format_duration
from workers.alerting.groups import Count, GroupState, Measure, Phase, Sighting


@dataclass(frozen=True, slots=True)
class First:
    """The group has not been seen for ``within`` before this claim: somebody says this for the first time."""

    within: timedelta


@dataclass(frozen=True, slots=True)
class Change:
    """A figure stands more than ``percent`` off the group's last one of the same unit."""

    percent: float
    within: timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """In the last ``within`` came ``times`` as many claims as is usual by the ``baseline`` before it."""

    times: float
    within: timedelta
    baseline: timedelta
    at_least: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """After at least ``after`` claims, none came for ``lasting``. Judged by ``alerts.tick``."""

    lasting: timedelta
    after: int


Condition = Count | First | Change | Rate | Quiet


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a condition held, and the value it was judged by."""

    held: bool
    value: Any


def judge(condition: Condition, before: GroupState | None, sighting: Sighting) -> Judgement:
    """Judge ``condition`` for a new ``sighting`` of a group whose state was ``before``."""
    past = before.sightings if before is not None else ()
    match condition:
        case Count():
            found = count(condition, (*past, sighting), sighting)
            return Judgement(found >= condition.at_least, found)
        case First():
            return _first(condition, past, sighting)
        case Change():
            return _change(condition, past, sighting)
        case Rate():
            return _rate(condition, before.buckets if before is not None else (), sighting)
        case Quiet():
            return Judgement(False, None)


def fallen_quiet(condition: Quiet, state: GroupState, now: datetime) -> bool:
    """Tell whether a group that was heard of often enough has not been for long enough."""
    heard = sum(each.shown is not None for each in state.sightings) >= condition.after
    return state.phase is Phase.PENDING and heard and state.last_at + condition.lasting <= now


def clause_of(condition: Condition) -> str:
    """Return how alerts and explanations name the condition."""
    match condition:
        case Count():
            return f"{condition.of} >= {condition.at_least} within {format_duration(condition.within)}"
        case First():
            return f"first within {format_duration(condition.within)}"
        case Change():
            return (
                f"figure moved by more than {condition.percent:g}% within {format_duration(condition.within)}"
            )
        case Rate():
            window, baseline = format_duration(condition.within), format_duration(condition.baseline)
            return f"rate over {window} >= {condition.times:g} times that of {baseline}"
        case Quiet():
            return f"no claim for {format_duration(condition.lasting)} after {condition.after}"


def count(condition: Count, sightings: Iterable[Sighting], latest: Sighting) -> int:
    """Count what ``condition`` counts in the window that ends with ``latest``."""
    begin = latest.at - condition.within
    inside = [each for each in sightings if begin <= each.at <= latest.at]
    match condition.of:
        case Measure.CLAIMS:
            return len({each.id for each in inside})
        case Measure.ARTICLES:
            return len({each.article_id for each in inside})
        case Measure.PUBLISHERS:
            return len({each.publisher for each in inside if each.publisher})
        case Measure.ORIGINS:
            return _independent(inside)


def with_bucket(state: GroupState, conditions: Iterable[Condition], sighting: Sighting) -> GroupState:
    """Count ``sighting`` towards the rate, where the rule has a rate condition."""
    rate = next((each for each in conditions if isinstance(each, Rate)), None)
    if rate is None:
        return state
    width = int(rate.within.total_seconds())
    number = int(sighting.at.timestamp()) // width
    counts = dict(state.buckets)
    counts[number] = counts.get(number, 0) + 1
    oldest = max(counts) - int(rate.baseline.total_seconds()) // width - 1
    buckets = tuple(sorted((at, many) for at, many in counts.items() if at >= oldest))
    return replace(state, buckets=buckets)


def _first(condition: First, past: Iterable[Sighting], sighting: Sighting) -> Judgement:
    earlier = [each.at for each in past if abs(sighting.at - each.at) < condition.within]
    return Judgement(not earlier, earlier[-1].isoformat() if earlier else None)


def _change(condition: Change, past: Iterable[Sighting], sighting: Sighting) -> Judgement:
    begin = sighting.at - condition.within
    last: dict[str, float] = {}
    for each in past:
        if begin <= each.at <= sighting.at:
            last.update(each.figures)
    nearest: dict[str, Any] | None = None
    for unit, number in sighting.figures:
        if unit not in last:
            continue
        moved = _percent(last[unit], number)
        told = {"unit": unit, "from": last[unit], "to": number, "percent": moved}
        if moved is None or moved > condition.percent:
            return Judgement(True, told)
        nearest = nearest or told
    return Judgement(False, nearest or "no earlier figure of a unit that it gives")


def _percent(before: float, after: float) -> float | None:
    """Return by how much a figure moved; ``None`` is from nothing to something, more than any share."""
    if before == 0:
        return None if after else 0.0
    return round(abs(after - before) / abs(before) * 100, 2)


def _rate(condition: Rate, buckets: tuple[tuple[int, int], ...], sighting: Sighting) -> Judgement:
    width = int(condition.within.total_seconds())
    current = int(sighting.at.timestamp()) // width
    counts = dict(buckets)
    now = counts.get(current, 0) + 1
    span = int(condition.baseline.total_seconds()) // width
    known = current - min(counts, default=current)
    if known * 2 < span:
        return Judgement(False, {"now": now, "usual": None})
    observed = min(span, known)
    usual = sum(many for at, many in buckets if current - observed <= at < current) / observed
    held = now >= condition.at_least and now >= condition.times * usual
    return Judgement(held, {"now": now, "usual": round(usual, 3)})


def _independent(sightings: Iterable[Sighting]) -> int:
    """Count sets of sightings that share no origin, by joining those that do."""
    sets: list[set[str]] = []
    for each in sightings:
        joined = set(each.origins)
        apart = []
        for known in sets:
            if known & joined:
                joined |= known
            else:
                apart.append(known)
        sets = [*apart, joined]
    return len(sets)
