"""Values out and back: the same value, always the same bytes, always as the schema says."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    NOON,
    PIPELINE,
    a_claim,
    a_quantity,
    a_record,
    an_alert,
    an_enriched_article,
    an_entity,
)
from workers.domain import alert as alerts
from workers.domain import article as articles
from workers.domain import claim as claims
from workers.domain.alert import Alert
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.entity import Entity, Mention, MentionKind
from workers.domain.ids import content_id
from workers.domain.outcome import Reject, RejectReason
from workers.domain.pipeline import PipelineInfo
from workers.wire.contract import examples
from workers.wire.messages import (
    alert_message,
    claim_message,
    dead_letter_headers,
    decode_alert,
    decode_claim,
    decode_enriched,
    encode_alert,
    encode_claim,
    encode_enriched,
    enriched_message,
)
from workers.wire.schema import load_schema, problem_when_written

SCORES = st.integers(0, 10_000).map(lambda n: n / 10_000)
TEXTS = st.text(min_size=1, max_size=20)
TIMES = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
HEX32 = st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}")
HEX64 = st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")
STARTS, ENDS = st.integers(0, 10**6), st.integers(1, 10**6)
NUMBERS = st.none() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False)


def _many(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3).map(tuple)


OFFSETS = st.builds(claims.Offsets, STARTS, ENDS)
SPANS = st.builds(claims.TextSpan, TEXTS, STARTS, ENDS)
QUANTITIES = st.builds(
    claims.Quantity, TEXTS, STARTS, ENDS, NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.none() | TEXTS
)
DATES = st.builds(claims.DateMention, TEXTS, STARTS, ENDS, st.none() | st.dates())
PIPELINES = st.builds(PipelineInfo, TEXTS, TEXTS, TEXTS, HEX64)
SOURCES = st.builds(
    claims.Source,
    text=TEXTS,
    start=STARTS,
    end=ENDS,
    name=TEXTS,
    entity_id=st.none() | HEX32,
    kind=st.sampled_from(claims.SourceKind),
    role=st.none() | TEXTS,
    resolved_by=st.sampled_from(claims.ResolvedBy),
    score=SCORES,
)
CLAIMS = st.builds(
    Claim,
    claim_id=HEX32,
    article_id=TEXTS,
    url=st.none() | TEXTS,
    publisher=st.none() | TEXTS,
    published_at=st.none() | TIMES,
    text_sha256=HEX64,
    source=st.none() | SOURCES,
    via=_many(st.builds(claims.Via, TEXTS, STARTS, ENDS, TEXTS, st.none() | HEX32)),
    addressee=st.none() | SPANS,
    cue=st.none() | st.builds(claims.Cue, TEXTS, STARTS, ENDS, TEXTS),
    content=st.builds(claims.Content, TEXTS, st.lists(OFFSETS, min_size=1, max_size=3).map(tuple)),
    quotation=st.sampled_from(claims.Quotation),
    act=st.sampled_from(claims.Act),
    stance=st.sampled_from(claims.Stance),
    certainty=st.sampled_from(claims.Certainty),
    condition=st.none() | SPANS,
    negated=st.booleans(),
    time=st.sampled_from(claims.ClaimTime),
    quantities=_many(QUANTITIES),
    dates=_many(DATES),
    entities=_many(HEX32),
    subjects=_many(TEXTS),
    checkworthiness=st.none() | SCORES,
    score=SCORES,
    pipeline=PIPELINES,
)
ENTITIES = st.builds(
    Entity,
    entity_id=HEX32,
    name=TEXTS,
    label=st.sampled_from(["PERSON", "ORG", "GPE"]),
    kb_id=st.none() | st.just("Q1001"),
    mentions=st.lists(
        st.builds(Mention, STARTS, ENDS, TEXTS, st.sampled_from(MentionKind)), min_size=1, max_size=3
    ).map(tuple),
    salience=SCORES,
    score=SCORES,
)
ENRICHED = st.builds(
    EnrichedArticle,
    article_id=TEXTS,
    url=st.none() | TEXTS,
    publisher=st.none() | TEXTS,
    title=st.none() | TEXTS,
    language=st.just("en"),
    published_at=st.none() | TIMES,
    revision=st.integers(0, 9),
    status=st.sampled_from(articles.ArticleStatus),
    text=st.text(),
    text_sha256=HEX64,
    entities=_many(ENTITIES),
    claims=st.lists(CLAIMS, max_size=2).map(tuple),
    quantities=_many(QUANTITIES),
    dates=_many(DATES),
    masked=_many(st.builds(articles.Masked, STARTS, ENDS, st.sampled_from(articles.MaskReason))),
    pipeline=PIPELINES,
)
PAIRS = st.dictionaries(TEXTS, st.text(), max_size=3).map(lambda pairs: tuple(pairs.items()))
MATCHED = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | _many(TEXTS)
EVIDENCE = st.builds(
    alerts.Evidence,
    HEX32,
    TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    HEX64,
    st.lists(OFFSETS, min_size=1, max_size=2).map(tuple),
    TEXTS,
)
ALERTS = st.builds(
    Alert,
    alert_key=TEXTS,
    sequence=st.integers(0, 99),
    status=st.sampled_from(alerts.AlertStatus),
    labels=PAIRS,
    annotations=PAIRS,
    starts_at=TIMES,
    ends_at=st.none() | TIMES,
    fingerprint=HEX32,
    alert_type=st.sampled_from(alerts.AlertType),
    alert_tense=st.sampled_from(alerts.AlertTense),
    rule=st.builds(alerts.RuleRef, TEXTS, st.integers(0, 9), HEX64),
    matched=_many(st.builds(alerts.MatchedClause, TEXTS, MATCHED)),
    evidence=st.lists(EVIDENCE, min_size=1, max_size=2).map(tuple),
)


@given(CLAIMS)
def test_a_claim_comes_back_as_it_was(claim: Claim) -> None:
    assert problem_when_written("claim.v1", claim_message(claim)) is None
    assert decode_claim(encode_claim(claim)) == claim


@given(ENRICHED)
def test_an_enriched_article_comes_back_as_it_was(article: EnrichedArticle) -> None:
    assert problem_when_written("article-enriched.v1", enriched_message(article)) is None
    assert decode_enriched(encode_enriched(article)) == article


@given(ALERTS)
def test_an_alert_comes_back_as_it_was(alert: Alert) -> None:
    value, headers = encode_alert(alert)

    assert problem_when_written("alert.v1", alert_message(alert)) is None
    assert decode_alert(value) == alert
    assert all(name.isascii() for name, _ in headers)


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


REJECT = Reject(RejectReason.NOT_JSON, "Expecting value at line 1 column 1")


def test_a_dead_letter_says_where_it_comes_from_and_why() -> None:
    headers = dead_letter_headers(a_record(), "enrich-articles", REJECT, "0.1.0")

    fields = {name: value.decode() for name, value in headers}
    assert fields == {
        "dlq-topic": "news.article-raw.v1",
        "dlq-partition": "3",
        "dlq-offset": "42",
        "dlq-timestamp": "1729771200000",
        "dlq-stage": "enrich-articles",
        "dlq-reason": "not-json",
        "dlq-detail": "Expecting value at line 1 column 1",
        "dlq-attempts": "1",
        "dlq-worker-version": PIPELINE.version,
    }
    assert problem_when_written("dead-letter.v1", fields) is None


def test_a_dead_letter_keeps_the_records_headers_but_not_an_earlier_death() -> None:
    earlier = (
        ("traceparent", b"00-1"),
        ("dlq-reason", b"schema"),
        ("dlq-replays", b"2"),
        ("traceparent", b"00-2"),
    )

    headers = dead_letter_headers(a_record(headers=earlier), "enrich-articles", REJECT, "0.1.0")

    assert headers[:3] == (("traceparent", b"00-1"), ("dlq-replays", b"2"), ("traceparent", b"00-2"))
    assert [value for name, value in headers if name == "dlq-reason"] == [b"not-json"]


@pytest.mark.parametrize("detail", ["é" * 2000, "x" + "🏆" * 1000, "half \ud83d", "two\nlines"])
def test_the_detail_is_one_line_of_at_most_a_kibibyte(detail: str) -> None:
    reject = Reject(RejectReason.PROCESSING_FAILED, detail)

    written = dict(dead_letter_headers(a_record(), "enrich-articles", reject, "0.1.0"))["dlq-detail"]

    assert 0 < len(written) <= 1024
    assert "\n" not in written.decode("utf-8")
