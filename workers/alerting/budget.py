"""A rule's budget: beyond so many alerts in a while, one summary alert speaks for those held back."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from workers.alerting.durations import format_duration
from workers.alerting.groups import GroupState, Phase, Sighting, Spent, Told
from workers.alerting.rules import Rule
from workers.alerting.telling import alert_of
from workers.domain.alert import Alert, AlertTense, AlertType, MatchedClause, Severity
from workers.domain.ids import content_id

ALERT_NAME = "AlertStorm"


@dataclass(frozen=True, slots=True)
class Spending:
    """Whether the alert may be told, the budget's new state, and what is said of the alerts held back.

    ``frees_at`` is the event time at which the next span begins, with nothing spent.
    """

    allowed: bool
    state: GroupState
    alerts: tuple[Alert, ...]
    frees_at: datetime


def budget_key(rule: Rule, tense: AlertTense) -> str:
    """Return the key under which a rule's budget is kept; the summary alert's key too.

    Each tense has a budget of its own: a replay must not use up what people are to be told today.
    """
    return content_id("alert-budget", rule.id, *([] if tense is AlertTense.CURRENT else [tense.value]))


def spend(
    rule: Rule, before: GroupState | None, sighting: Sighting, tense: AlertTense, at: datetime
) -> Spending:
    """Ask for the sighting's alert at event time ``at``.

    The summary is told with the 1st, 10th, 100th … alert held back, and once more, resolved, with the whole
    number when the next span of time begins; one that waits and is refused again counts in each span. A late
    claim counts towards the span that is open.
    """
    state, told = _opened(rule, before, at, tense)
    spent = state.spent
    assert spent is not None
    frees_at = datetime.fromtimestamp(spent.window_start, UTC) + rule.budget.per
    if spent.alerts < rule.budget.alerts:
        return Spending(True, replace(state, spent=replace(spent, alerts=spent.alerts + 1)), told, frees_at)
    state, summary = _one_more_held_back(rule, state, spent, sighting)
    return Spending(False, state, told + summary, frees_at)


def _opened(
    rule: Rule, before: GroupState | None, at: datetime, tense: AlertTense
) -> tuple[GroupState, tuple[Alert, ...]]:
    """Return the budget of the span that ``at`` falls into, and what is said of the one before."""
    width = int(rule.budget.per.total_seconds())
    start = int(at.timestamp()) // width * width
    key = budget_key(rule, tense)
    state = before or GroupState(key, rule.ref, (), Phase.PENDING, 0, at, tense=tense)
    if state.spent is not None and start <= state.spent.window_start:
        return state, ()
    alerts: tuple[Alert, ...] = ()
    if state.spent is not None and state.spent.held_back:
        state, summary = end_storm(rule, state)
        alerts = (summary,)
    return replace(state, spent=Spent(start, 0, 0)), alerts


def _one_more_held_back(
    rule: Rule, state: GroupState, spent: Spent, sighting: Sighting
) -> tuple[GroupState, tuple[Alert, ...]]:
    evidence = sighting.shown.evidence if sighting.shown else ()
    spent = replace(spent, held_back=spent.held_back + 1, evidence=evidence)
    state = replace(state, spent=spent)
    if not _is_power_of_ten(spent.held_back):
        return state, ()
    kind = AlertType.UPDATE if state.phase is Phase.FIRING else AlertType.INITIAL
    starts_at = state.starts_at if state.phase is Phase.FIRING else sighting.at
    state = _told(rule, replace(state, phase=Phase.FIRING, starts_at=starts_at), sighting.id, spent)
    return state, (alert_of(state, kind, state.tense),)


def over_budget(rule: Rule) -> str:
    """Say what the budget is that is used up."""
    return f"{rule.budget.alerts} alerts in {format_duration(rule.budget.per)}"


def storm_end(rule: Rule, state: GroupState) -> datetime | None:
    """Return when the span of time is over that alerts are held back in; ``None`` when none are."""
    if state.spent is None or not state.spent.held_back or state.phase is not Phase.FIRING:
        return None
    return datetime.fromtimestamp(state.spent.window_start, UTC) + rule.budget.per


def end_storm(rule: Rule, state: GroupState) -> tuple[GroupState, Alert]:
    """Say how many were held back in the span that is over; the next one begins with nothing spent."""
    spent, told = state.spent, state.told
    assert spent is not None
    assert told is not None
    end = datetime.fromtimestamp(spent.window_start, UTC) + rule.budget.per
    state = _told(rule, state, told.by, spent)
    summary = alert_of(state, AlertType.UPDATE, state.tense, None, end)
    return replace(state, phase=Phase.RESOLVED, spent=replace(spent, held_back=0)), summary


def _told(rule: Rule, state: GroupState, by: str, spent: Spent) -> GroupState:
    many, per = rule.budget.alerts, format_duration(rule.budget.per)
    labels = {"alertname": ALERT_NAME, "rule": rule.id, "severity": Severity.WARNING.value}
    summary = (
        f"Rule {rule.id} made more than {many} alerts in {per}; {spent.held_back} held back so far. "
        "Each is kept, and told when the budget frees if it would still fire by then."
    )
    told = Told(
        labels=tuple(sorted(labels.items())),
        annotations=(("summary", summary),),
        matched=(MatchedClause(f"alerts > {many} in {per}", many + spent.held_back),),
        ids=(by,),
        by=by,
        trigger=by,
        rests_on_trigger=False,
        quorum=None,
    )
    return replace(state, rule=rule.ref, sequence=state.sequence + 1, told=told)


def _is_power_of_ten(number: int) -> bool:
    return str(number).rstrip("0") == "1"
