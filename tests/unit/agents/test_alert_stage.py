import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_claim, a_record, a_source, rules_text
from tests.support.alert_desk import TODAY, Shop
from workers.agents.alert import outgoing_alert
from workers.agents.tense import TENSE_HEADER
from workers.domain.alert import AlertTense, AlertType
from workers.domain.claim import Act, Claim, SourceKind, Stance
from workers.domain.ids import content_id
from workers.domain.outcome import Emit, Record, Reject
from workers.topology import Topic
from workers.wire.messages import encode_claim

C1, C2 = content_id("claim", "1"), content_id("claim", "2")
DENIALS = rules_text(
    id="denials",
    match="'claim.act == \"deny\"'",
    group_by="[source.name]",
    cooldown="1h",
    keep_firing_for="2h",
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path, DENIALS)
    yield opened
    opened.close()


def a_denial(**changes: Any) -> Claim:
    source = a_source(name="the Foreign Ministry", kind=SourceKind.GOVERNMENT, role=None)
    values = {"claim_id": C1, "source": source, "act": Act.DENY, "stance": Stance.REFUTES}
    return a_claim(**{"published_at": TODAY, **values, **changes})


def a_claim_record(claim: Claim | None, **changes: Any) -> Record:
    key = C1.encode() if claim is None else claim.claim_id.encode()
    value = None if claim is None else encode_claim(claim)
    at_ms = int((TODAY + timedelta(minutes=1)).timestamp() * 1000)
    values = {"topic": "news.claim.v1", "key": key, "value": value, "timestamp_ms": at_ms}
    return a_record(**(values | changes))


def test_a_government_that_denies_raises_one_alert_with_its_evidence(shop: Shop) -> None:
    denial = a_denial()

    (alert,) = shop.hears(a_claim_record(denial))

    assert alert.alert_type is AlertType.INITIAL
    assert alert.alert_tense is AlertTense.CURRENT
    assert [evidence.claim_id for evidence in alert.evidence] == [C1]
    assert alert.evidence[0].spans == denial.content.spans


def test_the_same_record_again_makes_the_very_same_records(shop: Shop) -> None:
    record = a_claim_record(a_denial())

    first = shop.settle(record)
    shop.hears(a_claim_record(a_denial(claim_id=C2), offset=50))
    again = shop.settle(record)

    assert first == again
    assert isinstance(first[0], Emit)
    assert first[0].records


def test_the_same_claim_in_another_record_raises_nothing(shop: Shop) -> None:
    assert shop.hears(a_claim_record(a_denial()))

    assert shop.hears(a_claim_record(a_denial(), offset=43)) == []


def test_a_withdrawn_claim_takes_back_the_alert_that_rested_on_it_alone(shop: Shop) -> None:
    raised = shop.hears(a_claim_record(a_denial()))

    taken_back = shop.hears(a_claim_record(None, offset=44))

    assert {alert.alert_key for alert in taken_back} == {alert.alert_key for alert in raised}
    assert {alert.alert_type for alert in taken_back} == {AlertType.RETRACTION}
    assert shop.hears(a_claim_record(None, offset=45)) == []


def test_a_tombstone_for_a_claim_that_nothing_rests_on_is_silent(shop: Shop) -> None:
    assert shop.hears(a_claim_record(None, key=b"unknown")) == []


def test_a_tombstone_without_a_key_is_rejected(shop: Shop) -> None:
    (outcome,) = shop.settle(a_claim_record(None, key=None))

    assert isinstance(outcome, Reject)


def test_a_replayed_record_makes_archival_alerts_and_archival_retractions(shop: Shop) -> None:
    replayed = ((TENSE_HEADER, b"archival"),)

    raised = shop.hears(a_claim_record(a_denial(), headers=replayed))
    taken_back = shop.hears(a_claim_record(None, offset=44))

    assert [alert.alert_tense for alert in (*raised, *taken_back)] == [AlertTense.ARCHIVAL] * 2


def test_news_older_than_the_limit_pages_nobody_though_its_record_is_new(shop: Shop) -> None:
    old = a_denial(published_at=TODAY - timedelta(days=7, hours=1))
    young = a_denial(claim_id=C2, published_at=TODAY - timedelta(days=6), source=a_source(name="Ada Holt"))

    (archival,) = shop.hears(a_claim_record(old))
    (current,) = shop.hears(a_claim_record(young, offset=50))

    assert archival.alert_tense is AlertTense.ARCHIVAL
    assert current.alert_tense is AlertTense.CURRENT


def test_a_record_read_again_long_after_pages_nobody(shop: Shop) -> None:
    shop.now = TODAY + timedelta(days=30)

    (alert,) = shop.hears(a_claim_record(a_denial()))

    assert alert.alert_tense is AlertTense.ARCHIVAL


def test_a_date_in_the_future_is_taken_for_the_time_of_the_record(shop: Shop) -> None:
    (alert,) = shop.hears(a_claim_record(a_denial(published_at=TODAY + timedelta(days=900))))

    assert alert.starts_at == TODAY + timedelta(minutes=1)


def test_an_alert_leaves_as_a_cloud_event_under_its_key(shop: Shop) -> None:
    (alert,) = shop.hears(a_claim_record(a_denial()))

    outgoing = outgoing_alert(alert)

    headers = dict(outgoing.headers)
    assert outgoing.topic == Topic.ALERT
    assert outgoing.key == alert.alert_key.encode()
    assert headers["ce_specversion"] == b"1.0"
    assert TENSE_HEADER not in headers
    assert outgoing.value is not None
    assert json.loads(outgoing.value)["alert_key"] == alert.alert_key
