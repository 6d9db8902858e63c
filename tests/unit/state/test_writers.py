"""Several processes at one database, and processes that die in the midst of it."""

import multiprocessing
from collections import Counter

from tests.builders import a_record
from tests.support.databases import Database, contents
from tests.support.polling import poll_until
from tests.support.state_writers import GROUP, STAGE, die_in_a_transaction, said, settle, told, write
from workers.alerting.groups import from_json
from workers.relations.records import Kind

SPAWN = multiprocessing.get_context("spawn")
COUNT = 10


def written_by(database: Database, writers: int) -> dict[str, list[tuple[object, ...]]]:
    """Let so many processes share the work, and return what the database then holds."""
    start = SPAWN.Barrier(writers)
    processes = [
        SPAWN.Process(
            target=write, args=(database.url, number, list(range(number, COUNT, writers)), start), daemon=True
        )
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    with database.open().transaction() as transaction:
        return contents(transaction)


def test_two_processes_that_settle_one_group_at_once_give_what_one_would(database: Database) -> None:
    held = written_by(database, 2)

    (group,) = [
        from_json(str(body))
        for kind, _, body in held["document"]
        if kind == GROUP and '"spent":null' in str(body)
    ]
    assert [sighting.id for sighting in group.sightings] == [said(number).claim_id for number in range(COUNT)]
    assert group.sequence == COUNT

    with database.open().transaction() as transaction:
        told_in = Counter(
            alert.key
            for number in range(COUNT)
            for alert in transaction.repeated(
                STAGE,
                a_record(topic="news.claim.v1", partition=number % 2, offset=number, value=b"%d" % number),
            )
            or ()
        )
    assert told_in == Counter(b"%d" % sequence for sequence in range(COUNT))

    related = {str(key) for kind, key, _ in held["document"] if kind == Kind.RELATION}
    known = {str(body) for kind, _, body in held["document"] if kind == Kind.CLAIM}
    assert len(related) >= COUNT
    assert all(any(told(number).claim_id in body for body in known) for number in range(COUNT))
    alone = relations_of_one_process()
    assert related == alone


def relations_of_one_process() -> set[str]:
    from tests.builders import NOON
    from workers.relations.engine import Policy, keep, relate
    from workers.relations.known import routes
    from workers.relations.records import MemoryReader

    memory = MemoryReader()
    for number in range(COUNT):
        for route in routes(told(number)):
            keep(memory, relate(memory, Policy(), route, told(number), NOON))
    return {key for (kind, key), _ in memory.stored() if kind == Kind.RELATION}


def test_a_process_killed_in_a_transaction_leaves_nothing_and_holds_up_nobody(database: Database) -> None:
    with database.open().transaction() as transaction:
        before = contents(transaction)
    written = SPAWN.Event()
    process = SPAWN.Process(target=die_in_a_transaction, args=(database.url, written), daemon=True)
    process.start()
    process.join(120)
    assert written.is_set()
    assert process.exitcode == -9

    store = database.open()

    def nothing_is_there() -> bool:
        with store.transaction() as transaction:
            assert contents(transaction) == before
        return True

    poll_until(nothing_is_there, 30, "the database without the dead process")
    with store.transaction() as transaction:
        settle(transaction, 0, 0)
    with database.open().transaction() as transaction:
        record = a_record(topic="news.claim.v1", partition=0, offset=0, value=b"0")
        assert transaction.repeated(STAGE, record) is not None


def test_a_connection_that_is_cut_in_a_transaction_leaves_nothing(database: Database) -> None:
    """SQLite has no connection to cut: there the file is closed under the transaction."""
    import pytest

    from workers.state.store import StateError

    store = database.open()
    with pytest.raises(StateError), store.transaction() as transaction:
        settle(transaction, 0, 0)
        if database.is_postgres:
            with database.open().transaction() as other:
                other.sql.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE state = 'idle in transaction' AND pid <> pg_backend_pid()"
                )
        else:
            store.close()
        settle(transaction, 0, 1)

    with database.open().transaction() as transaction:
        assert not any(contents(transaction).values())
