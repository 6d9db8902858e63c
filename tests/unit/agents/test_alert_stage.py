import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_claim, a_record, a_source, an_enriched_article, an_entity
from tests.support.alert_desk import TODAY, Shop
from tests.support.alert_rules import rules_text
from tests.support.made_relations import a_relation
from workers.agents.alert import outgoing_alert
from workers.agents.tense import TENSE_HEADER
from workers.domain.alert import AlertStatus, AlertTense, AlertType
from workers.domain.claim import Act, Claim, SourceKind, Stance
from workers.domain.ids import content_id
from workers.domain.outcome import Emit, Record, Reject, RejectReason
from workers.topology import Topic
from workers.wire.messages import encode_claim, encode_enriched
from workers.wire.relations import encode_relation

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


def a_shop_for(folder: Path, on: str, match: str, **changes: str | None) -> Shop:
    return Shop(folder, rules_text(on=on, match=f"'{match}'", **changes))


def a_relation_record(offset: int, **changes: Any) -> Record:
    ids = {"subject_id": "Q7184", "story_id": "5" * 32, "relation_id": "6" * 32}
    relation = a_relation(**{**ids, **changes})
    return a_record(
        topic="news.claim-relation.v1",
        key=relation.relation_id.encode(),
        value=encode_relation(relation),
        offset=offset,
    )


def test_a_relation_falls_with_the_claim_it_rests_on(tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, "relation", 'relation.kind == "contradicts"')

    raised = shop.hears(a_relation_record(1))
    taken_back = shop.hears(a_claim_record(None, key=b"2" * 32, offset=2))

    assert [alert.alert_type for alert in raised + taken_back] == [AlertType.INITIAL, AlertType.RETRACTION]
    assert [len(alert.evidence) for alert in raised + taken_back] == [2, 2]
    shop.close()


def test_a_relation_that_no_longer_matches_is_taken_back(tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, "relation", "relation.score > 0.5")
    shop.hears(a_relation_record(1, score=0.9))

    same = shop.hears(a_relation_record(2, score=0.8))
    weaker = shop.hears(a_relation_record(3, score=0.2))

    assert same == []
    assert [alert.alert_type for alert in weaker] == [AlertType.RETRACTION]
    shop.close()


def an_article_record(offset: int, *names: str, **changes: Any) -> Record:
    entities = tuple(an_entity(name=name, entity_id=content_id("entity", "PERSON", name)) for name in names)
    about = a_claim(entities=tuple(each.entity_id for each in entities), subjects=())
    values = {"entities": entities, "claims": (about,), "published_at": TODAY, **changes}
    return a_record(
        topic="news.article-enriched.v1",
        key=b"a1",
        value=encode_enriched(an_enriched_article(**values)),
        offset=offset,
        timestamp_ms=int(TODAY.timestamp() * 1000),
    )


def test_an_entity_that_a_new_revision_does_not_name_is_taken_back(tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, "entity", 'entity.label == "PERSON"', group_by="[name]")
    shop.hears(an_article_record(1, "Ada Holt", "Bob Dale"))

    (taken_back,) = shop.hears(an_article_record(2, "Ada Holt"))

    assert taken_back.alert_type is AlertType.RETRACTION
    assert dict(taken_back.labels)["name"] == "Bob Dale"
    shop.close()


def test_a_withdrawn_article_takes_back_what_its_entities_raised(tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, "entity", 'entity.label == "PERSON"', group_by="[name]")
    raised = shop.hears(an_article_record(1, "Ada Holt", "Bob Dale"))

    gone = a_record(topic="news.article-enriched.v1", key=b"a1", value=None, offset=2)

    assert len(raised) == 2
    assert [alert.status for alert in shop.hears(gone)] == [AlertStatus.RESOLVED] * 2
    shop.close()


def test_what_no_rule_looks_at_is_not_even_read(shop: Shop) -> None:
    nonsense = a_record(topic="news.article-enriched.v1", key=b"a1", value=b"\xff", offset=1)

    assert shop.hears(nonsense) == []


@pytest.mark.parametrize(("on", "topic"), [("relation", "claim-relation"), ("entity", "article-enriched")])
def test_what_a_rule_looks_at_and_cannot_be_read_is_rejected(on: str, topic: str, tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, on, f"{on}.score > 0.5")

    (outcome,) = shop.settle(a_record(topic=f"news.{topic}.v1", key=b"x", value=b"\xff"))

    assert isinstance(outcome, Reject)
    assert outcome.reason is RejectReason.NOT_UTF8
    shop.close()


def test_a_rule_that_matches_everything_is_one_storm_and_loses_nothing(tmp_path: Path) -> None:
    shop = a_shop_for(tmp_path, "claim", "true", group_by="[source.name]", budget="{alerts: 5, per: 1h}")
    claims = [
        a_denial(claim_id=content_id("claim", str(number)), source=a_source(name=f"Speaker {number}"))
        for number in range(60)
    ]
    alerts = []
    for start in range(0, 60, 16):
        batch = [(start + at, claim) for at, claim in enumerate(claims[start : start + 16])]
        alerts += shop.hears(*(a_claim_record(claim, offset=offset) for offset, claim in batch))

    storms = [alert for alert in alerts if dict(alert.labels)["alertname"] == "AlertStorm"]
    assert len(alerts) - len(storms) == 5
    assert ["1 held back" in dict(each.annotations)["summary"] for each in storms] == [True, False]
    assert "10 held back" in dict(storms[1].annotations)["summary"]
    assert shop.metric("claimwire_alerts_withheld_total", rule="harbour-news", reason="over-budget") == 55
    later = a_denial(claim_id=C2, source=a_source(name="Speaker 59"), published_at=TODAY + timedelta(hours=2))
    at_ms = int((TODAY + timedelta(hours=2)).timestamp() * 1000)
    told = shop.hears(a_claim_record(later, offset=100, timestamp_ms=at_ms))
    assert [each.claim_id for each in told[-1].evidence] == [claims[59].claim_id, C2]
    shop.close()
