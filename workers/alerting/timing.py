"""The keys of a rule that speak of time: window conditions, durations, cooldown, budget."""

from collections.abc import Callable
from datetime import timedelta

from workers.alerting.conditions import Change, Condition, First, Quiet, Rate
from workers.alerting.durations import parse_duration
from workers.alerting.groups import MAX_SHOWN, MAX_SIGHTINGS, Count, Measure
from workers.alerting.rules import Budget, Cooldown
from workers.alerting.strict_yaml import Keys, Place

MAX_BUCKETS = 400


def read_duration(place: Place) -> timedelta:
    """Read ``90s``, ``1h30m``, ``2d``."""
    found = parse_duration(place.text())
    if isinstance(found, str):
        raise place.error(found)
    return found


def read_cooldown(place: Place) -> Cooldown:
    """Read one duration, or ``{first: 1h, factor: 2, longest: 24h}``."""
    if not isinstance(place.plain(), dict):
        return Cooldown(read_duration(place))
    keys = place.keys()
    cooldown = Cooldown(
        keys.take("first", read_duration),
        keys.take("factor", lambda each: _number(each, at_least=1, at_most=100), 1.0),
        keys.take("longest", read_duration, None),
    )
    keys.finish("first, factor, longest")
    if cooldown.longest is not None and cooldown.longest < cooldown.first:
        raise place.error("'longest' is shorter than 'first'")
    return cooldown


def read_budget(place: Place) -> Budget:
    """Read ``{alerts: 100, per: 1h}``."""
    keys = place.keys()
    budget = Budget(
        int(keys.take("alerts", lambda each: _whole(each, at_least=1, at_most=100_000))),
        keys.take("per", lambda each: _span(each, timedelta(minutes=1))),
    )
    keys.finish("alerts, per")
    return budget


def read_conditions(place: Place) -> tuple[Condition, ...]:
    """Read the list under ``window``; all must hold."""
    conditions = tuple(_condition(item) for item in place.items())
    if any(isinstance(each, Quiet) for each in conditions) and len(conditions) > 1:
        raise place.error("'quiet' stands alone: it waits for no claim, the others for one")
    if len({type(each) for each in conditions}) < len(conditions):
        raise place.error("has two conditions of one kind")
    return conditions


def _condition(place: Place) -> Condition:
    keys = place.keys()
    kinds: dict[str, Callable[[Keys], Condition]] = {
        "count": _count,
        "first": _first,
        "change": _change,
        "rate": _rate,
        "quiet": _quiet,
    }
    named = [kind for kind in kinds if kind in keys.found]
    if len(named) != 1:
        raise place.error(f"must have one of the keys {', '.join(kinds)}")
    return kinds[named[0]](keys)


def _count(keys: Keys) -> Count:
    condition = Count(
        keys.take("count", _measure),
        keys.take("at_least", lambda each: _whole(each, at_least=2, at_most=MAX_SIGHTINGS)),
        keys.take("within", _span),
    )
    keys.finish("count, at_least, within")
    return condition


def _first(keys: Keys) -> First:
    condition = First(keys.take("first", _span))
    keys.finish("first")
    return condition


def _change(keys: Keys) -> Change:
    condition = Change(keys.take("change", _percent), keys.take("within", _span))
    keys.finish("change, within")
    return condition


def _rate(keys: Keys) -> Rate:
    condition = Rate(
        keys.take("rate", lambda each: _number(each, at_least=1, at_most=10_000)),
        keys.take("within", lambda each: _span(each, timedelta(minutes=1))),
        keys.take("baseline", _span),
        keys.take("at_least", lambda each: _whole(each, at_least=1, at_most=1_000_000), 3),
    )
    keys.finish("rate, within, baseline, at_least")
    buckets = condition.baseline // condition.within
    if not 2 <= buckets <= MAX_BUCKETS:
        raise keys.place.error(f"'baseline' must be 2 to {MAX_BUCKETS} times 'within', it is {buckets}")
    return condition


def _quiet(keys: Keys) -> Quiet:
    condition = Quiet(
        keys.take("quiet", _span),
        keys.take("after", lambda each: _whole(each, at_least=1, at_most=MAX_SHOWN), 1),
    )
    keys.finish("quiet, after")
    return condition


def _measure(place: Place) -> Measure:
    text = place.text()
    if text not in [measure.value for measure in Measure]:
        raise place.error(f"is {text!r}; known are {', '.join(Measure)}")
    return Measure(text)


def _span(place: Place, at_least: timedelta = timedelta(seconds=1)) -> timedelta:
    found = read_duration(place)
    if found < at_least:
        raise place.error(f"must be {int(at_least.total_seconds())} seconds at least")
    return found


def _percent(place: Place) -> float:
    text = place.text()
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not text.endswith("%") or not 0 < percent <= 100_000:
        raise place.error(f"{text!r} is no share; write 20%")
    return percent


def _whole(place: Place, *, at_least: int, at_most: int) -> int:
    number = place.whole_number()
    if not at_least <= number <= at_most:
        raise place.error(f"must be {at_least} to {at_most}")
    return number


def _number(place: Place, *, at_least: float, at_most: float) -> float:
    plain = place.plain()
    if not isinstance(plain, int | float) or isinstance(plain, bool) or not at_least <= plain <= at_most:
        raise place.error(f"must be a number, {at_least:g} to {at_most:g}")
    return float(plain)
