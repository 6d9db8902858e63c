from dataclasses import replace

import pytest

from tests.builders import a_record
from tests.support.databases import Database
from workers.domain.outcome import Outgoing
from workers.state.sql import SqlStore
from workers.state.store import ForeignStateError, Revision, StateError, Transaction

ALERT = Outgoing("news.alert.v1", b"key", b"\x00value \xff", (("ce_id", b"1"),))


def a_revision(offset: int, revision: int = 1, claim_ids: tuple[str, ...] = ("c1",)) -> Revision:
    return Revision("a1", "news.article-raw.v1", 0, offset, revision, claim_ids, 1_000)


def test_a_record_settled_before_gives_back_exactly_what_it_made(store: SqlStore) -> None:
    record = a_record(offset=7)
    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", record) is None
        transaction.settle("raise-alerts", record, [ALERT])

    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", record) == (ALERT,)


def test_a_record_that_made_nothing_is_remembered_too(store: SqlStore) -> None:
    record = a_record(offset=7)
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", record, [])
        assert transaction.repeated("raise-alerts", record) == ()


def test_another_record_at_the_same_place_means_another_log(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7, value=b"one"), [])

    with store.transaction() as transaction, pytest.raises(ForeignStateError, match="another cluster"):
        transaction.repeated("raise-alerts", a_record(offset=7, value=b"two"))


def test_stages_do_not_see_each_other(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7), [ALERT])
        assert transaction.repeated("relate-claims", a_record(offset=7)) is None


def test_what_fails_midway_leaves_nothing(store: SqlStore) -> None:
    with pytest.raises(RuntimeError), store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=7), [ALERT])
        raise RuntimeError("killed here")

    with store.transaction() as transaction:
        assert transaction.repeated("raise-alerts", a_record(offset=7)) is None


def test_the_earlier_revision_is_the_one_before_in_the_log_even_after_later_ones(store: SqlStore) -> None:
    with store.transaction() as transaction:
        for offset in (3, 5, 9):
            transaction.remember_revision(a_revision(offset, revision=offset))

        found = transaction.earlier_revision(
            "a1", a_record(topic="news.article-raw.v1", partition=0, offset=9)
        )

        assert found == a_revision(5, revision=5)
        assert transaction.earlier_revision("a1", a_record(partition=0, offset=3)) is None


def test_a_revision_knows_the_routes_of_its_claims(store: SqlStore) -> None:
    sent = replace(a_revision(3, claim_ids=("c1", "c2")), routes=(("term:a", "Q1"), ()))
    with store.transaction() as transaction:
        transaction.remember_revision(sent)

        assert transaction.earlier_revision("a1", a_record(partition=0, offset=4)) == sent


def test_documents_are_found_by_key_and_by_link(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "[]"}, {"k1": ["c1", "c2"], "k2": ["c2"]})

    with store.transaction() as transaction:
        assert transaction.documents("alert-group", ["k1", "none"]) == {"k1": "{}"}
        assert transaction.linked("alert-group", "c2") == {"k1": "{}", "k2": "[]"}
        assert transaction.linked("alert-group", "c9") == {}


def test_a_dropped_document_is_found_by_nothing(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "[]"}, {"k1": ["c1"], "k2": ["c1"]})
        transaction.schedule("alert-group", {"k1": 1})

        transaction.drop_documents("alert-group", ["k1", "none"])

        assert transaction.documents("alert-group", ["k1"]) == {}
        assert transaction.linked("alert-group", "c1") == {"k2": "[]"}
        assert transaction.due("alert-group", 9, 10) == {}


def test_documents_are_due_in_their_order_and_no_earlier(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", dict.fromkeys(["a", "b", "c", "d"], "{}"), {})
        transaction.schedule("alert-group", {"a": 30, "b": 10, "c": 20, "d": 10})
        transaction.schedule("alert-group", {"d": None})
        transaction.schedule("another-kind", {"a": 1})

        assert list(transaction.due("alert-group", 20, 10)) == ["b", "c"]
        assert list(transaction.due("alert-group", 30, 2)) == ["b", "c"]
        assert transaction.due("alert-group", 9, 10) == {}


def test_what_was_queued_waits_until_it_is_let_go(store: SqlStore) -> None:
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


def test_two_workers_share_one_database(database: Database) -> None:
    one, two = database.open(), database.open()
    with one.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=1), [ALERT])

    with two.transaction() as transaction:
        assert transaction.repeated("raise-alerts", a_record(offset=1)) == (ALERT,)


def test_a_document_is_found_by_its_latest_links_only(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "1"}, {"k1": ["c1", "c2"]})
        transaction.put_documents("alert-group", {"k1": "2"}, {"k1": ["c2", "c3", "c3"]})

        assert transaction.linked("alert-group", "c1") == {}
        assert transaction.linked("alert-group", "c2") == {"k1": "2"}
        assert transaction.linked("alert-group", "c3") == {"k1": "2"}

        transaction.put_documents("alert-group", {"k1": "3"}, {})

        assert transaction.linked("alert-group", "c3") == {"k1": "3"}


