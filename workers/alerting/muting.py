"""Silences and inhibition: reasons not to tell of an alert now, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from workers.alerting.expressions import ExpressionError, Pattern, compile_pattern
from workers.alerting.groups import Withheld
from workers.alerting.plain import PlainError, from_plain, to_mapping
from workers.domain.ids import content_id

Labels = tuple[tuple[str, str], ...]


class Operator(StrEnum):
    """How a matcher compares; patterns must match the whole value, as Alertmanager's do."""

    EQUAL = "="
    UNEQUAL = "!="
    LIKE = "=~"
    UNLIKE = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; a label that is missing counts as empty."""

    label: str
    operator: Operator
    value: str
    pattern: Pattern | None = field(default=None, compare=False, repr=False)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the labels satisfy this condition."""
        actual = labels.get(self.label, "")
        same = actual == self.value if self.pattern is None else self.pattern.matches(actual)
        return same is (self.operator in (Operator.EQUAL, Operator.LIKE))


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody does not want to hear of these alerts for a while, and says why."""

    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str

    @property
    def id(self) -> str:
        """Made from all that the silence says but its end: expiring it early keeps the id."""
        parts = [f"{each.label}{each.operator}{each.value}" for each in self.matchers]
        return content_id("silence", *sorted(parts), self.starts_at.isoformat(), self.author)

    def covers(self, labels: Mapping[str, str], at: datetime) -> bool:
        """Tell whether an alert with these labels is silent at that event time."""
        return self.starts_at <= at < self.ends_at and all(each.matches(labels) for each in self.matchers)


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert that ``source`` matches fires, one that ``target`` matches is not told.

    Both must have the same values of the labels in ``equal``. An alert never inhibits itself.
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Muting:
    """What may not be told: the silences that are known and the labels of the alerts that fire.

    People silence by the clock on their wall, and news is older than that: ``at`` is the moment at which the
    silences are judged (in the worker the record's own time); ``None`` judges them by event time.
    """

    silences: tuple[Silence, ...] = ()
    firing: tuple[Labels, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """An alert is not told, for this reason; ``by`` says in words whose."""

    reason: Withheld
    by: str


NOTHING_MUTED = Muting()


def muted(labels: Labels, at: datetime, muting: Muting, inhibitions: Iterable[Inhibition]) -> Mute | None:
    """Return why an alert with ``labels`` is not to be told at event time ``at``, or ``None``."""
    named = dict(labels)
    for silence in muting.silences:
        if silence.covers(named, muting.at or at):
            until = silence.ends_at.isoformat().replace("+00:00", "Z")
            return Mute(Withheld.SILENCED, f"{silence.author} until {until}: {silence.comment}")
    for inhibition in inhibitions:
        if not all(each.matches(named) for each in inhibition.target):
            continue
        for firing in muting.firing:
            if firing != labels and _inhibits(inhibition, dict(firing), named):
                return Mute(Withheld.INHIBITED, dict(firing).get("alertname", "another alert"))
    return None


def matcher(label: str, operator: Operator, value: str) -> Matcher:
    """Make a matcher; raises ``ValueError`` in words when its pattern is none."""
    if operator in (Operator.EQUAL, Operator.UNEQUAL):
        return Matcher(label, operator, value)
    return Matcher(label, operator, value, compile_pattern(f"^(?:{value})$"))


def silence_to_plain(silence: Silence) -> dict[str, Any]:
    """Return the JSON shape of a silence, its id among it."""
    plain: dict[str, Any] = to_mapping(silence)
    for each in plain["matchers"]:
        del each["pattern"]
    return {"id": silence.id, **plain}


def silence_from_plain(plain: Any) -> Silence | str:
    """Read a silence, or say what is wrong with it."""
    try:
        given: _PlainSilence = from_plain(_PlainSilence, plain, "silence")
        matchers = tuple(matcher(each.label, each.operator, each.value) for each in given.matchers)
    except (PlainError, ExpressionError) as error:
        return str(error)
    silence = Silence(matchers, given.starts_at, given.ends_at, given.author, given.comment)
    if not matchers:
        return "a silence without a matcher would silence everything"
    if not given.author.strip() or not given.comment.strip():
        return "a silence needs an author and a comment"
    if given.ends_at < given.starts_at:
        return "a silence must not end before it starts"
    return silence


@dataclass(frozen=True, slots=True)
class _PlainMatcher:
    label: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class _PlainSilence:
    id: str
    matchers: tuple[_PlainMatcher, ...]
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str


def _inhibits(inhibition: Inhibition, firing: Mapping[str, str], target: Mapping[str, str]) -> bool:
    equal = all(firing.get(name, "") == target.get(name, "") for name in inhibition.equal)
    return equal and all(each.matches(firing) for each in inhibition.source)
