"""How a worker starts when the world is not as it must be, and stops when the world does not answer."""

import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from kafka.admin import KafkaAdminClient, NewPartitions

from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import judge
from tests.support.stack import Stack, Worker, make_topics, poll_until
from workers.broker.local import LocalKafka
from workers.broker.ports import free_ports
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


def last_words(worker: Worker) -> str:
    """Return the one line for the operator that a refused start ends with."""
    assert worker.wait(400) == 1, worker.tail()
    assert "Traceback" not in worker.tail()
    return worker.tail().splitlines()[-1]


def assert_a_new_worker_takes_over(stack: Stack, gone: Worker, raw: Sequence[Raw]) -> None:
    """Start another worker in place of ``gone`` and look for anything lost or changed."""
    stack.workers.remove(gone)
    stack.start_worker()
    stack.wait_for(len(raw), [str(Topic.ARTICLE_ENRICHED)], seconds=300)
    verdict = judge(expected_outputs(raw), stack.wait_until_quiet(), str(Topic.ALERT))
    assert verdict.ok, verdict


def test_an_unknown_setting_stops_the_start(stack: Stack) -> None:
    assert last_words(stack.start_worker(batch_recrods="3")).startswith(
        "claimwire: CLAIMWIRE_BATCH_RECRODS: no such setting"
    )


def test_a_missing_model_stops_the_start(stack: Stack) -> None:
    worker = stack.start_worker(model="/nowhere/to/be/found", start_timeout="60")

    assert "/nowhere/to/be/found" in last_words(worker)


def test_a_broker_that_is_away_is_waited_for_and_then_named(stack: Stack) -> None:
    (port,) = free_ports(1)
    worker = stack.start_worker(broker=f"127.0.0.1:{port}", start_timeout="6")

    words = last_words(worker)

    assert worker.tail().count("waiting for Kafka") >= 2
    assert f"no Kafka broker answers at 127.0.0.1:{port} within 6 s" in words


def test_missing_topics_are_named(stack: Stack) -> None:
    admin = KafkaAdminClient(bootstrap_servers=stack.bootstrap)
    admin.delete_topics([str(Topic.ALERT)])
    poll_until(lambda: str(Topic.ALERT) not in admin.list_topics(), 30, "the topic is gone")
    admin.close()

    assert f"missing topics: {Topic.ALERT}" in last_words(stack.start_worker())


def test_a_topic_whose_partitions_changed_stops_the_start_with_one_line(stack: Stack) -> None:
    worker = stack.start_worker()
    worker.wait_until_ready(300)
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0
    admin = KafkaAdminClient(bootstrap_servers=stack.bootstrap)
    admin.create_partitions({str(Topic.ARTICLE_RAW): NewPartitions(8)})
    admin.close()

    words = last_words(stack.start_worker())

    assert f"{Topic.ARTICLE_RAW} has 8 partitions, and had 4 when its state was written" in words


def test_a_worker_told_to_stop_while_the_broker_is_silent_leaves_in_time_and_loses_nothing(
    stack: Stack, kafka: LocalKafka
) -> None:
    raw = list(raw_articles(20, seed=71))
    first = stack.start_worker(stop_timeout="5")
    stack.publish(raw)
    stack.wait_for(3, [str(Topic.ARTICLE_ENRICHED)], seconds=300)

    kafka.pause()
    first.signal(signal.SIGTERM)
    try:
        code = first.wait(20)
    finally:
        kafka.resume()

    assert code == 0
    assert "handing back what is in flight after 5 s" in first.tail()
    assert_a_new_worker_takes_over(stack, first, raw)


def test_a_worker_told_to_stop_while_its_language_processes_hang_hands_their_articles_back(
    stack: Stack,
) -> None:
    raw = list(raw_articles(20, seed=72))
    first = stack.start_worker(stop_timeout="5")
    stack.publish(raw)
    stack.wait_for(3, [str(Topic.ARTICLE_ENRICHED)], seconds=300)

    for child in psutil.Process(first.pid).children(recursive=True):
        child.suspend()
    first.signal(signal.SIGTERM)

    assert first.wait(20) == 0
    assert "handing back what is in flight after 5 s" in first.tail()
    assert_a_new_worker_takes_over(stack, first, raw)
