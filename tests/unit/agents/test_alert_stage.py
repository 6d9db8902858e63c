import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import a_claim, a_record, a_source
from workers.agents.alert import decide_claim, outgoing_alert
from workers.agents.tense import TENSE_HEADER
from workers.alerting.rules import RuleSet
from workers.app import read_rules
from workers.domain.alert import Alert, AlertTense, AlertType
from workers.domain.claim import Act, Claim, SourceKind, Stance
from workers.domain.outcome import Record
from workers.resources import resource
from workers.state.sqlite import SqliteStore
from workers.topology import Topic


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return read_rules(resource("rules", "default.yaml"))


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = SqliteStore(":memory:")
    yield opened
    opened.close()


def a_denial(**changes: Any) -> Claim:
    source = a_source(name="the Foreign Ministry", kind=SourceKind.GOVERNMENT, role=None)
    return a_claim(
        **{"claim_id": "c1", "source": source, "act": Act.DENY, "stance": Stance.REFUTES} | changes
    )


def a_claim_record(claim: Claim | None, **changes: Any) -> Record:
    key = b"c1" if claim is None else claim.claim_id.encode()
    values = {"topic": "news.claim.v1", "key": key, "value": None if claim is None else b"claim"}
    return a_record(**(values | changes))


def decide(store: SqliteStore, rules: RuleSet, record: Record, claim: Claim | None) -> tuple[Alert, ...]:
    with store.transaction() as transaction:
        return decide_claim(transaction, rules, record, claim).alerts


def test_a_government_that_denies_raises_one_alert_with_its_evidence(
    store: SqliteStore, rules: RuleSet
) -> None:
    denial = a_denial()

    (alert,) = [a for a in decide(store, rules, a_claim_record(denial), denial) if "denial" in a.rule.id]

    assert alert.alert_type is AlertType.INITIAL
    assert [evidence.claim_id for evidence in alert.evidence] == ["c1"]
    assert alert.evidence[0].spans == denial.content.spans


def test_the_same_claim_again_raises_nothing(store: SqliteStore, rules: RuleSet) -> None:
    denial = a_denial()
    assert decide(store, rules, a_claim_record(denial), denial)

    assert decide(store, rules, a_claim_record(denial, offset=43), denial) == ()


def test_a_withdrawn_claim_takes_back_the_alert_that_rested_on_it_alone(
    store: SqliteStore, rules: RuleSet
) -> None:
    denial = a_denial()
    raised = decide(store, rules, a_claim_record(denial), denial)

    taken_back = decide(store, rules, a_claim_record(None, offset=44), None)

    assert {alert.alert_key for alert in taken_back} == {alert.alert_key for alert in raised}
    assert {alert.alert_type for alert in taken_back} == {AlertType.RETRACTION}
    assert decide(store, rules, a_claim_record(None, offset=45), None) == ()


def test_a_tombstone_for_a_claim_that_nothing_rests_on_is_silent(store: SqliteStore, rules: RuleSet) -> None:
    assert decide(store, rules, a_claim_record(None, key=b"unknown"), None) == ()


def test_a_replayed_record_makes_archival_alerts(store: SqliteStore, rules: RuleSet) -> None:
    denial = a_denial()
    record = a_claim_record(denial, headers=((TENSE_HEADER, b"archival"),))

    alerts = decide(store, rules, record, denial)

    assert alerts
    assert {alert.alert_tense for alert in alerts} == {AlertTense.ARCHIVAL}


def test_an_alert_leaves_as_a_cloud_event_under_its_key(store: SqliteStore, rules: RuleSet) -> None:
    denial = a_denial()
    alert = decide(store, rules, a_claim_record(denial), denial)[0]

    outgoing = outgoing_alert(alert, ())

    headers = dict(outgoing.headers)
    assert outgoing.topic == Topic.ALERT
    assert outgoing.key == alert.alert_key.encode()
    assert headers["ce_specversion"] == b"1.0"
    assert outgoing.value is not None
    assert json.loads(outgoing.value)["alert_key"] == alert.alert_key
