"""From claims to alerts: the decisions that the shell calls, each a function of values.

Time is event time: the claim's ``published_at``, else its record's timestamp. No clock is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from workers.alerting.advance import Outcome, advance, episode_end
from workers.alerting.budget import budget_key, spend
from workers.alerting.conditions import count, fallen_quiet
from workers.alerting.grouping import Match, matched_groups
from workers.alerting.groups import GroupState, Phase
from workers.alerting.muting import NOTHING_MUTED, Muting, muted
from workers.alerting.observations import Observation, observe_claim
from workers.alerting.rules import Rule, RuleSet
from workers.alerting.telling import (
    alert_of,
    fingerprint,
    labels_of,
    published,
    shown,
    tell,
    tell_quiet,
    told_without,
)
from workers.domain.alert import Alert, AlertTense, AlertType, MatchedClause
from workers.domain.claim import Claim

__all__ = [
    "Decided",
    "GroupOutcome",
    "Outcome",
    "decide",
    "decide_on",
    "fingerprint",
    "group_keys",
    "keys_for",
    "retract",
    "tick",
]


_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # matching and grouping ask for no time


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """The outcome in one group, for explanations and counters; ``because`` says what it hung on."""

    rule_id: str
    alert_key: str
    outcome: Outcome
    because: MatchedClause | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a claim, its withdrawal or the passing of time leads to.

    ``alerts`` are to be published in this order. ``groups`` holds the new state of each group that changed,
    by alert key; groups not in it stay as they are.
    """

    alerts: tuple[Alert, ...]
    groups: Mapping[str, GroupState]
    outcomes: tuple[GroupOutcome, ...]


@dataclass
class _Draft:
    """A decision in the making: what was stored, what has changed, what is to be told."""

    stored: Mapping[str, GroupState]
    tense: AlertTense
    alerts: list[Alert] = field(default_factory=list)
    changed: dict[str, GroupState] = field(default_factory=dict)
    outcomes: list[GroupOutcome] = field(default_factory=list)

    def state(self, key: str) -> GroupState | None:
        return self.changed.get(key) or self.stored.get(key)

    def keep(self, state: GroupState) -> None:
        if state is not self.stored.get(state.alert_key):
            self.changed[state.alert_key] = state

    def tell(self, state: GroupState, kind: AlertType, ends_at: datetime | None = None) -> None:
        self.alerts.append(alert_of(state, kind, self.tense, None, ends_at))

    def note(self, rule_id: str, key: str, outcome: Outcome, because: MatchedClause | None = None) -> None:
        self.outcomes.append(GroupOutcome(rule_id, key, outcome, because))

    def done(self) -> Decided:
        return Decided(tuple(self.alerts), self.changed, tuple(self.outcomes))


def group_keys(rules: RuleSet, claim: Claim) -> tuple[str, ...]:
    """Return the keys of the states that ``decide`` needs for this claim: its groups and their budgets."""
    return keys_for(rules, observe_claim(claim, _ANY_TIME))


def decide(
    rules: RuleSet,
    claim: Claim,
    timestamp: datetime,
    tense: AlertTense,
    groups: Mapping[str, GroupState],
    muting: Muting = NOTHING_MUTED,
) -> Decided:
    """Match ``claim`` against ``rules`` and move the groups it falls into.

    ``groups`` must hold what is stored under the claim's ``group_keys``. ``timestamp`` (aware) stands in when
    the claim has no date. The same claim again changes nothing and makes no alert.
    """
    return decide_on(rules, observe_claim(claim, timestamp), tense, groups, muting)


def keys_for(rules: RuleSet, observed: Observation) -> tuple[str, ...]:
    """Return the keys of the states that ``decide_on`` needs."""
    matched = matched_groups(rules, observed.subject, observed.message)
    budgets = dict.fromkeys(budget_key(match.decision.rule) for match in matched)
    return (*(match.key for match in matched), *budgets)


def decide_on(
    rules: RuleSet,
    observed: Observation,
    tense: AlertTense,
    groups: Mapping[str, GroupState],
    muting: Muting = NOTHING_MUTED,
) -> Decided:
    """Do for any observation what ``decide`` does for a claim."""
    draft = _Draft(groups, tense)
    for match in matched_groups(rules, observed.subject, observed.message):
        _move(draft, rules, match, observed, muting)
    return draft.done()


def tick(
    rules: RuleSet,
    now: datetime,
    tense: AlertTense,
    groups: Mapping[str, GroupState],
    muting: Muting = NOTHING_MUTED,
) -> Decided:
    """Let event time reach ``now`` (the stage's watermark): end what is over, raise what has been quiet.

    ``groups`` are any of the stored ones; a state whose rule is gone is left alone.
    """
    draft = _Draft(groups, tense)
    for key in sorted(groups):
        state = groups[key]
        rule = rules.rule(state.rule.id)
        if rule is None or state.spent is not None:
            continue
        end = None if rule.quiet else episode_end(rule, state, now)
        if end is not None:
            _end(draft, state, end)
        elif rule.quiet is not None and fallen_quiet(rule.quiet, state, now):
            _fall_quiet(draft, rules, rule, state, state.last_at + rule.quiet.lasting, muting)
    return draft.done()


