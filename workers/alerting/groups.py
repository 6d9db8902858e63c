"""What is remembered of a rule's group between claims: a value that goes to and from JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from workers.alerting.shape import to_mapping
from workers.domain.alert import Evidence, MatchedClause, RuleRef
from workers.domain.claim import Offsets
from workers.domain.ids import content_id

MAX_SIGHTINGS = 64
FORMAT = 1


class Phase(StrEnum):
    """Where a group stands: ``PENDING`` matched but must hold on, ``RESOLVED`` was taken back."""

    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A claim that matched: ``at`` is its event time; ``evidence`` what an alert shows of it."""

    at: datetime
    evidence: Evidence

    @property
    def claim_id(self) -> str:
        """The claim's id."""
        return self.evidence.claim_id


@dataclass(frozen=True, slots=True)
class GroupState:
    """One rule's group. ``sightings`` are in order of event time; the oldest beyond 64 are let go.

    ``sequence`` counts the alerts published (0: none yet). ``starts_at`` is the event time of the first
    sighting of this episode, ``notified_at`` that of the claim which made the last alert. What the last alert
    said is kept, so that it can be taken back even when its rule is gone.
    """

    alert_key: str
    rule: RuleRef
    group: tuple[tuple[str, str], ...]
    phase: Phase
    sequence: int
    sightings: tuple[Sighting, ...]
    starts_at: datetime
    notified_at: datetime | None = None
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()
    matched: tuple[MatchedClause, ...] = ()
    published: tuple[str, ...] = ()

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """The claims that this group rests on: when one is withdrawn, the group must be looked at again."""
        return tuple(sighting.claim_id for sighting in self.sightings)

    @property
    def first_at(self) -> datetime:
        """The earliest event time still remembered."""
        return self.sightings[0].at if self.sightings else self.starts_at

    @property
    def last_at(self) -> datetime:
        """The latest event time."""
        return self.sightings[-1].at if self.sightings else self.starts_at

    def seen(self, sighting: Sighting) -> "GroupState":
        """Return the state with ``sighting`` in its place in time."""
        kept = sorted((*self.sightings, sighting), key=lambda each: (each.at, each.claim_id))
        return replace(self, sightings=tuple(kept[-MAX_SIGHTINGS:]))

    def without(self, claim_id: str) -> "GroupState":
        """Return the state without that claim."""
        return replace(self, sightings=tuple(each for each in self.sightings if each.claim_id != claim_id))


def alert_key(rule_id: str, group: tuple[tuple[str, str], ...]) -> str:
    """Return the key of a rule's group: the same on every machine and run."""
    return content_id("alert", rule_id, *(part for pair in group for part in pair))


def to_json(state: GroupState) -> str:
    """Return compact JSON; equal states give equal text."""
    plain = {"format": FORMAT, **to_mapping(state)}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> GroupState:
    """Read what ``to_json`` wrote; anything else means a broken database and raises ``ValueError``."""
    plain = json.loads(text)
    if plain.pop("format", None) != FORMAT:
        raise ValueError("the alert state is of another format")
    return GroupState(
        alert_key=plain["alert_key"],
        rule=RuleRef(**plain["rule"]),
        group=_pairs(plain["group"]),
        phase=Phase(plain["phase"]),
        sequence=plain["sequence"],
        sightings=tuple(_sighting(each) for each in plain["sightings"]),
        starts_at=datetime.fromisoformat(plain["starts_at"]),
        notified_at=_moment(plain["notified_at"]),
        labels=_pairs(plain["labels"]),
        annotations=_pairs(plain["annotations"]),
        matched=tuple(MatchedClause(**each) for each in plain["matched"]),
        published=tuple(plain["published"]),
    )


def _sighting(plain: Mapping[str, Any]) -> Sighting:
    evidence = dict(plain["evidence"])
    evidence["spans"] = tuple(Offsets(**span) for span in evidence["spans"])
    return Sighting(at=datetime.fromisoformat(plain["at"]), evidence=Evidence(**evidence))


def _pairs(plain: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in plain)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
