from typing import Any

import pytest

from tests.support.alert_rules import a_rule_set, rules_text
from workers.alerting.trials import run_trials


def failure_of(claims: str, alerts: str, **changes: str | None) -> str | None:
    tests = f"[{{name: t, claims: {claims}, alerts: {alerts}}}]"
    (result,) = run_trials(a_rule_set(rules_text(tests=tests, **changes)))
    return result.failure


def test_a_trial_that_holds_has_no_failure() -> None:
    assert failure_of("[{act: state}]", "[{type: initial, labels: {severity: info}}]") is None
    assert failure_of("[{act: deny}]", "[]") is None


@pytest.mark.parametrize(
    ("claims", "alerts", "failure"),
    [
        ("[{act: state}]", "[]", "0 alerts expected, 1 came (initial)"),
        ("[{act: deny}]", "[{type: initial}]", "1 alerts expected, 0 came (none)"),
        ("[{act: state}]", "[{type: update}]", "alert 1: type expected 'update', came 'initial'"),
        ("[{act: state}]", "[{tpye: update}]", "alert 1: 'tpye' cannot be expected"),
        ("[{act: state}]", "[{labels: {severity: critical}}]", "alert 1: labels expected"),
        ("[{act: shout}]", "[]", "claim 1: claim.act: 'shout' is none of its values"),
        ("[{sauce: x}]", "[]", "claim 1: claim has no field 'sauce'"),
        ("[{source: {name: 3}}]", "[]", "claim 1: claim.source.text: 3 is no str"),
        ("[{quantities: {}}]", "[]", "claim 1: claim.quantities must be a list"),
        ("[{source: {kind: person}}]", "[]", "claim 1: claim.source needs 'name'"),
        ("[{published_at: noon}]", "[]", "claim 1: claim.published_at: 'noon' is none of its values"),
    ],
)
def test_a_trial_that_does_not_hold_says_what_came(claims: str, alerts: str, failure: str) -> None:
    assert failure in str(failure_of(claims, alerts))


def test_a_claim_can_be_withdrawn_in_a_trial() -> None:
    expected: dict[str, Any] = {"claims": "[{act: state}, {withdraw: claim-1}]"}

    assert failure_of(**expected, alerts="[{type: initial}, {type: retraction}]") is None