def retract(gone: str, timestamp: datetime, tense: AlertTense, groups: Mapping[str, GroupState]) -> Decided:
    """Take ``gone``, the id of a claim, a relation or an article, out of the ``groups`` that rest on it.

    An alert that rested on it alone (the only evidence, the claim that set it off, or the one that made up
    the count) is resolved with a retraction; one that showed it among other evidence is told anew without
    it; one that never showed it just forgets it. A second call changes nothing.
    """
    draft = _Draft(groups, tense)
    for key in sorted(groups):
        before = groups[key]
        if gone not in before.claim_ids:
            draft.note(before.rule.id, key, Outcome.NOT_IN_GROUP)
            continue
        _withdraw(draft, before, gone, timestamp)
    return draft.done()


def _move(
    draft: _Draft,
    rules: RuleSet,
    match: Match,
    observed: Observation,
    muting: Muting,
) -> None:
    rule = match.decision.rule
    sighting = observed.sighting
    before = draft.state(match.key)
    seen = before is not None and before.has(sighting)
    end = None if seen else episode_end(rule, before, sighting.at)
    if before is not None and end is not None:
        before = _end(draft, before, end)
    sighting = shown(match, sighting, observed.message, before)
    step = advance(rule, match.key, match.group, before, sighting)
    because = step.judged[-1] if step.judged else None
    if step.outcome not in (Outcome.INITIAL, Outcome.UPDATE):
        draft.keep(step.state)
        draft.note(rule.id, match.key, step.outcome, because)
        return
    mute = muted(labels_of(rule, match.group), sighting.at, muting, rules.inhibitions)
    if mute is not None:
        draft.keep(step.state)
        draft.note(rule.id, match.key, Outcome(mute.reason.value), MatchedClause(mute.reason, mute.by))
        return
    spending = spend(rule, draft.state(budget_key(rule)), sighting, draft.tense)
    draft.alerts += spending.alerts
    draft.keep(spending.state)
    if not spending.allowed:
        draft.keep(step.state)
        draft.note(rule.id, match.key, Outcome.OVER_BUDGET)
        return
    state = published(rule, step.state, sighting, tell(rule, step.state, sighting, step.judged))
    draft.keep(state)
    draft.tell(state, AlertType(step.outcome.value))
    draft.note(rule.id, match.key, step.outcome, because)


def _end(draft: _Draft, state: GroupState, end: datetime) -> GroupState:
    """Resolve an alert whose time is over, and return the group's state after it."""
    told = replace(state, sequence=state.sequence + 1)
    draft.tell(told, AlertType.UPDATE, end)
    draft.note(state.rule.id, state.alert_key, Outcome.RESOLVED)
    after = told.over()
    draft.keep(after)
    return after


def _fall_quiet(
    draft: _Draft, rules: RuleSet, rule: Rule, state: GroupState, since: datetime, muting: Muting
) -> None:
    told = tell_quiet(rule, state)
    mute = muted(told.labels, since, muting, rules.inhibitions)
    if mute is not None:
        draft.note(rule.id, state.alert_key, Outcome(mute.reason.value), MatchedClause(mute.reason, mute.by))
        return
    fired = published(rule, replace(state, starts_at=since), state.sightings[-1], told)
    draft.keep(fired)
    draft.tell(fired, AlertType.INITIAL)
    draft.note(rule.id, state.alert_key, Outcome.INITIAL, told.matched[-1])


def _withdraw(draft: _Draft, before: GroupState, gone: str, timestamp: datetime) -> None:
    after = before.without(gone)
    rule_id, key = before.rule.id, before.alert_key
    outcome = Outcome.EVIDENCE_WITHDRAWN
    if before.phase is Phase.FIRING and _rested_on(before, after):
        told = replace(after, sequence=before.sequence + 1)
        draft.alerts.append(alert_of(told, AlertType.RETRACTION, draft.tense, before.evidence, timestamp))
        after, outcome = told.over(), Outcome.RETRACTED
    elif before.phase is Phase.FIRING and before.told and _showed(before, gone):
        after = replace(after, sequence=before.sequence + 1, told=told_without(before.told, after))
        draft.tell(after, AlertType.UPDATE)
    draft.keep(after)
    draft.note(rule_id, key, outcome)


def _showed(before: GroupState, gone: str) -> bool:
    ids = before.told.ids if before.told else ()
    return any(gone in each.rests_on and each.id in ids for each in before.sightings)


def _rested_on(before: GroupState, after: GroupState) -> bool:
    """Tell whether the alert has lost what it rested on."""
    told = before.told
    if not after.shown or told is None:
        return True
    if told.rests_on_trigger and not any(each.id == told.trigger for each in after.sightings):
        return True
    quorum = told.quorum
    if quorum is None:
        return False
    return all(count(quorum, after.sightings, each) < quorum.at_least for each in after.sightings)
