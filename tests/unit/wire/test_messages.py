"""Messages as they are written: keys in order, the same bytes for the same value, newer and broken ones."""

import json
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from tests.builders import (
    NOON,
    a_claim,
    a_quantity,
    an_alert,
    an_enriched_article,
    an_entity,
)
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim, DateMention
from workers.domain.ids import content_id
from workers.domain.outcome import Reject, RejectReason
from workers.wire.contract import examples
from workers.wire.messages import (
    alert_message,
    claim_message,
    decode_claim,
    decode_enriched,
    encode_alert,
    encode_claim,
    encode_enriched,
    enriched_message,
)
from workers.wire.schema import load_schema


@pytest.mark.parametrize(
    ("stem", "message"),
    [
        ("claim.v1", claim_message(a_claim())),
        ("article-enriched.v1", enriched_message(an_enriched_article())),
        ("alert.v1", alert_message(an_alert())),
    ],
)
def test_keys_are_in_the_order_of_the_schema(stem: str, message: dict[str, Any]) -> None:
    assert list(message) == list(load_schema(stem)["properties"])


@pytest.mark.parametrize("path", examples("claim.v1", "valid"), ids=lambda path: path.stem)
def test_an_example_claim_survives_reading_and_writing(path: Any) -> None:
    claim = decode_claim(path.read_bytes())

    assert isinstance(claim, Claim)
    assert claim_message(claim) == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    "time",
    ["2024-10-24T12:00:0,Z", "2024-12-31T23:59:60Z", "2024-10-24t12:00:00z", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_no_clock_can_show_is_refused(time: str) -> None:
    fields = claim_message(a_claim(published_at=NOON)) | {"published_at": time}
    answer = decode_claim(json.dumps(fields).encode())
    assert isinstance(answer, Reject)
    assert answer.reason is RejectReason.SCHEMA
    assert "/published_at" in answer.detail


@pytest.mark.parametrize("day", ["2024-01-0,", "20240101", "2024-02-30"])
def test_a_day_that_no_calendar_has_is_refused(day: str) -> None:
    fields = claim_message(a_claim(dates=(DateMention("on Monday", 0, 9, NOON.date()),)))
    fields["dates"][0]["date"] = day
    answer = decode_claim(json.dumps(fields).encode())
    assert isinstance(answer, Reject)
    assert "/dates/0/date" in answer.detail


def test_equal_values_give_equal_bytes() -> None:
    whole = a_claim(quantities=(a_quantity(value=1200),), score=0.88, published_at=NOON)
    float_ = a_claim(
        quantities=(a_quantity(value=1200.0),),
        score=0.88000000001,
        published_at=NOON.astimezone(timezone(timedelta(hours=2))),
    )

    assert encode_claim(float_) == encode_claim(whole)


def test_scores_have_four_digits() -> None:
    assert claim_message(a_claim(score=1 / 3, checkworthiness=None))["score"] == 0.3333
    assert (
        enriched_message(an_enriched_article(entities=(an_entity(score=2 / 3),)))["entities"][0]["score"]
        == 0.6667
    )


def test_a_lone_surrogate_does_not_stop_an_article() -> None:
    decoded = decode_enriched(encode_enriched(an_enriched_article(text="half \ud83d an emoji")))

    assert isinstance(decoded, EnrichedArticle)
    assert decoded.text == "half \ufffd an emoji"


def test_a_claim_of_a_newer_worker_is_read() -> None:
    newer = json.dumps(claim_message(a_claim()) | {"mood": "grim"}).encode()

    assert decode_claim(newer) == a_claim()


def test_a_claim_that_breaks_the_schema_is_refused_with_its_place() -> None:
    broken = json.dumps(claim_message(a_claim()) | {"stance": "doubts"}).encode()

    answer = decode_claim(broken)

    assert isinstance(answer, Reject)
    assert answer.reason is RejectReason.SCHEMA
    assert answer.detail.startswith("/stance: ")


def test_an_alert_is_a_cloudevent_whose_id_is_the_same_each_time() -> None:
    alert = an_alert(rule=replace(an_alert().rule, id="denials & co"))

    _, headers = encode_alert(alert)

    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": content_id("alert", alert.alert_key, 0).encode(),
        "ce_source": b"/claimwire/rules/denials%20%26%20co",
        "ce_type": b"news.alert.v1",
        "ce_subject": b"closures/harbour",
        "ce_time": b"2024-10-24T12:00:00Z",
        "content-type": b"application/json",
    }
    assert encode_alert(alert) == encode_alert(alert)
    assert dict(encode_alert(replace(alert, sequence=1))[1])["ce_id"] != dict(headers)["ce_id"]
