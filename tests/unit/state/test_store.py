from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import a_record
from workers.domain.outcome import Outgoing
from workers.state.opening import open_store
from workers.state.sqlite import SqliteStore
from workers.state.store import ForeignStateError, Retention, Revision, StateError

ALERT = Outgoing("news.alert.v1", b"key", b"\x00value \xff", (("ce_id", b"1"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "state.sqlite3")
    yield opened
    opened.close()


def a_revision(offset: int, revision: int = 1, claim_ids: tuple[str, ...] = ("c1",)) -> Revision:
    return Revision("a1", "news.article-raw.v1", 0, offset, revision, claim_ids, 1_000)


def test_a_record_settled_before_gives_back_exactly_what_it_made(store: SqliteStore) -> None:
    record = a_record(offset=7)
    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", record) is None
        transaction.settle("raise-alerts", record, [ALERT])

    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", record) == (ALERT,)


def test_a_record_that_made_nothing_is_remembered_too(store: SqliteStore) -> None:
    record = a_record(offset=7)
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", record, [])
        assert transaction.repeated("raise-alerts", record) == ()


def test_another_record_at_the_same_place_means_another_log(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7, value=b"one"), [])

    with store.transaction() as transaction, pytest.raises(ForeignStateError, match="another cluster"):
        transaction.repeated("raise-alerts", a_record(offset=7, value=b"two"))


def test_stages_do_not_see_each_other(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7), [ALERT])
        assert transaction.repeated("relate-claims", a_record(offset=7)) is None


def test_what_fails_midway_leaves_nothing(store: SqliteStore) -> None:
    with pytest.raises(RuntimeError), store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7), [ALERT])
        raise RuntimeError("killed here")

    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", a_record(offset=7)) is None


def test_the_earlier_revision_is_the_one_before_in_the_log_even_after_later_ones(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        for offset in (3, 5, 9):
            transaction.remember_revision(a_revision(offset, revision=offset))

        found = transaction.earlier_revision(
            "a1", a_record(topic="news.article-raw.v1", partition=0, offset=9)
        )

        assert found == a_revision(5, revision=5)
        assert transaction.earlier_revision("a1", a_record(partition=0, offset=3)) is None


def test_a_revision_knows_the_routes_of_its_claims(store: SqliteStore) -> None:
    sent = replace(a_revision(3, claim_ids=("c1", "c2")), routes=(("term:a", "Q1"), ()))
    with store.transaction() as transaction:
        transaction.remember_revision(sent)

        assert transaction.earlier_revision("a1", a_record(partition=0, offset=4)) == sent


def test_documents_are_found_by_key_and_by_link(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "[]"}, {"k1": ["c1", "c2"], "k2": ["c2"]})

    with store.transaction() as transaction:
        assert transaction.documents("alert-group", ["k1", "none"]) == {"k1": "{}"}
        assert transaction.linked("alert-group", "c2") == {"k1": "{}", "k2": "[]"}
        assert transaction.linked("alert-group", "c9") == {}


def test_a_dropped_document_is_found_by_nothing(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "[]"}, {"k1": ["c1"], "k2": ["c1"]})
        transaction.schedule("alert-group", {"k1": 1})

        transaction.drop_documents("alert-group", ["k1", "none"])

        assert transaction.documents("alert-group", ["k1"]) == {}
        assert transaction.linked("alert-group", "c1") == {"k2": "[]"}
        assert transaction.due("alert-group", 9, 10) == {}


def test_documents_are_due_in_their_order_and_no_earlier(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", dict.fromkeys(["a", "b", "c", "d"], "{}"), {})
        transaction.schedule("alert-group", {"a": 30, "b": 10, "c": 20, "d": 10})
        transaction.schedule("alert-group", {"d": None})
        transaction.schedule("another-kind", {"a": 1})

        assert list(transaction.due("alert-group", 20, 10)) == ["b", "c"]
        assert list(transaction.due("alert-group", 30, 2)) == ["b", "c"]
        assert transaction.due("alert-group", 9, 10) == {}


def test_what_was_queued_waits_until_it_is_let_go(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        transaction.enqueue("raise-alerts", 7, [ALERT])
        transaction.enqueue("raise-alerts", 8, [ALERT, ALERT])
        transaction.enqueue("another-stage", 9, [ALERT])

    with store.transaction() as transaction:
        first, second = transaction.waiting("raise-alerts", 10)
        assert (first.timestamp_ms, first.outgoing) == (7, (ALERT,))
        assert transaction.waiting("raise-alerts", 1) == [first]
        transaction.let_go("raise-alerts", [first.number])
        assert transaction.waiting("raise-alerts", 10) == [second]


def test_two_workers_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "shared.sqlite3"
    one, two = SqliteStore(path), SqliteStore(path)
    with one.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=1), [ALERT])

    with two.transaction() as transaction:
        assert transaction.repeated("raise-alerts", a_record(offset=1)) == (ALERT,)
    one.close()
    two.close()


def test_pruning_keeps_the_newest_offsets_and_the_recent_revisions(store: SqliteStore) -> None:
    with store.transaction() as transaction:
        for offset in range(20):
            transaction.settle("raise-alerts", a_record(offset=offset), [])
        transaction.remember_revision(a_revision(1))

        removed = transaction.prune(Retention(outbox_offsets=5), limit=100)

        assert removed == 14 + 1  # offsets 0..13 stand more than five behind 19
        assert transaction.repeated("raise-alerts", a_record(offset=14)) == ()


@pytest.mark.parametrize("url", ["postgres://x", "sqlite:/x", "sqlite:///", ""])
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(StateError, match="expected sqlite:///PATH"):
        open_store(url)


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("this is no database " * 100)

    with pytest.raises(StateError, match="cannot open"):
        SqliteStore(path)


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "newer.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(StateError, match="schema version 99"):
        SqliteStore(path)
