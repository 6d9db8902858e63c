"""Two workers on the real Kafka share a state database, a real PostgreSQL, that goes away and comes back."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import judge
from tests.support.polling import poll_until
from tests.support.postgres import LocalPostgres
from tests.support.stack import Stack, Worker, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

RAW: list[Raw] = list(raw_articles(20, seed=11))
AWAY_S = 60.0
OUT = [str(Topic.ARTICLE_ENRICHED), Topic.ARTICLE_RAW.dlq]


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


def status(worker: Worker, page: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/health/{page}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code


def waits(worker: Worker) -> bool:
    return worker.metric("claimwire_state_waiting") == 1


def test_an_outage_of_the_database_holds_the_stream_up_and_loses_nothing(
    stack: Stack, postgres: LocalPostgres
) -> None:
    url = postgres.new_database()
    workers = [stack.start_worker(state_url=url), stack.start_worker(state_url=url)]
    for worker in workers:
        worker.wait_until_ready()
    stack.publish(RAW[:10])
    stack.wait_for(10, OUT, 240.0)

    postgres.stop()
    try:
        stack.publish(RAW[10:])
        poll_until(lambda: all(waits(worker) for worker in workers), 60, "both workers waiting")
        for worker in workers:
            assert (status(worker, "live"), status(worker, "ready")) == (200, 503)
        time.sleep(AWAY_S)
        assert all(waits(worker) for worker in workers)
        assert len({record.key for record in stack.read(OUT)}) == 10
    finally:
        postgres.start()

    stack.wait_for(len(RAW), OUT, 240.0)
    verdict = judge(expected_outputs(RAW), stack.wait_until_quiet(240.0), str(Topic.ALERT))
    assert verdict.ok, verdict
    for worker in workers:
        assert not waits(worker)
        assert "waiting for the state database, acknowledging nothing" in worker.log.read_text()
        assert "Traceback" not in worker.log.read_text()
