"""The list of ways in which Faust loses records (docs/decisions/0002), tried on the real Kafka."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import Expected, judge
from tests.support.stack import Stack, make_topics, poll_until
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(300)]

ARTICLES = 40
RAW: list[Raw] = list(raw_articles(ARTICLES, seed=7))


@pytest.fixture(scope="module")
def expected() -> Expected:
    """The records that must come out, computed without Kafka."""
    outputs = expected_outputs(RAW)
    assert len(outputs) == ARTICLES
    return outputs


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


def some_are_out(stack: Stack) -> None:
    """Return when work is under way: some articles are out, not all."""
    stack.wait_for(3, [str(Topic.ARTICLE_ENRICHED)])


def assert_nothing_lost_nothing_doubled(stack: Stack, expected: Expected) -> None:
    stack.wait_for(ARTICLES, [str(Topic.ARTICLE_ENRICHED), Topic.ARTICLE_RAW.dlq])
    verdict = judge(expected, stack.wait_until_quiet(), str(Topic.ALERT))
    assert verdict.ok, verdict


def test_every_article_comes_out_once_without_faults(stack: Stack, expected: Expected) -> None:
    stack.start_worker().wait_until_ready()
    stack.publish(RAW)

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_worker_told_to_stop_under_load_finishes_and_the_next_goes_on(
    stack: Stack, expected: Expected
) -> None:
    first = stack.start_worker()
    stack.publish(RAW)
    some_are_out(stack)

    first.signal(signal.SIGTERM)
    assert first.wait() == 0
    stack.start_worker()

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_killed_worker_loses_nothing(stack: Stack, expected: Expected) -> None:
    first = stack.start_worker()
    stack.publish(RAW)
    some_are_out(stack)

    first.signal(signal.SIGKILL)
    first.wait()
    stack.start_worker()

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_killed_language_process_loses_nothing_and_is_replaced(stack: Stack, expected: Expected) -> None:
    worker = stack.start_worker()
    stack.publish(RAW)
    some_are_out(stack)

    for child in psutil.Process(worker.pid).children():
        os.kill(child.pid, signal.SIGKILL)

    assert_nothing_lost_nothing_doubled(stack, expected)
    assert worker.process.poll() is None
    assert psutil.Process(worker.pid).children()


def test_a_second_worker_may_come_and_be_killed(stack: Stack, expected: Expected) -> None:
    stack.start_worker()
    stack.publish(RAW[:20])
    some_are_out(stack)

    second = stack.start_worker()
    second.wait_until_ready()
    stack.publish(RAW[20:])
    second.signal(signal.SIGKILL)
    second.wait()

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_broker_that_is_stopped_and_started_loses_nothing(
    stack: Stack, kafka: LocalKafka, expected: Expected
) -> None:
    worker = stack.start_worker()
    stack.publish(RAW)
    some_are_out(stack)

    kafka.stop()
    kafka.start()
    poll_until(lambda: worker.process.poll() is not None or worker.is_ready(), 60, "the worker's reaction")
    if (
        worker.process.poll() is not None
    ):  # it may leave rather than guess; then whoever runs it starts it again
        stack.workers.remove(worker)
        stack.start_worker()

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_no_language_process_outlives_a_killed_worker(stack: Stack) -> None:
    worker = stack.start_worker()
    worker.wait_until_ready()
    children = psutil.Process(worker.pid).children(recursive=True)
    assert children

    worker.signal(signal.SIGKILL)
    worker.wait()

    gone, alive = psutil.wait_procs(children, timeout=10)
    assert len(gone) == len(children)
    assert alive == []
