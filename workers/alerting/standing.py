"""Where a claim stands with each rule now that it was decided on: what an operator asks of a running system.

``why`` answers for the moment of the decision, from the states before it; here only those after it are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from workers.alerting.advance import Outcome
from workers.alerting.conditions import clause_of, judge
from workers.alerting.engine import Verdict, explain
from workers.alerting.grouping import Match, matched_groups
from workers.alerting.groups import GroupState, Phase, Sighting
from workers.alerting.observations import Observation
from workers.alerting.plain import iso
from workers.alerting.rules import Rule, RuleSet


class Stand(StrEnum):
    """What became of a match, where ``Outcome`` has no word for it any more."""

    BEGAN_THE_ALERT = "began-the-alert"
    MADE_THE_LAST_RECORD = "made-the-last-record"
    SHOWN_AS_EVIDENCE = "shown-as-evidence"
    ALERT_IS_OVER = "alert-is-over"
    NOT_REMEMBERED = "not-remembered"


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule's answer. ``clause`` with its ``value`` is what it hangs on, ``until`` the event time up to
    which it does; ``alert_key`` names the group and is ``None`` where the rule did not match.
    """

    rule_id: str
    decision: Verdict | Outcome | Stand
    alert_key: str | None = None
    clause: str | None = None
    value: Any = None
    until: datetime | None = None


def standings(
    rules: RuleSet, observed: Observation, groups: Mapping[str, GroupState]
) -> tuple[Standing, ...]:
    """Return an answer for each rule, in the file's order; for one that matches, one for each of its groups.

    ``groups`` are the states now, by alert key.
    """
    matched: dict[str, list[Match]] = {}
    for match in matched_groups(rules, observed.subject, observed.message):
        matched.setdefault(match.decision.rule.id, []).append(match)
    found: list[Standing] = []
    for decision in explain(rules, observed.subject, observed.message):
        rule = decision.rule
        if decision.failed is not None:
            clause, value = decision.failed.clause, decision.failed.value
            found.append(Standing(rule.id, decision.verdict, None, clause, value))
            continue
        found += [
            _standing(rule, match.key, groups.get(match.key), observed.sighting)
            for match in matched.get(rule.id, ())
        ]
    return tuple(found)


def _standing(rule: Rule, key: str, state: GroupState | None, sighting: Sighting) -> Standing:
    if state is None or not state.has(sighting):
        return Standing(rule.id, Stand.NOT_REMEMBERED, key, "the group's state", "does not hold it")
    if rule.quiet is not None and state.phase is Phase.PENDING:
        return Standing(rule.id, Outcome.LISTENING, key, until=state.last_at + rule.quiet.lasting)
    if state.phase is Phase.RESOLVED:
        was_shown = state.told is not None and sighting.id in state.told.ids
        value = "showed it" if was_shown else "never showed it"
        return Standing(rule.id, Stand.ALERT_IS_OVER, key, "the last alert", value)
    told = _told(rule, key, state, sighting)
    return told or _waiting(rule, key, state, sighting)


def _told(rule: Rule, key: str, state: GroupState, sighting: Sighting) -> Standing | None:
    """Return the answer for what people have seen, if they have."""
    told = state.told
    if told is None or state.phase is not Phase.FIRING:
        return None
    if told.trigger == sighting.id:
        return Standing(rule.id, Stand.BEGAN_THE_ALERT, key, "firing since", iso(state.starts_at))
    if told.by == sighting.id:
        last = state.notified_at or state.starts_at
        return Standing(rule.id, Stand.MADE_THE_LAST_RECORD, key, "told at", iso(last))
    if sighting.id in told.ids:
        return Standing(rule.id, Stand.SHOWN_AS_EVIDENCE, key, "records so far", state.sequence)
    return None


def _waiting(rule: Rule, key: str, state: GroupState, sighting: Sighting) -> Standing:
    held_back = state.held_back
    if held_back is not None and sighting.at <= held_back.at:
        decision, by, until = Outcome(held_back.reason.value), held_back.by, held_back.until
        return Standing(rule.id, decision, key, held_back.reason, by, until)
    earlier = tuple(each for each in state.sightings if (each.at, each.id) < (sighting.at, sighting.id))
    before = replace(state, sightings=earlier)
    for condition in rule.conditions:
        judgement = judge(condition, before, sighting)
        if not judgement.held:
            return Standing(rule.id, Outcome.BELOW_THRESHOLD, key, clause_of(condition), judgement.value)
    if state.phase is Phase.PENDING:
        since = state.pending_since or sighting.at
        return Standing(rule.id, Outcome.PENDING, key, "matching since", iso(since), since + rule.hold)
    last = state.notified_at or state.starts_at
    until = last + rule.cooldown.after(state.notifications)
    return Standing(rule.id, Outcome.COOLING_DOWN, key, "last alert at", iso(last), until)