def test_kinds_do_not_see_each_other(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("one", {"k": "1"}, {"k": ["l"]})

        assert transaction.documents("another", ["k"]) == {}
        assert transaction.linked("another", "l") == {}
        transaction.drop_documents("another", ["k"])
        assert transaction.documents("one", ["k"]) == {"k": "1"}


def test_many_documents_are_found_in_the_order_of_their_keys(store: SqlStore) -> None:
    keys = [f"k{number * 7919 % 1201}" for number in range(1201)]
    with store.transaction() as transaction:
        transaction.put_documents("band", {key: f"[{key[1:]}]" for key in keys}, {})

        found = transaction.documents("band", [*keys, "none"])

        assert list(found) == keys
        assert all(body == f"[{key[1:]}]" for key, body in found.items())


@pytest.mark.parametrize(
    "name", ["", "Zürich – “Ω”", "a\0b", "\0", "'; DROP TABLE document; --", "%s ? \\0", "é" * 3000, "𝕏\x1f"]
)
def test_any_text_is_a_key_and_a_link(store: SqlStore, name: str) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("kind", {name: '{"text":"Ω"}', "other": "{}"}, {"other": [name]})
        transaction.remember_revision(replace(a_revision(3), article_id=name))

        assert transaction.documents("kind", [name]) == {name: '{"text":"Ω"}'}
        assert transaction.linked("kind", name) == {"other": "{}"}
        found = transaction.earlier_revision(name, a_record(partition=0, offset=4))
        assert found == replace(a_revision(3), article_id=name)
        transaction.drop_documents("kind", [name])
        assert transaction.documents("kind", [name, "other"]) == {"other": "{}"}


def test_a_revision_remembered_again_is_replaced(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.remember_revision(a_revision(3, claim_ids=("c1",)))
        transaction.remember_revision(a_revision(3, revision=2, claim_ids=("c2",)))

        found = transaction.earlier_revision("a1", a_record(partition=0, offset=4))
        assert found == a_revision(3, revision=2, claim_ids=("c2",))


def test_a_record_cannot_be_settled_twice(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=1), [])

    with pytest.raises(StateError), store.transaction() as transaction:
        transaction.settle("raise-alerts", a_record(offset=1), [ALERT])


def test_large_numbers_and_values_are_kept(store: SqlStore) -> None:
    large = a_record(offset=2**40, value=bytes(range(256)) * 8192)
    made = replace(ALERT, value=large.value, headers=(("h", b"\x00\xff"), ("h", b"")))
    with store.transaction() as transaction:
        transaction.settle("raise-alerts", large, [made, replace(ALERT, key=None, value=None)])

    with store.transaction() as transaction:
        found = transaction.repeated("raise-alerts", large)
    assert found == (made, replace(ALERT, key=None, value=None))


def test_a_transaction_sees_what_it_wrote_and_others_only_after_it(database: Database) -> None:
    one, two = database.open(), database.open()
    with one.transaction() as transaction:
        transaction.put_documents("kind", {"k": "1"}, {})
        assert transaction.documents("kind", ["k"]) == {"k": "1"}

    with pytest.raises(RuntimeError), one.transaction() as transaction:
        transaction.drop_documents("kind", ["k"])
        raise RuntimeError("killed here")

    with two.transaction() as transaction:
        assert transaction.documents("kind", ["k"]) == {"k": "1"}


def test_work_is_done_in_one_transaction_and_its_answer_returned(store: SqlStore) -> None:
    def work(transaction: Transaction) -> str:
        transaction.put_documents("kind", {"k": "1"}, {})
        return "done"

    assert store.run(work) == "done"
    assert store.run(lambda transaction: transaction.documents("kind", ["k"])) == {"k": "1"}


def test_a_summary_counts_every_kind(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "[]"}, {"k1": ["c1"]})
        transaction.schedule("alert-group", {"k1": 5})
        transaction.settle("raise-alerts", a_record(), [ALERT])
        transaction.enqueue("raise-alerts", 7, [ALERT])
        transaction.remember_revision(a_revision(1))

    summary = store.summary()

    assert {each.name: each.rows for each in summary.held} == {
        "alert-group": 2,
        "link alert-group": 1,
        "due alert-group": 1,
        "outbox raise-alerts": 1,
        "waiting raise-alerts": 1,
        "revision": 1,
    }
    assert all(each.bytes > 0 for each in summary.held)
    assert summary.size > 0


def test_a_store_that_is_closed_twice_does_not_mind(database: Database) -> None:
    opened = database.open()
    opened.close()
    opened.close()
