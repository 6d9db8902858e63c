"""Errors that only a broker under our control gives on demand: librdkafka's mock cluster."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import Expected, judge
from tests.support.stack import PARTITIONS, Stack
from workers.agents.loop import EXIT_UNEXPECTED
from workers.broker.mock import CLIENT_OPTIONS, ApiKey, KafkaError
from workers.broker.mock_process import MockKafkaProcess
from workers.topology import Topic
from workers.wire.topics import load_topics

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(300)]

ARTICLES = 12
RAW: list[Raw] = list(raw_articles(ARTICLES, seed=11, paragraphs=2))


@pytest.fixture(scope="module")
def expected() -> Expected:
    outputs = expected_outputs(RAW)
    assert len(outputs) == ARTICLES
    return outputs


@pytest.fixture
def stack(mock_kafka: MockKafkaProcess, tmp_path: Path) -> Iterator[Stack]:
    for name in load_topics():
        mock_kafka.topic(name, PARTITIONS)
    built = Stack(mock_kafka.bootstrap, tmp_path, CLIENT_OPTIONS)
    yield built
    built.close()


def assert_nothing_lost_nothing_doubled(stack: Stack, expected: Expected) -> None:
    stack.wait_for(ARTICLES, [str(Topic.ARTICLE_ENRICHED), Topic.ARTICLE_RAW.dlq])
    verdict = judge(expected, stack.wait_until_quiet(), str(Topic.ALERT))
    assert verdict.ok, verdict


def test_a_refused_result_ends_the_worker_without_a_commit_and_the_next_one_does_it_all(
    stack: Stack, mock_kafka: MockKafkaProcess, expected: Expected
) -> None:
    stack.publish(RAW)
    mock_kafka.push_errors(ApiKey.PRODUCE, [KafkaError.MESSAGE_TOO_LARGE])
    refused = stack.start_worker()

    assert refused.wait(90) == EXIT_UNEXPECTED

    stack.workers.remove(refused)
    stack.start_worker()
    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_time_out_and_a_moved_leader_are_retried_without_a_loss(
    stack: Stack, mock_kafka: MockKafkaProcess, expected: Expected
) -> None:
    stack.publish(RAW)
    mock_kafka.push_errors(
        ApiKey.PRODUCE, [KafkaError.REQUEST_TIMED_OUT, KafkaError.NOT_LEADER_OR_FOLLOWER] * 3
    )
    worker = stack.start_worker()

    assert_nothing_lost_nothing_doubled(stack, expected)
    assert worker.process.poll() is None


def test_a_lost_generation_repeats_records_but_only_identically(
    stack: Stack, mock_kafka: MockKafkaProcess, expected: Expected
) -> None:
    worker = stack.start_worker()
    worker.wait_until_ready()
    mock_kafka.push_errors(ApiKey.OFFSET_COMMIT, [KafkaError.ILLEGAL_GENERATION] * 2)
    stack.publish(RAW)

    assert_nothing_lost_nothing_doubled(stack, expected)


def test_a_broker_that_is_away_for_seconds_loses_nothing(
    stack: Stack, mock_kafka: MockKafkaProcess, expected: Expected
) -> None:
    stack.start_worker().wait_until_ready()
    stack.publish(RAW)

    mock_kafka.down()
    time.sleep(4.0)  # the outage itself
    mock_kafka.up()

    assert_nothing_lost_nothing_doubled(stack, expected)
