"""From matches to alerts: when a group's first, when a repeat, when silence, and when all is taken back.

Time is event time: the claim's ``published_at``, else the record's timestamp. No clock is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

from workers.alerting.engine import Decision, Verdict, matches
from workers.alerting.groups import GroupState, Phase, Sighting, alert_key
from workers.alerting.reading import label_name
from workers.alerting.rules import WATCHED, Rule, RuleSet
from workers.alerting.shape import to_mapping, value_at
from workers.alerting.templates import render
from workers.domain.alert import (
    Alert,
    AlertStatus,
    AlertTense,
    AlertType,
    Evidence,
)
from workers.domain.claim import Claim
from workers.domain.ids import content_id

MAX_EVIDENCE = 20
MAX_GROUPS = 32
Group = tuple[tuple[str, str], ...]


class Outcome(StrEnum):
    """What a match came to in its group."""

    INITIAL = "initial"
    UPDATE = "update"
    PENDING = "pending"
    COOLING_DOWN = "cooling-down"
    ALREADY_SEEN = "already-seen"
    RETRACTED = "retracted"
    EVIDENCE_WITHDRAWN = "evidence-withdrawn"
    NOT_IN_GROUP = "not-in-group"


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """The outcome in one group, for explanations and counters."""

    rule_id: str
    alert_key: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Decided:
    """What a claim (or its withdrawal) leads to.

    ``alerts`` are to be published in this order. ``groups`` holds the new state of each group that changed,
    by alert key; groups not in it stay as they are.
    """

    alerts: tuple[Alert, ...]
    groups: Mapping[str, GroupState]
    outcomes: tuple[GroupOutcome, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    decision: Decision
    group: Group
    key: str


def group_keys(rules: RuleSet, claim: Claim) -> tuple[str, ...]:
    """Return the alert keys of the groups that ``decide`` needs the state of for this claim."""
    return tuple(match.key for match in _matched_groups(rules, to_mapping(claim)))


def decide(
    rules: RuleSet, claim: Claim, timestamp: datetime, tense: AlertTense, groups: Mapping[str, GroupState]
) -> Decided:
    """Match ``claim`` against ``rules`` and move the groups it falls into.

    ``groups`` must hold what is stored under the claim's ``group_keys``. ``timestamp`` (aware) stands in when
    the claim has no date. The same claim again changes nothing and makes no alert.
    """
    message = to_mapping(claim)
    sighting = Sighting(claim.published_at or timestamp, _evidence(claim))
    alerts: list[Alert] = []
    changed: dict[str, GroupState] = {}
    outcomes: list[GroupOutcome] = []
    for match in _matched_groups(rules, message):
        rule = match.decision.rule
        before = changed.get(match.key) or groups.get(match.key)
        outcome, after = _advance(rule, match, before, sighting)
        outcomes.append(GroupOutcome(rule.id, match.key, outcome))
        if outcome in (Outcome.INITIAL, Outcome.UPDATE):
            after = _told(rule, match, after, message)
            alerts.append(_alert(after, AlertType(outcome.value), tense))
        if after is not before:
            changed[match.key] = after
    return Decided(tuple(alerts), changed, tuple(outcomes))


def retract(
    claim_id: str, timestamp: datetime, tense: AlertTense, groups: Mapping[str, GroupState]
) -> Decided:
    """Take ``claim_id`` out of the ``groups`` that rest on it.

    A group that rested on it alone is resolved with a retraction; one that showed it among other evidence
    is told anew without it; one that never showed it just forgets it. A second call changes nothing.
    """
    alerts: list[Alert] = []
    changed: dict[str, GroupState] = {}
    outcomes: list[GroupOutcome] = []
    for key in sorted(groups):
        before = groups[key]
        outcome, after, alert = _withdraw(before, claim_id, timestamp, tense)
        outcomes.append(GroupOutcome(before.rule.id, key, outcome))
        if alert is not None:
            alerts.append(alert)
        if after is not before:
            changed[key] = after
    return Decided(tuple(alerts), changed, tuple(outcomes))


def fingerprint(labels: tuple[tuple[str, str], ...]) -> str:
    """Return 16 hex digits over the labels, as Alertmanager identifies an alert by its labels."""
    return content_id("labels", *(part for pair in sorted(labels) for part in pair))[:16]


def _matched_groups(rules: RuleSet, message: Mapping[str, Any]) -> list[_Match]:
    return [
        _Match(decision, group, alert_key(decision.rule.id, group))
        for decision in matches(rules, message)
        if decision.verdict is Verdict.MATCHED
        for group in _groups(decision, message)
    ]


def _groups(decision: Decision, message: Mapping[str, Any]) -> list[Group]:
    """Return the groups a match falls into: one, or one for each item where a path is a list."""
    paths = decision.rule.group_by
    choices: list[list[str]] = []
    for path in paths:
        value = decision.watched if path == WATCHED else value_at(message, path)
        items = value if isinstance(value, list) else [value]
        choices.append([_group_value(item) for item in items] or [""])
    names = [label_name(path) for path in paths]
    return [tuple(zip(names, values, strict=True)) for values in product(*choices)][:MAX_GROUPS]


def _group_value(value: Any) -> str:
    """Return the text of a group value; "the White  House" and "White House" are one group."""
    text = " ".join(str("" if value is None else value).split())
    first, _, rest = text.partition(" ")
    return rest if rest and first.lower() == "the" else text


def _advance(
    rule: Rule, match: _Match, before: GroupState | None, sighting: Sighting
) -> tuple[Outcome, GroupState]:
    if before is not None and sighting.claim_id in before.claim_ids:
        return Outcome.ALREADY_SEEN, before
    if before is None or before.phase is Phase.RESOLVED:
        sequence = before.sequence if before else 0
        state = GroupState(
            match.key, rule.ref, match.group, Phase.PENDING, sequence, (sighting,), sighting.at
        )
    else:
        state = before.seen(sighting)
    if state.phase is Phase.PENDING:
        if state.last_at - state.first_at < rule.hold:
            return Outcome.PENDING, state
        return Outcome.INITIAL, _fired(state, sighting, starts_at=state.first_at)
    last = state.notified_at or state.starts_at
    if sighting.at - last < rule.cooldown:
        return Outcome.COOLING_DOWN, state
    return Outcome.UPDATE, _fired(state, sighting, starts_at=state.starts_at)


def _fired(state: GroupState, sighting: Sighting, *, starts_at: datetime) -> GroupState:
    return replace(
        state,
        phase=Phase.FIRING,
        sequence=state.sequence + 1,
        starts_at=starts_at,
        notified_at=sighting.at,
        published=tuple(each.claim_id for each in state.sightings[-MAX_EVIDENCE:]),
    )


def _told(rule: Rule, match: _Match, state: GroupState, message: Mapping[str, Any]) -> GroupState:
    """Fix what the alert says of its group: labels, annotations, the clauses that held."""
    named = {"alertname": rule.name, "rule": rule.id, "severity": rule.severity.value}
    labels = {**named, **dict(rule.labels), **{name: value for name, value in match.group if value}}
    known = {f"group.{name}": value for name, value in match.group}
    known |= {"count": str(len(state.sightings)), WATCHED: match.decision.watched or ""}
    annotations = tuple(
        (name, render(template, known, lambda path: _looked_up(message, path)))
        for name, template in rule.annotations
    )
    return replace(
        state,
        rule=rule.ref,
        labels=tuple(sorted(labels.items())),
        annotations=annotations,
        matched=match.decision.matched,
    )


def _looked_up(message: Mapping[str, Any], path: str) -> Any:
    subject, _, rest = path.partition(".")
    return value_at(message, rest) if subject == "claim" else None


def _withdraw(
    before: GroupState, claim_id: str, timestamp: datetime, tense: AlertTense
) -> tuple[Outcome, GroupState, Alert | None]:
    if claim_id not in before.claim_ids:
        return Outcome.NOT_IN_GROUP, before, None
    after = before.without(claim_id)
    if before.phase is not Phase.FIRING:
        return Outcome.EVIDENCE_WITHDRAWN, after, None
    if not after.sightings:
        gone = tuple(each.evidence for each in before.sightings)
        after = replace(after, phase=Phase.RESOLVED, sequence=before.sequence + 1, published=())
        return Outcome.RETRACTED, after, _alert(after, AlertType.RETRACTION, tense, gone, timestamp)
    if claim_id not in before.published:
        return Outcome.EVIDENCE_WITHDRAWN, after, None
    published = tuple(each.claim_id for each in after.sightings[-MAX_EVIDENCE:])
    after = replace(after, sequence=before.sequence + 1, published=published)
    return Outcome.EVIDENCE_WITHDRAWN, after, _alert(after, AlertType.UPDATE, tense)


def _alert(
    state: GroupState,
    kind: AlertType,
    tense: AlertTense,
    evidence: tuple[Evidence, ...] | None = None,
    ends_at: datetime | None = None,
) -> Alert:
    shown = tuple(each.evidence for each in state.sightings) if evidence is None else evidence
    return Alert(
        alert_key=state.alert_key,
        sequence=state.sequence - 1,
        status=AlertStatus.RESOLVED if ends_at else AlertStatus.FIRING,
        labels=state.labels,
        annotations=state.annotations,
        starts_at=state.starts_at,
        ends_at=ends_at,
        fingerprint=fingerprint(state.labels),
        alert_type=kind,
        alert_tense=tense,
        rule=state.rule,
        matched=state.matched,
        evidence=shown[-MAX_EVIDENCE:],
    )


def _evidence(claim: Claim) -> Evidence:
    return Evidence(
        claim_id=claim.claim_id,
        article_id=claim.article_id,
        publisher=claim.publisher,
        url=claim.url,
        text_sha256=claim.text_sha256,
        spans=claim.content.spans,
        text=claim.content.text,
    )
