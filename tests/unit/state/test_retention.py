"""What is forgotten and when; the database does not grow for ever."""

from datetime import timedelta

import pytest

from tests.builders import a_record
from tests.support.databases import Clock, Database, contents
from workers.domain.outcome import Outgoing
from workers.state.sql import SqlStore, SqlTransaction
from workers.state.store import Retention, Revision

DAY = 86_400
ALERT = Outgoing("news.alert.v1", b"key", b"x" * 200, ())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> SqlStore:
    return database.open(clock)


def a_revision(offset: int, seen_at: float) -> Revision:
    return Revision("a1", "news.article-raw.v1", 0, offset, 1, ("c1",), int(seen_at * 1000))


def test_revisions_are_known_for_their_time(store: SqlStore, clock: Clock) -> None:
    with store.transaction() as transaction:
        transaction.remember_revision(a_revision(1, clock.now - 11 * DAY))
        transaction.remember_revision(a_revision(2, clock.now - 9 * DAY))

        assert transaction.prune(Retention(revisions=timedelta(days=10)), 100) == 1
        assert transaction.earlier_revision("a1", a_record(partition=0, offset=2)) is None
        assert transaction.earlier_revision("a1", a_record(partition=0, offset=3)) is not None


def test_the_newest_records_of_every_partition_are_known_however_old(store: SqlStore, clock: Clock) -> None:
    with store.transaction() as transaction:
        for stage in ("raise-alerts", "relate-claims"):
            for partition, last in ((0, 20), (1, 3)):
                for offset in range(last):
                    transaction.settle(stage, a_record(partition=partition, offset=offset), [])
        clock.now += 1000 * DAY

        assert transaction.prune(Retention(outbox_offsets=5), 100) == 2 * 14
        for stage in ("raise-alerts", "relate-claims"):
            assert transaction.repeated(stage, a_record(partition=0, offset=13)) is None
            assert transaction.repeated(stage, a_record(partition=0, offset=14)) == ()
            assert transaction.repeated(stage, a_record(partition=1, offset=0)) == ()


def test_a_document_is_forgotten_with_its_links_when_it_was_not_written_for_long(
    store: SqlStore, clock: Clock
) -> None:
    kept = Retention(documents={"band": timedelta(days=10), "claim": timedelta(days=30)})
    with store.transaction() as transaction:
        transaction.put_documents("band", {"old": "1", "touched": "1"}, {"old": ["l"], "touched": ["l"]})
        transaction.put_documents("claim", {"c": "1"}, {})
        transaction.put_documents("setting", {"s": "1"}, {})
        transaction.schedule("band", {"old": 5})
    clock.now += 9 * DAY
    with store.transaction() as transaction:
        transaction.put_documents("band", {"touched": "2"}, {})
    clock.now += 2 * DAY

    with store.transaction() as transaction:
        assert transaction.prune(kept, 100) == 1
        assert transaction.linked("band", "l") == {"touched": "2"}
        assert contents(transaction)["due"] == []
    clock.now += 1000 * DAY
    with store.transaction() as transaction:
        assert transaction.prune(kept, 100) == 2
        assert contents(transaction)["document"] == [("setting", "s", "1")]
        assert contents(transaction)["link"] == []


def test_a_bucket_is_forgotten_when_it_was_not_written_for_long(store: SqlStore, clock: Clock) -> None:
    kept = Retention(buckets=timedelta(days=10))
    with store.transaction() as transaction:
        transaction.put_buckets({-5: b"old", 7: b"touched", 9: b"old"})
    clock.now += 9 * DAY
    with store.transaction() as transaction:
        transaction.put_buckets({7: b"touched again"})
    clock.now += 2 * DAY

    with store.transaction() as transaction:
        assert [transaction.prune(kept, 1) for _ in range(3)] == [1, 1, 0]
        assert transaction.buckets([-5, 7, 9]) == {7: b"touched again"}
        assert transaction.prune(Retention(), 100) == 0


def test_one_call_forgets_no_more_than_it_is_told(store: SqlStore, clock: Clock) -> None:
    kept = Retention(timedelta(days=1), {"kind": timedelta(days=1)}, outbox_offsets=2)
    with store.transaction() as transaction:
        transaction.put_documents("kind", {f"k{number}": "1" for number in range(9)}, {})
        for offset in range(9):
            transaction.settle("raise-alerts", a_record(offset=offset), [])
            transaction.remember_revision(a_revision(offset, clock.now))
    clock.now += 3 * DAY

    with store.transaction() as transaction:
        assert [transaction.prune(kept, 4) for _ in range(4)] == [12, 10, 2, 0]


def a_day(transaction: SqlTransaction, number: int, now: float) -> None:
    """Write what a day brings: new documents and links, revisions, settled records, withdrawn documents."""
    for each in range(40):
        key = f"{number}-{each}"
        transaction.put_documents("kind", {key: "x" * 500}, {key: [f"l{key}", "hot"]})
        transaction.remember_revision(a_revision(number * 40 + each, now))
        transaction.settle("raise-alerts", a_record(offset=number * 40 + each), [ALERT])
    transaction.drop_documents("kind", [f"{number}-{each}" for each in range(0, 40, 4)])


def test_the_size_stays_bounded_while_the_stream_goes_on(database: Database, clock: Clock) -> None:
    kept = Retention(timedelta(days=5), {"kind": timedelta(days=5)}, outbox_offsets=200)
    store = database.open(clock)
    sizes = []
    for number in range(60):
        with store.transaction() as transaction:
            a_day(transaction, number, clock.now)
            transaction.prune(kept, 500)
        clock.now += DAY
        if number in (19, 59):
            summary = store.summary()
            sizes.append((sum(each.rows for each in summary.held), summary.size))

    (rows_then, size_then), (rows_now, size_now) = sizes
    assert rows_now == rows_then
    assert size_now <= size_then * (3 if database.is_postgres else 1.1)
