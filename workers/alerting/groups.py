"""What is remembered of a rule's group between claims: a value that goes to and from JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from workers.alerting.plain import Defaults, from_plain, to_mapping
from workers.domain.alert import AlertTense, Evidence, MatchedClause, RuleRef
from workers.domain.ids import content_id

MAX_SIGHTINGS = 64
MAX_SHOWN = 20
FORMAT = 1
_SINCE_FORMAT_1: Defaults = {
    "GroupState": {"tense": "current", "held_back": None},
    "HeldBack": {"until": None},
    "Spent": {"evidence": []},
}


class Phase(StrEnum):
    """Where a group stands: ``PENDING`` matched without an alert yet, ``RESOLVED`` is over or taken back."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


class Measure(StrEnum):
    """What a count counts; ``ORIGINS`` take one outlet, one via or the same words for one voice."""

    CLAIMS = "claims"
    ARTICLES = "articles"
    PUBLISHERS = "publishers"
    ORIGINS = "origins"


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many different ones within a time."""

    of: Measure
    at_least: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Shown:
    """What an alert shows of a sighting: evidence, annotations made from it, the clauses that held."""

    evidence: tuple[Evidence, ...]
    annotations: tuple[tuple[str, str], ...] = ()
    matched: tuple[MatchedClause, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A match. ``at`` is its event time, ``origins`` tell copies, ``figures`` are (unit, number).

    ``id`` is the claim's, relation's or activity's; ``rests_on`` the ids whose withdrawal takes it away, its
    own among them. ``shown`` is ``None`` once the alert it belonged to is over, or when 20 newer have come.
    """

    id: str
    rests_on: tuple[str, ...]
    at: datetime
    article_id: str
    publisher: str | None
    origins: tuple[str, ...]
    figures: tuple[tuple[str, float], ...]
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class Told:
    """What the last alert of a group said, so that it can be taken back even when its rule is gone.

    ``by`` is the sighting that made this record, ``trigger`` the one that made the alert begin, ``quorum``
    the count that it rests on, where it rests on one; ``ids`` are the sightings it showed.
    """

    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    matched: tuple[MatchedClause, ...]
    ids: tuple[str, ...]
    by: str
    trigger: str
    rests_on_trigger: bool
    quorum: Count | None


class Withheld(StrEnum):
    """Why an alert that was due is not told."""

    SILENCED = "silenced"
    INHIBITED = "inhibited"
    OVER_BUDGET = "over-budget"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An alert that was due at event time ``at`` and is not told; ``by`` says in words whose doing it is.

    ``until`` is the event time at which its rule's budget frees, where that is what it waits for.
    """

    reason: Withheld
    by: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a rule's budget has gone on since ``window_start`` (seconds since the epoch).

    ``evidence`` is that of the last alert held back.
    """

    window_start: int
    alerts: int
    held_back: int
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupState:
    """One rule's group. ``sightings`` are in order of event time; the oldest beyond 64 are let go.

    ``sequence`` counts the alerts published (0: none yet). ``starts_at`` is the event time at which this
    episode began, ``pending_since`` when its conditions first held, ``held_at`` when they last did,
    ``notified_at`` the event time of the claim that made the last alert and ``notifications`` how many of
    this episode were told. ``buckets`` count sightings by the rate condition's window: (number, count).
    ``spent`` is for the state of a rule's budget alone. ``tense`` is what the end of this episode will carry;
    ``held_back`` is an alert that was due and not told.
    """

    alert_key: str
    rule: RuleRef
    group: tuple[tuple[str, str], ...]
    phase: Phase
    sequence: int
    starts_at: datetime
    sightings: tuple[Sighting, ...] = ()
    pending_since: datetime | None = None
    held_at: datetime | None = None
    notified_at: datetime | None = None
    notifications: int = 0
    told: Told | None = None
    buckets: tuple[tuple[int, int], ...] = ()
    spent: Spent | None = None
    tense: AlertTense = AlertTense.CURRENT
    held_back: HeldBack | None = None

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The ids this group rests on: when one is withdrawn, the group must be looked at again."""
        return tuple(dict.fromkeys(each for sighting in self.sightings for each in sighting.rests_on))

    @property
    def last_at(self) -> datetime:
        """The latest event time."""
        return self.sightings[-1].at if self.sightings else self.starts_at

    @property
    def shown(self) -> tuple[Sighting, ...]:
        """The sightings that an alert of this episode shows: the newest 20, in order of event time."""
        return tuple(each for each in self.sightings if each.shown is not None)[-MAX_SHOWN:]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What an alert of this episode rests on, each claim once."""
        if self.spent is not None:
            return self.spent.evidence
        found = {each.claim_id: each for sighting in self.shown for each in _evidence(sighting)}
        return tuple(found.values())[-MAX_SHOWN:]

    def has(self, sighting: Sighting) -> bool:
        """Tell whether that sighting is remembered."""
        return any(each.id == sighting.id for each in self.sightings)

    def sightings_of(self, article_id: str) -> tuple[Sighting, ...]:
        """Return what is remembered of that article, where this group looks at articles."""
        return tuple(each for each in self.sightings if article_id in each.rests_on)

    def seen(self, sighting: Sighting) -> "GroupState":
        """Return the state with ``sighting`` in its place in time."""
        kept = sorted((*self.sightings, sighting), key=lambda each: (each.at, each.id))[-MAX_SIGHTINGS:]
        light = max(0, len(kept) - MAX_SHOWN)
        lightened = [replace(each, shown=None) if each.shown else each for each in kept[:light]]
        return replace(self, sightings=(*lightened, *kept[light:]))

    def without(self, gone: str) -> "GroupState":
        """Return the state without the sightings that rest on that id."""
        return replace(self, sightings=tuple(each for each in self.sightings if gone not in each.rests_on))

    def over(self) -> "GroupState":
        """Return the state after its episode: what was seen is remembered, but is no evidence any more."""
        return replace(
            self,
            phase=Phase.RESOLVED,
            sightings=tuple(replace(each, shown=None) for each in self.sightings),
            pending_since=None,
            notified_at=None,
            notifications=0,
            held_back=None,
        )

    def in_tense(self, tense: AlertTense) -> "GroupState":
        """Return the state after a sighting in ``tense``: what fires for people stays so until it ends."""
        firing = self.phase is Phase.FIRING
        kept = min(self.tense, tense, key=list(AlertTense).index) if firing else tense
        return self if kept is self.tense else replace(self, tense=kept)


def alert_key(rule_id: str, group: tuple[tuple[str, str], ...]) -> str:
    """Return the key of a rule's group: the same on every machine and run."""
    return content_id("alert", rule_id, *(part for pair in group for part in pair))


def to_json(state: GroupState) -> str:
    """Return compact JSON; equal states give equal text."""
    plain = {"format": FORMAT, **to_mapping(state)}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> GroupState:
    """Read what ``to_json`` wrote; anything else means a broken database and raises ``ValueError``."""
    plain: Mapping[str, object] = json.loads(text)
    if plain.get("format") != FORMAT:
        raise ValueError("the alert state is of another format")
    fields = {name: value for name, value in plain.items() if name != "format"}
    state: GroupState = from_plain(GroupState, fields, "state", _SINCE_FORMAT_1)
    return state


def _evidence(sighting: Sighting) -> tuple[Evidence, ...]:
    return sighting.shown.evidence if sighting.shown else ()
