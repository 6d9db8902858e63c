"""From claims to alerts: the decisions that the shell calls, each a function of values.

Time is event time: the claim's ``published_at``, else its record's timestamp. No clock is read.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from workers.alerting.advance import Outcome, advance, episode_end
from workers.alerting.budget import budget_key, over_budget, spend
from workers.alerting.conditions import count
from workers.alerting.draft import Decided, Draft, GroupOutcome
from workers.alerting.grouping import Match, matched_groups
from workers.alerting.groups import GroupState, HeldBack, Phase, Sighting, Withheld
from workers.alerting.muting import NOTHING_MUTED, Muting, muted
from workers.alerting.observations import Observation, observe_claim
from workers.alerting.rules import RuleSet
from workers.alerting.telling import (
    alert_of,
    fingerprint,
    labels_of,
    published,
    shown,
    tell,
    told_without,
)
from workers.alerting.ticks import tick
from workers.domain.alert import AlertTense, AlertType, MatchedClause
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
    """Return the keys of the states that ``decide_on`` needs, in whatever tense it will be asked."""
    matched = matched_groups(rules, observed.subject, observed.message)
    budgets = dict.fromkeys(
        budget_key(match.decision.rule, tense) for match in matched for tense in AlertTense
    )
    return (*(match.key for match in matched), *budgets)


def decide_on(
    rules: RuleSet,
    observed: Observation,
    tense: AlertTense,
    groups: Mapping[str, GroupState],
    muting: Muting = NOTHING_MUTED,
) -> Decided:
    """Do for any observation what ``decide`` does for a claim."""
    draft = Draft(groups)
    for match in matched_groups(rules, observed.subject, observed.message):
        _move(draft, rules, match, observed, tense, muting)
    return draft.done()


def retract(gone: str, timestamp: datetime, groups: Mapping[str, GroupState]) -> Decided:
    """Take ``gone``, the id of a claim, relation, activity or article, out of ``groups`` that rest on it.

    An alert that rested on it alone (the only evidence, the claim that set it off, or the one that made up
    the count) is resolved with a retraction; one that showed it among other evidence is told anew without
    it; one that never showed it just forgets it. Each in its own tense: who was told of it is told that it is
    gone. A second call changes nothing.
    """
    draft = Draft(groups)
    for key in sorted(groups):
        before = groups[key]
        if gone not in before.claim_ids:
            draft.note(before.rule.id, key, Outcome.NOT_IN_GROUP)
            continue
        _withdraw(draft, before, gone, timestamp)
    return draft.done()


def _move(
    draft: Draft, rules: RuleSet, match: Match, observed: Observation, tense: AlertTense, muting: Muting
) -> None:
    rule = match.decision.rule
    sighting = observed.sighting
    before = draft.state(match.key)
    seen = before is not None and before.has(sighting)
    end = None if seen else episode_end(rule, before, sighting.at)
    if before is not None and end is not None:
        before = draft.end(before, end)
    sighting = shown(match, sighting, observed.message, before)
    step = advance(rule, match.key, match.group, before, sighting)
    if not seen:
        step = replace(step, state=step.state.in_tense(tense))
    because = step.judged[-1] if step.judged else None
    if step.outcome not in (Outcome.INITIAL, Outcome.UPDATE):
        draft.keep(step.state)
        draft.note(rule.id, match.key, step.outcome, because)
        return
    held = _held_back(draft, rules, match, sighting, tense, muting)
    if held is not None:
        draft.keep(replace(step.state, held_back=held))
        draft.note(rule.id, match.key, Outcome(held.reason.value), MatchedClause(held.reason, held.by))
        return
    state = published(rule, step.state, sighting, tell(rule, step.state, sighting, step.judged))
    draft.keep(state)
    draft.tell(state, AlertType(step.outcome.value), tense)
    draft.note(rule.id, match.key, step.outcome, because)


def _held_back(
    draft: Draft, rules: RuleSet, match: Match, sighting: Sighting, tense: AlertTense, muting: Muting
) -> HeldBack | None:
    """Return why an alert that is due may not be told; one that may has been paid for."""
    rule = match.decision.rule
    mute = muted(labels_of(rule, match.group), sighting.at, muting, rules.inhibitions)
    if mute is not None:
        return HeldBack(mute.reason, mute.by, sighting.at)
    spending = spend(rule, draft.state(budget_key(rule, tense)), sighting, tense, sighting.at)
    draft.alerts += spending.alerts
    draft.keep(spending.state)
    if spending.allowed:
        return None
    return HeldBack(Withheld.OVER_BUDGET, over_budget(rule), sighting.at, spending.frees_at)


def _withdraw(draft: Draft, before: GroupState, gone: str, timestamp: datetime) -> None:
    after = before.without(gone)
    rule_id, key = before.rule.id, before.alert_key
    outcome = Outcome.EVIDENCE_WITHDRAWN
    if before.phase is Phase.FIRING and _rested_on(before, after):
        told = replace(after, sequence=before.sequence + 1)
        draft.alerts.append(alert_of(told, AlertType.RETRACTION, before.tense, before.evidence, timestamp))
        after, outcome = told.over(), Outcome.RETRACTED
    elif before.phase is Phase.FIRING and before.told and _showed(before, gone):
        after = replace(after, sequence=before.sequence + 1, told=told_without(before.told, after))
        draft.tell(after, AlertType.UPDATE, after.tense)
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
