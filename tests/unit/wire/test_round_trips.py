"""Values out and back: whatever they hold, the same value, and always as the schema says."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.domain import alert as alerts
from workers.domain import article as articles
from workers.domain import claim as claims
from workers.domain.alert import Alert
from workers.domain.article import EnrichedArticle
from workers.domain.claim import Claim
from workers.domain.entity import Entity, Mention, MentionKind
from workers.domain.pipeline import PipelineInfo
from workers.wire.messages import (
    alert_message,
    claim_message,
    decode_alert,
    decode_claim,
    decode_enriched,
    encode_alert,
    encode_claim,
    encode_enriched,
    enriched_message,
)
from workers.wire.schema import problem_when_written

LAW = settings(deadline=None)  # a slow machine is no broken law
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


@LAW
@given(CLAIMS)
def test_a_claim_comes_back_as_it_was(claim: Claim) -> None:
    assert problem_when_written("claim.v1", claim_message(claim)) is None
    assert decode_claim(encode_claim(claim)) == claim


@LAW
@given(ENRICHED)
def test_an_enriched_article_comes_back_as_it_was(article: EnrichedArticle) -> None:
    assert problem_when_written("article-enriched.v1", enriched_message(article)) is None
    assert decode_enriched(encode_enriched(article)) == article


@LAW
@given(ALERTS)
def test_an_alert_comes_back_as_it_was(alert: Alert) -> None:
    value, headers = encode_alert(alert)

    assert problem_when_written("alert.v1", alert_message(alert)) is None
    assert decode_alert(value) == alert
    assert all(name.isascii() for name, _ in headers)
