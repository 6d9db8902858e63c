"""What an alert says: its labels, annotations, the clauses that held, its evidence."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from workers.alerting.conditions import Change, First, Quiet, Rate, clause_of
from workers.alerting.grouping import Match
from workers.alerting.groups import Count, GroupState, Phase, Shown, Sighting, Told
from workers.alerting.plain import iso
from workers.alerting.rules import WATCHED, Rule
from workers.alerting.shape import value_at
from workers.alerting.templates import render
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType, Evidence, MatchedClause
from workers.domain.ids import content_id

Labels = tuple[tuple[str, str], ...]


def labels_of(rule: Rule, group: Labels) -> Labels:
    """Return the alert's labels: a function of the rule and the group alone, so that they identify it."""
    named = {"alertname": rule.name, "rule": rule.id, "severity": rule.severity.value}
    return tuple(
        sorted({**named, **dict(rule.labels), **{name: value for name, value in group if value}}.items())
    )


def shown(
    match: Match, sighting: Sighting, message: Mapping[str, Any], before: GroupState | None
) -> Sighting:
    """Return the sighting with what an alert of this match would show of it."""
    rule = match.decision.rule
    known = {f"group.{name}": value for name, value in match.group}
    many = len(before.sightings) + 1 if before is not None else 1
    known |= {"count": str(many), WATCHED: match.decision.watched or ""}

    def look_up(path: str) -> Any:
        subject, _, rest = path.partition(".")
        return value_at(message, rest) if subject == rule.on.value else None

    annotations = tuple((name, render(template, known, look_up)) for name, template in rule.annotations)
    evidence = sighting.shown.evidence if sighting.shown else ()
    return replace(sighting, shown=Shown(evidence, annotations, match.decision.matched))


def tell(rule: Rule, state: GroupState, sighting: Sighting, judged: tuple[MatchedClause, ...]) -> Told:
    """Write down what the alert of this sighting says."""
    seen = sighting.shown or Shown(())
    began = state.told.trigger if state.phase is Phase.FIRING and state.told else sighting.id
    return Told(
        labels=labels_of(rule, state.group),
        annotations=seen.annotations,
        matched=(*seen.matched, *judged),
        ids=tuple(each.id for each in state.shown),
        by=sighting.id,
        trigger=began,
        rests_on_trigger=any(isinstance(each, First | Change | Rate) for each in rule.conditions),
        quorum=next((each for each in rule.conditions if isinstance(each, Count)), None),
    )


def told_without(told: Told, after: GroupState) -> Told:
    """Return what is still to be said once evidence is gone: the words of the newest sighting left."""
    newest = after.shown[-1]
    left = told if any(each.id == told.by for each in after.sightings) else None
    words = newest.shown or Shown(())
    return replace(
        told,
        annotations=left.annotations if left else words.annotations,
        matched=left.matched if left else words.matched,
        by=left.by if left else newest.id,
        ids=tuple(each.id for each in after.shown),
    )


def tell_quiet(rule: Rule, state: GroupState) -> Told:
    """Write down what the alert says when no claim came for too long; ``claim.…`` has nothing to say then."""
    known = {f"group.{name}": value for name, value in state.group}
    known |= {"count": str(len(state.sightings))}
    condition = next(each for each in rule.conditions if isinstance(each, Quiet))
    return Told(
        labels=labels_of(rule, state.group),
        annotations=tuple(
            (name, render(template, known, lambda _: None)) for name, template in rule.annotations
        ),
        matched=(MatchedClause(clause_of(condition), iso(state.last_at)),),
        ids=tuple(each.id for each in state.shown),
        by=state.sightings[-1].id,
        trigger=state.sightings[-1].id,
        rests_on_trigger=False,
        quorum=None,
    )


def published(rule: Rule, state: GroupState, sighting: Sighting, told: Told) -> GroupState:
    """Return the state once its alert has been told."""
    return replace(
        state,
        rule=rule.ref,
        phase=Phase.FIRING,
        sequence=state.sequence + 1,
        notified_at=sighting.at,
        notifications=state.notifications + 1,
        told=told,
        held_back=None,
    )


def alert_of(
    state: GroupState,
    kind: AlertType,
    tense: AlertTense,
    evidence: tuple[Evidence, ...] | None = None,
    ends_at: datetime | None = None,
) -> Alert:
    """Build the record; one with ``ends_at`` is resolved. ``state`` has been told at least once."""
    told = state.told
    assert told is not None
    return Alert(
        alert_key=state.alert_key,
        sequence=state.sequence - 1,
        status=AlertStatus.RESOLVED if ends_at else AlertStatus.FIRING,
        labels=told.labels,
        annotations=told.annotations,
        starts_at=state.starts_at,
        ends_at=ends_at,
        fingerprint=fingerprint(told.labels),
        alert_type=kind,
        alert_tense=tense,
        rule=state.rule,
        matched=told.matched,
        evidence=state.evidence if evidence is None else evidence,
    )


def fingerprint(labels: Labels) -> str:
    """Return 16 hex digits over the labels, as Alertmanager identifies an alert by its labels."""
    return content_id("labels", *(part for pair in sorted(labels) for part in pair))[:16]
