from collections.abc import Iterator

import pytest

from tests.builders import a_record
from workers.agents.enrich import settle_article
from workers.agents.jobs import EnrichedBytes
from workers.domain.outcome import Drop, DropReason, Emit, Headers, Outcome, Reject, RejectReason
from workers.state.sqlite import SqliteStore
from workers.state.store import Revision
from workers.topology import Topic

LIMITS = {str(Topic.ARTICLE_ENRICHED): 1_000, str(Topic.CLAIM): 100, str(Topic.CLAIM_BY_SUBJECT): 200}


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    opened = SqliteStore(":memory:")
    yield opened
    opened.close()


def an_enriched(revision: int = 1, claims: tuple[str, ...] = ("c1",), size: int = 10) -> EnrichedBytes:
    return EnrichedBytes("a1", revision, b"x" * size, tuple((claim, b"claim") for claim in claims), 0)


def settle(
    store: SqliteStore, offset: int, result: EnrichedBytes | Drop | Reject, **record: object
) -> Outcome:
    with store.transaction() as transaction:
        return settle_article(transaction, a_record(offset=offset, **record), result, LIMITS)


def published(outcome: Outcome) -> dict[tuple[str, bytes | None], bytes | None]:
    assert isinstance(outcome, Emit)
    return {(out.topic, out.key): out.value for out in outcome.records}


def test_an_article_is_published_with_its_claims(store: SqliteStore) -> None:
    outcome = settle(store, 1, an_enriched(claims=("c1", "c2")))

    assert published(outcome) == {
        ("news.article-enriched.v1", b"a1"): b"x" * 10,
        ("news.claim.v1", b"c1"): b"claim",
        ("news.claim.v1", b"c2"): b"claim",
    }


def test_a_correction_takes_back_the_claims_that_it_no_longer_holds(store: SqliteStore) -> None:
    settle(store, 1, an_enriched(1, ("c1", "c2")))

    outcome = settle(store, 2, an_enriched(2, ("c2", "c3")))

    claims = {key: value for (topic, key), value in published(outcome).items() if topic == Topic.CLAIM}
    assert claims == {b"c1": None, b"c2": b"claim", b"c3": b"claim"}


def test_a_withdrawal_takes_back_every_claim(store: SqliteStore) -> None:
    settle(store, 1, an_enriched(1, ("c1", "c2")))

    outcome = settle(store, 2, an_enriched(2, ()))

    claims = {key: value for (topic, key), value in published(outcome).items() if topic == Topic.CLAIM}
    assert claims == {b"c1": None, b"c2": None}


def sent_by(revision: int, *routes: tuple[str, str]) -> EnrichedBytes:
    """Return an article whose claims go by these (claim id, route)."""
    claims = tuple((claim_id, b"claim") for claim_id in dict.fromkeys(claim_id for claim_id, _ in routes))
    by_subject = tuple((claim_id, route, b"routed") for claim_id, route in routes)
    return EnrichedBytes("a1", revision, b"x", claims, 0, by_subject=by_subject)


def by_subject(outcome: Outcome) -> list[tuple[bytes | None, bytes | None, Headers]]:
    assert isinstance(outcome, Emit)
    return [
        (out.key, out.value, out.headers) for out in outcome.records if out.topic == Topic.CLAIM_BY_SUBJECT
    ]


def test_a_claim_goes_by_each_of_its_routes(store: SqliteStore) -> None:
    outcome = settle(store, 1, sent_by(1, ("c1", "term:harn"), ("c1", "Q1"), ("c2", "Q1")))

    assert by_subject(outcome) == [
        (b"term:harn", b"routed", ()),
        (b"Q1", b"routed", ()),
        (b"Q1", b"routed", ()),
    ]


def test_a_claim_is_withdrawn_from_every_route_that_it_left(store: SqliteStore) -> None:
    settle(store, 1, sent_by(1, ("gone", "Q1"), ("gone", "Q2"), ("moved", "Q1"), ("moved", "Q3")))
    tense = ("claimwire-tense", b"archival")

    outcome = settle(store, 2, sent_by(2, ("moved", "Q3"), ("moved", "Q4")), headers=(tense,))

    withdrawn = [(key, dict(headers)) for key, value, headers in by_subject(outcome) if value is None]
    assert withdrawn == [
        (key, {"claimwire-claim-id": claim_id, "claimwire-tense": b"archival"})
        for claim_id, key in ((b"gone", b"Q1"), (b"gone", b"Q2"), (b"moved", b"Q1"))
    ]


def test_a_correction_after_an_upgrade_withdraws_nothing_by_subject(store: SqliteStore) -> None:
    """The revision was remembered by a program that did not send claims by subject."""
    with store.transaction() as transaction:
        transaction.remember_revision(Revision("a1", "news.article-raw.v1", 3, 1, 1, ("c1",), 0))

    assert by_subject(settle(store, 2, an_enriched(2, ()))) == []


def test_a_revision_that_comes_late_is_dropped_as_stale(store: SqliteStore) -> None:
    settle(store, 1, an_enriched(2))

    assert settle(store, 2, an_enriched(1)) == Drop(DropReason.STALE_REVISION)


def test_a_record_delivered_twice_gives_the_same_even_after_later_ones(store: SqliteStore) -> None:
    first = settle(store, 1, an_enriched(1, ("c1", "c2")))
    second = settle(store, 2, an_enriched(2, ("c2",)))
    third = settle(store, 3, an_enriched(3, ()))

    assert settle(store, 1, an_enriched(1, ("c1", "c2"))) == first
    assert settle(store, 2, an_enriched(2, ("c2",))) == second
    assert settle(store, 3, an_enriched(3, ())) == third


@pytest.mark.parametrize(
    "result",
    [an_enriched(size=1_001), EnrichedBytes("a1", 1, b"x", (("c1", b"y" * 101),), 0)],
    ids=["article", "claim"],
)
def test_a_result_that_its_topic_would_refuse_is_rejected_and_nothing_remembered(
    store: SqliteStore, result: EnrichedBytes
) -> None:
    outcome = settle(store, 1, result)

    assert isinstance(outcome, Reject)
    assert outcome.reason is RejectReason.RESULT_TOO_LARGE
    with store.transaction() as transaction:
        assert transaction.earlier_revision("a1", a_record(offset=9)) is None


def test_the_tense_of_a_record_is_carried_to_all_that_is_made_from_it(store: SqliteStore) -> None:
    header = ("claimwire-tense", b"archival")

    outcome = settle(store, 1, an_enriched(), headers=(("other", b"1"), header))

    assert isinstance(outcome, Emit)
    assert [out.headers for out in outcome.records] == [(header,), (header,)]


def test_answers_that_are_no_article_pass_through(store: SqliteStore) -> None:
    for answer in (Drop(DropReason.NOT_ENGLISH), Reject(RejectReason.NOT_JSON, "byte 0")):
        assert settle(store, 1, answer) == answer


def test_equal_ids_on_another_partition_are_another_log(store: SqliteStore) -> None:
    settle(store, 5, an_enriched(2, ("c1",)))

    outcome = settle(store, 1, an_enriched(1, ("c1",)), partition=9)

    assert isinstance(outcome, Emit)
