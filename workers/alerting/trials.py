"""A rule's own tests: partial claims from the rules file, filled up, run through the real decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.alerting.alerts import Decided, decide, retract
from workers.alerting.groups import GroupState
from workers.alerting.plain import Defaults, PlainError, from_plain
from workers.alerting.rules import Rule, RuleSet, Trial
from workers.domain.alert import Alert, AlertTense
from workers.domain.claim import Claim
from workers.domain.ids import text_sha256

_START = datetime(2024, 1, 1, 12, 0, tzinfo=UTC)
_SPAN = {"text": "", "start": 0, "end": 0}
_DEFAULTS: Defaults = {
    "Claim": {
        "url": None,
        "publisher": "example.org",
        "source": None,
        "via": [],
        "addressee": None,
        "cue": None,
        "quotation": "indirect",
        "act": "state",
        "stance": "affirms",
        "certainty": "certain",
        "condition": None,
        "negated": False,
        "time": "past",
        "quantities": [],
        "dates": [],
        "entities": [],
        "subjects": [],
        "checkworthiness": None,
        "score": 1.0,
        "pipeline": {"name": "claimwire", "version": "0", "model": "none", "model_sha256": "0" * 64},
    },
    "Source": {
        **_SPAN,
        "entity_id": None,
        "kind": "person",
        "role": None,
        "resolved_by": "name",
        "score": 1.0,
    },
    "Via": {**_SPAN, "entity_id": None},
    "Cue": {**_SPAN, "lemma": "say"},
    "TextSpan": _SPAN,
    "Quantity": {
        **_SPAN,
        "value": None,
        "low": None,
        "high": None,
        "approximate": False,
        "unit": None,
    },
    "DateMention": {**_SPAN, "date": None},
}


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
    for number, partial in enumerate(trial.claims):
        try:
            decided = _step(rules, dict(partial), number, groups)
        except PlainError as error:
            return f"claim {number + 1}: {error}"
        groups.update(decided.groups)
        alerts += [alert for alert in decided.alerts if alert.rule.id == rule.id]
    return _compared(alerts, trial)


def _step(rules: RuleSet, partial: dict[str, Any], number: int, groups: Mapping[str, GroupState]) -> Decided:
    at = _START + timedelta(minutes=number)
    withdrawn = partial.pop("withdraw", None)
    if withdrawn is not None:
        return retract(str(withdrawn), at, AlertTense.TEST, groups)
    return decide(rules, trial_claim(partial, number), at, AlertTense.TEST, groups)


def trial_claim(partial: Mapping[str, Any], number: int) -> Claim:
    """Fill a partial claim: ``content`` may be plain text, ``published_at`` counts minutes when absent.

    Raises ``PlainError`` naming an unknown field or a value of the wrong kind.
    """
    given = dict(partial)
    content = given.get("content", "Something happened.")
    if isinstance(content, str):
        given["content"] = {"text": content, "spans": [{"start": 0, "end": len(content)}]}
    given = {
        "claim_id": f"claim-{number + 1}",
        "article_id": f"article-{number + 1}",
        "published_at": (_START + timedelta(minutes=number)).isoformat(),
        "text_sha256": text_sha256(str(content)),
        **given,
    }
    source = given.get("source")
    if isinstance(source, dict) and "name" in source:
        given["source"] = {"text": source["name"], **source}
    claim: Claim = from_plain(Claim, given, "claim", _DEFAULTS)
    return claim


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
