"""A rule's own tests: partial claims from the rules file, filled up, run through the real decisions."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from workers.alerting.alerts import Decided, decide, retract
from workers.alerting.groups import GroupState
from workers.alerting.rules import Rule, RuleSet, Trial
from workers.domain.alert import Alert, AlertTense
from workers.domain.claim import Claim
from workers.domain.ids import text_sha256

_START = datetime(2024, 1, 1, 12, 0, tzinfo=UTC)
_SPAN = {"text": "", "start": 0, "end": 0}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
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


class TrialError(ValueError):
    """A trial's claim is not one; the message names the field."""


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
        except TrialError as error:
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

    Raises ``TrialError`` naming an unknown field or a value of the wrong kind.
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
    claim: Claim = _built(Claim, given, "claim")
    return claim


def _built(kind: Any, value: Any, path: str) -> Any:
    """Make a value of the type ``kind`` out of plain YAML."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not types.NoneType]
        if value is None and len(options) < len(get_args(kind)):
            return None
        return _built(float if int in options else options[0], value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise TrialError(f"{path} must be a list")
        return tuple(_built(get_args(kind)[0], item, f"{path}[{at}]") for at, item in enumerate(value))
    if is_dataclass(kind):
        return _built_object(kind, value, path)
    return _built_scalar(kind, value, path)


def _built_object(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise TrialError(f"{path} must be a mapping")
    filled = {**_DEFAULTS.get(kind.__name__, {}), **value}
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    unknown = next((name for name in filled if name not in names), None)
    if unknown is not None:
        raise TrialError(f"{path} has no field {unknown!r}; it has {', '.join(names)}")
    missing = next((name for name in names if name not in filled), None)
    if missing is not None:
        raise TrialError(f"{path} needs {missing!r}")
    return kind(**{name: _built(hints[name], filled[name], f"{path}.{name}") for name in names})


def _built_scalar(kind: Any, value: Any, path: str) -> Any:
    try:
        if issubclass(kind, datetime):
            moment = datetime.fromisoformat(str(value))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if issubclass(kind, date):
            return date.fromisoformat(str(value))
        if issubclass(kind, Enum):
            return kind(value)
    except ValueError as error:
        raise TrialError(f"{path}: {value!r} is none of its values") from error
    wanted = (int, float) if kind is float else kind
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise TrialError(f"{path}: {value!r} is no {kind.__name__}")
    return value


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
