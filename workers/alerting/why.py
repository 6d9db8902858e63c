"""Why, and why not: for each rule what it decided on a claim and what that hung on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.alerting.advance import Outcome
from workers.alerting.alerts import decide_on
from workers.alerting.engine import Verdict, explain
from workers.alerting.groups import GroupState, Phase
from workers.alerting.muting import NOTHING_MUTED, Muting
from workers.alerting.observations import Observation
from workers.alerting.plain import iso
from workers.alerting.rules import RuleSet
from workers.domain.alert import AlertTense


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's answer. ``clause`` with its ``value`` is what decided it: the first that did not hold, the
    window condition, the silence; ``None`` where nothing stood in the way. ``alert_key`` names the group.
    """

    rule_id: str
    decision: Verdict | Outcome
    alert_key: str | None
    clause: str | None
    value: Any


def why(
    rules: RuleSet,
    observed: Observation,
    groups: Mapping[str, GroupState],
    muting: Muting = NOTHING_MUTED,
) -> tuple[Reason, ...]:
    """Return a reason for each rule, in the file's order; for one that matched, one for each of its groups.

    ``groups`` are the states before the observation. With those after it, one that was decided on is told as
    already seen. Nothing is changed.
    """
    decided = decide_on(rules, observed, AlertTense.TEST, groups, muting)
    reasons: list[Reason] = []
    for decision in explain(rules, observed.subject, observed.message):
        rule_id = decision.rule.id
        if decision.failed is not None:
            failed = decision.failed
            reasons.append(Reason(rule_id, decision.verdict, None, failed.clause, failed.value))
            continue
        for outcome in decided.outcomes:
            if outcome.rule_id == rule_id and outcome.outcome is not Outcome.RESOLVED:
                because = outcome.because
                clause, value = (because.clause, because.value) if because else (None, None)
                if outcome.outcome is Outcome.COOLING_DOWN:
                    clause, value = "last alert at", _notified(groups.get(outcome.alert_key))
                reasons.append(Reason(rule_id, outcome.outcome, outcome.alert_key, clause, value))
    return tuple(reasons)


def story(state: GroupState) -> str:
    """Tell in a sentence where an alert stands, for ``claimwire alerts explain KEY``."""
    told = state.told
    name = dict(told.labels).get("alertname", state.rule.id) if told else state.rule.id
    group = ", ".join(f"{label}={value}" for label, value in state.group) or "all"
    seen = f"{len(state.sightings)} claims remembered, the last of {iso(state.last_at)}"
    if state.phase is Phase.FIRING and state.notified_at is not None:
        when = f"firing since {iso(state.starts_at)}, last told at {iso(state.notified_at)}"
    elif state.phase is Phase.RESOLVED:
        when = "over"
    else:
        when = "never told" if told is None else "waiting to be told again"
    held = state.held_back
    kept = f"; not told since {iso(held.at)}: {held.reason}, {held.by}" if held is not None else ""
    if held is not None and held.until is not None:
        kept += f", until {iso(held.until)}"
    return f"{name} ({group}): {when}{kept}; {state.sequence} records so far; {seen}"


def _notified(state: GroupState | None) -> str | None:
    return iso(state.notified_at) if state is not None and state.notified_at is not None else None
