"""A rule's own tests: partial messages from the rules file, filled up, run through the real decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workers.alerting.alerts import Decided, decide_on, retract, tick
from workers.alerting.groups import GroupState
from workers.alerting.plain import PlainError, from_plain
from workers.alerting.rules import Rule, RuleSet, Subject, Trial
from workers.alerting.specimens import START, observed
from workers.domain.alert import Alert, AlertTense


@dataclass(frozen=True, slots=True)
class TrialResult:
    """``failure`` says what came instead, or is ``None`` when the trial held."""

    rule_id: str
    trial: Trial
    failure: str | None


def run_trials(rules: RuleSet) -> tuple[TrialResult, ...]:
    """Run every rule's tests, each rule alone and each test from an empty state."""
    return tuple(
        TrialResult(rule.id, trial, _run(rules, rule, trial)) for rule in rules.rules for trial in rule.trials
    )


def _run(rules: RuleSet, rule: Rule, trial: Trial) -> str | None:
    groups: dict[str, GroupState] = {}
    alerts: list[Alert] = []
    for number, partial in enumerate(trial.messages):
        try:
            decided = _step(rules, rule.on, dict(partial), number, groups)
        except PlainError as error:
            return f"{rule.on} {number + 1}: {error}"
        groups.update(decided.groups)
        alerts += [alert for alert in decided.alerts if alert.rule.id == rule.id]
    return _compared(alerts, trial)


def _step(
    rules: RuleSet, on: Subject, partial: dict[str, Any], number: int, groups: Mapping[str, GroupState]
) -> Decided:
    at = START + timedelta(minutes=number)
    withdrawn, waited = partial.pop("withdraw", None), partial.pop("wait_until", None)
    if withdrawn is not None:
        return retract(str(withdrawn), at, groups)
    if waited is not None:
        now: datetime = from_plain(datetime, waited, "wait_until")
        return tick(rules, now, groups)
    return decide_on(rules, observed(on, partial, number), AlertTense.TEST, groups)


def _compared(alerts: list[Alert], trial: Trial) -> str | None:
    if len(alerts) != len(trial.expect):
        kinds = ", ".join(alert.alert_type for alert in alerts) or "none"
        return f"{len(trial.expect)} alerts expected, {len(alerts)} came ({kinds})"
    for number, (alert, expected) in enumerate(zip(alerts, trial.expect, strict=True), start=1):
        came = {
            "type": alert.alert_type.value,
            "labels": dict(alert.labels),
            "annotations": dict(alert.annotations),
            "evidence": [each.claim_id for each in alert.evidence],
        }
        for key, wanted in expected.items():
            if key not in came:
                return f"alert {number}: {key!r} cannot be expected; known are {', '.join(came)}"
            if not _holds(wanted, came[key]):
                return f"alert {number}: {key} expected {wanted!r}, came {came[key]!r}"
    return None


def _holds(wanted: Any, came: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(came, dict):
        return all(came.get(name) == value for name, value in wanted.items())
    return bool(wanted == came)
