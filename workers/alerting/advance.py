"""How one more claim moves a group: seen, pending, below a threshold, cooling down, or worth telling."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from workers.alerting.conditions import Quiet, clause_of, judge, with_bucket
from workers.alerting.groups import GroupState, Phase, Sighting
from workers.alerting.rules import Rule
from workers.domain.alert import MatchedClause

Group = tuple[tuple[str, str], ...]


class Outcome(StrEnum):
    """What a match, a withdrawal or the passing of time came to in its group."""

    INITIAL = "initial"
    UPDATE = "update"
    ALREADY_SEEN = "already-seen"
    BELOW_THRESHOLD = "below-threshold"
    PENDING = "pending"
    COOLING_DOWN = "cooling-down"
    LISTENING = "listening"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    OVER_BUDGET = "over-budget"
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    EVIDENCE_WITHDRAWN = "evidence-withdrawn"
    NOT_IN_GROUP = "not-in-group"


@dataclass(frozen=True, slots=True)
class Step:
    """Where the group stands with the new claim in it; nothing is told yet.

    ``judged`` are the window conditions: all that held, or up to the first that did not.
    """

    outcome: Outcome
    state: GroupState
    judged: tuple[MatchedClause, ...] = ()


def episode_end(rule: Rule, state: GroupState | None, at: datetime) -> datetime | None:
    """Return when the alert that fires in ``state`` was over by event time ``at``; ``None``: it goes on."""
    if state is None or state.phase is not Phase.FIRING:
        return None
    if any(isinstance(each, Quiet) for each in rule.conditions):
        return at
    if rule.keep_firing_for is None:
        return None
    end = (state.held_at or state.starts_at) + rule.keep_firing_for
    return end if end < at else None


def advance(rule: Rule, key: str, group: Group, before: GroupState | None, sighting: Sighting) -> Step:
    """Put ``sighting`` into the group and say what it calls for; an alert that is over was ended before."""
    if before is not None and before.has(sighting):
        return Step(Outcome.ALREADY_SEEN, before)
    judged: list[MatchedClause] = []
    held = True
    for condition in rule.conditions:
        judgement = judge(condition, before, sighting)
        judged.append(MatchedClause(clause_of(condition), judgement.value))
        if not judgement.held:
            held = False
            break
    state = before or GroupState(key, rule.ref, group, Phase.PENDING, 0, sighting.at)
    if state.phase is Phase.RESOLVED:
        state = replace(state, phase=Phase.PENDING, starts_at=sighting.at)
    state = with_bucket(state.seen(sighting), rule.conditions, sighting)
    if any(isinstance(each, Quiet) for each in rule.conditions):
        return Step(Outcome.LISTENING, replace(state, held_back=None))
    if not held:
        fresh = replace(state, pending_since=None) if state.phase is Phase.PENDING else state
        return Step(Outcome.BELOW_THRESHOLD, fresh, tuple(judged))
    return Step(*_held(rule, state, sighting), tuple(judged))


def _held(rule: Rule, state: GroupState, sighting: Sighting) -> tuple[Outcome, GroupState]:
    since = state.pending_since
    if state.held_at is not None and sighting.at - state.held_at > rule.hold:
        since = None  # a gap longer than ``for``: they have not been coming
    state = replace(
        state,
        held_at=max(state.held_at or sighting.at, sighting.at),
        pending_since=min(since or sighting.at, sighting.at),
    )
    if state.phase is Phase.PENDING:
        since = state.pending_since or sighting.at
        if state.last_at - since < rule.hold:
            return Outcome.PENDING, state
        return Outcome.INITIAL, replace(state, starts_at=since)
    last = state.notified_at or state.starts_at
    if sighting.at - last < rule.cooldown.after(state.notifications):
        return Outcome.COOLING_DOWN, state
    return Outcome.UPDATE, state
