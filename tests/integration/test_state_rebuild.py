"""``claimwire state rebuild`` with the real Kafka: the rebuilt database is the one that the workers wrote."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.articles import raw_articles
from tests.support.databases import contents
from tests.support.stack import OUTPUTS, Stack, make_topics
from workers.alerting.groups import from_json
from workers.broker.local import LocalKafka
from workers.state.opening import open_store

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

ARTICLES = 8
# What depends on how time passed between the records: clocks, and which record or tick told of an end.
PASSING = {"alert-clock", "alert-group", "raise-alerts"}
Contents = dict[str, list[tuple[object, ...]]]


def state(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run ``claimwire state`` with the settings of the stack's workers."""
    kafka = (folder / "bootstrap").read_text()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMWIRE_")}
    return subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "state", *arguments],
        env={**environment, "CLAIMWIRE_BROKER": kafka, "CLAIMWIRE_PROCESSES": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


def held(url: str) -> Contents:
    store = open_store(url)
    try:
        with store.transaction() as transaction:
            found = contents(transaction)
    finally:
        store.close()
    return {table: [row for row in rows if row[0] not in PASSING] for table, rows in found.items()}


def groups(path: Path) -> dict[str, int]:
    """Return how many alerts each group has told."""
    store = open_store(f"sqlite:///{path}")
    try:
        with store.transaction() as transaction:
            rows = contents(transaction)["document"]
    finally:
        store.close()
    return {str(key): from_json(str(body)).sequence for kind, key, body in rows if kind == "alert-group"}


@pytest.fixture(scope="module")
def ran(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a worker that has read articles, a correction and a withdrawal, and was told to stop."""
    folder = tmp_path_factory.mktemp("rebuild")
    (folder / "bootstrap").write_text(kafka.bootstrap)
    make_topics(kafka.bootstrap, partitions=1)
    stack = Stack(kafka.bootstrap, folder)
    try:
        worker = stack.start_worker()
        (key, first), (withdrawn, _), *_ = records = list(raw_articles(ARTICLES, seed=5))
        corrected = json.loads(first) | {"revision": 2, "status": "corrected"}
        corrected["body"] = corrected["body"].partition(". ")[0] + "."
        gone = {"article_id": withdrawn.decode(), "revision": 2, "status": "withdrawn"}
        stack.publish(
            [*records, (key, json.dumps(corrected).encode()), (withdrawn, json.dumps(gone).encode())]
        )
        stack.wait_until_quiet(240.0)
        worker.signal(signal.SIGTERM)
        assert worker.wait(120) == 0
    finally:
        stack.close()
    return folder


def test_the_rebuilt_database_holds_what_the_worker_wrote_and_nothing_is_published(
    ran: Path, kafka: LocalKafka
) -> None:
    before = len(Stack(kafka.bootstrap, ran).read(OUTPUTS))

    answer = state(ran, "rebuild", "--state", f"sqlite:///{ran / 'again.sqlite3'}")

    assert answer.returncode == 0, answer.stderr
    original = held(f"sqlite:///{ran / 'state.sqlite3'}")
    rebuilt = held(f"sqlite:///{ran / 'again.sqlite3'}")
    assert len(original["revision"]) >= ARTICLES
    assert len(original["outbox"]) > ARTICLES
    assert len(original["document"]) > ARTICLES
    for table, rows in original.items():
        assert rebuilt[table] == rows, table
    assert groups(ran / "state.sqlite3").keys() == groups(ran / "again.sqlite3").keys() != set()
    for key, sequence in groups(ran / "again.sqlite3").items():
        assert sequence >= groups(ran / "state.sqlite3")[key], "its next alert would look like an old one"
    assert len(Stack(kafka.bootstrap, ran).read(OUTPUTS)) == before


def test_a_database_that_holds_something_is_not_rebuilt_over(ran: Path) -> None:
    answer = state(ran, "rebuild", "--state", f"sqlite:///{ran / 'state.sqlite3'}")

    assert answer.returncode == 1
    assert "is not empty; name a new database with --state" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_show_lists_what_is_held(ran: Path) -> None:
    answer = state(ran, "show", "--state", f"sqlite:///{ran / 'state.sqlite3'}")

    assert answer.returncode == 0, answer.stderr
    assert "revision" in answer.stdout
    assert "outbox raise-alerts" in answer.stdout
