"""The fault suite's look into the state database finds what it must find."""

from pathlib import Path

import pytest

from tests.builders import a_record
from tests.faults.nemesis_ledger import Observed, StateProblems, ledger, state_problems
from tests.support.oracle import Expected, Seen
from workers.domain.outcome import Outgoing
from workers.state.sqlite import SqliteStore
from workers.state.store import Revision
from workers.topology import StageName, Topic

RAW, CLAIM, ALERT = str(Topic.ARTICLE_RAW), str(Topic.CLAIM), str(Topic.ALERT)
RELATION = str(Topic.CLAIM_RELATION)
EXPECTED: Expected = {b"a1": {(str(Topic.ARTICLE_ENRICHED), b"a1"): b"{}", (CLAIM, b"c1"): b"{}"}}
ALERT_VALUE = b'{"alert_type":"initial"}'
HEADERS = (("ce_id", b"k.1"),)


def everything() -> Observed:
    keys_at: dict[tuple[str, int, int], bytes | None] = {(RAW, 0, 5): b"a1", (CLAIM, 1, 7): b"c1"}
    alert = Seen(ALERT, b"k", ALERT_VALUE, 1, HEADERS)
    return Observed([alert], [alert], keys_at)


def a_database(
    folder: Path,
    claim_ids: tuple[str, ...] = ("c1",),
    alerts: tuple[bytes, ...] = (ALERT_VALUE,),
    twice: bool = False,
) -> str:
    store = SqliteStore(folder / "state.sqlite3")
    outgoing = tuple(Outgoing(ALERT, b"k", value, HEADERS) for value in alerts)
    with store.transaction() as transaction:
        transaction.remember_revision(Revision("a1", RAW, 0, 5, 1, claim_ids, 1))
        for offset in (7, 8) if twice else (7,):
            record = a_record(topic=CLAIM, partition=1, offset=offset, key=b"c1")
            transaction.settle(StageName.ALERT, record, outgoing)
    store.close()
    return f"sqlite:///{folder / 'state.sqlite3'}"


def test_a_database_that_agrees_with_the_topics_has_no_problem(tmp_path: Path) -> None:
    assert state_problems(a_database(tmp_path), EXPECTED, everything()) == StateProblems()


def test_a_revision_with_other_claims_differs(tmp_path: Path) -> None:
    found = state_problems(a_database(tmp_path, claim_ids=("c2",)), EXPECTED, everything())

    assert found.differing == [f"revision {(RAW, 0, 5)}"]


def test_an_article_without_its_revision_differs(tmp_path: Path) -> None:
    observed = everything()
    observed.keys_at[(RAW, 3, 9)] = b"a1"

    found = state_problems(a_database(tmp_path), EXPECTED, observed)

    assert found.differing == [f"revision row {(RAW, 3, 9)}"]


def test_a_claim_that_nobody_decided_on_is_lost(tmp_path: Path) -> None:
    observed = everything()
    observed.keys_at[(CLAIM, 2, 2)] = b"c9"

    found = state_problems(a_database(tmp_path), EXPECTED, observed)

    assert found.lost == [f"raise-alerts never decided on {(CLAIM, 2, 2)}"]


def test_an_alert_that_was_decided_and_not_published_is_lost(tmp_path: Path) -> None:
    observed = everything()
    observed.answers.clear()

    assert state_problems(a_database(tmp_path), EXPECTED, observed).lost == [f"{ALERT} b'k'"]


def test_an_alert_that_nobody_decided_on_differs(tmp_path: Path) -> None:
    found = state_problems(a_database(tmp_path, alerts=()), EXPECTED, everything())

    assert found.differing == [f"{ALERT} b'k' is in no outbox"]


def test_a_relation_that_nobody_decided_on_differs(tmp_path: Path) -> None:
    observed = everything()
    observed.answers.append(Seen(RELATION, b"r", b"{}", 1, ()))

    found = state_problems(a_database(tmp_path), EXPECTED, observed)

    assert found.differing == [f"{RELATION} b'r' is in no outbox"]


def test_a_claim_that_the_relate_stage_never_decided_on_is_lost(tmp_path: Path) -> None:
    observed = everything()
    observed.keys_at[(str(Topic.CLAIM_BY_SUBJECT), 0, 3)] = b"Q1"

    found = state_problems(a_database(tmp_path), EXPECTED, observed)

    assert found.lost == [f"relate-claims never decided on {(str(Topic.CLAIM_BY_SUBJECT), 0, 3)}"]


def test_an_alert_that_time_alone_brought_about_needs_no_outbox(tmp_path: Path) -> None:
    ended = Seen(ALERT, b"k", b'{"alert_type":"update"}', 1, (("ce_id", b"k.2"),))
    observed = everything()
    observed.answers.append(ended)

    assert state_problems(a_database(tmp_path), EXPECTED, observed) == StateProblems()


def test_a_claim_that_alerted_twice_is_an_alert_doubled(tmp_path: Path) -> None:
    observed = everything()
    observed.keys_at[(CLAIM, 1, 8)] = b"c1"

    found = state_problems(a_database(tmp_path, twice=True), EXPECTED, observed)

    assert found.alerts_doubled == [f"{CLAIM} b'c1'"]


def test_a_ledger_is_the_same_again_and_differs_by_its_seed() -> None:
    assert ledger(20, 1) == ledger(20, 1)
    assert not {key for key, _ in ledger(20, 1)} & {key for key, _ in ledger(20, 2)}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_ledger_has_good_and_bad_records(seed: int) -> None:
    good = [value for _, value in ledger(100, seed) if value is not None and b'"language": "en"' in value]

    assert 60 < len(good) < 100
