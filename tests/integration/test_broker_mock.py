"""The mock cluster: it serves kafka-python, fails when told to, and ends with its owner."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from kafka import KafkaProducer
from kafka import errors as kafka_errors

from tests.support.reading import read_values
from workers.broker.errors import BrokerError
from workers.broker.mock import CLIENT_OPTIONS, ApiKey, KafkaError, MockKafka
from workers.broker.mock_process import MockKafkaProcess

Cluster = MockKafka | MockKafkaProcess


def a_producer(cluster: Cluster, **options: object) -> KafkaProducer:
    return KafkaProducer(bootstrap_servers=cluster.bootstrap, **CLIENT_OPTIONS, **options)


def publish(cluster: Cluster, topic: str, value: bytes, **options: object) -> None:
    producer = a_producer(cluster, **options)
    try:
        producer.send(topic, value).get(20)
    finally:
        producer.close()


def read_one(cluster: Cluster, topic: str) -> bytes:
    return read_values(cluster.bootstrap, topic, **CLIENT_OPTIONS)[0]


def test_a_cluster_in_this_process_gives_back_what_was_published() -> None:
    with MockKafka() as cluster:
        cluster.topic("words", partitions=1)
        publish(cluster, "words", b"one")

        assert read_one(cluster, "words") == b"one"


def test_a_topic_has_the_partitions_it_was_given(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words", partitions=7)
    producer = a_producer(mock_kafka)
    try:
        assert producer.partitions_for("words") == set(range(7))
    finally:
        producer.close()


def test_a_pushed_error_reaches_the_producer_once(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")
    mock_kafka.push_errors(ApiKey.PRODUCE, [KafkaError.MESSAGE_TOO_LARGE])

    with pytest.raises(kafka_errors.MessageSizeTooLargeError):
        publish(mock_kafka, "words", b"refused")
    publish(mock_kafka, "words", b"taken")

    assert read_one(mock_kafka, "words") == b"taken"


def test_errors_that_are_taken_back_reach_nobody(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")
    mock_kafka.push_errors(ApiKey.PRODUCE, [KafkaError.MESSAGE_TOO_LARGE] * 3)
    mock_kafka.clear_errors(ApiKey.PRODUCE)

    publish(mock_kafka, "words", b"taken")

    assert read_one(mock_kafka, "words") == b"taken"


def test_who_asks_for_a_topic_gets_its_error_until_it_is_lifted(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")

    mock_kafka.topic_error("words", KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(kafka_errors.TopicAuthorizationFailedError):
        publish(mock_kafka, "words", b"refused", max_block_ms=5000)
    mock_kafka.topic_error("words", KafkaError.NONE)
    publish(mock_kafka, "words", b"taken")

    assert read_one(mock_kafka, "words") == b"taken"


def test_records_are_there_after_the_broker_was_down(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")
    publish(mock_kafka, "words", b"before")

    mock_kafka.down()
    with pytest.raises(kafka_errors.KafkaError):
        publish(mock_kafka, "words", b"while down", max_block_ms=1000)
    mock_kafka.up()

    assert read_one(mock_kafka, "words") == b"before"


def test_requests_are_counted_since_the_last_look(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")
    mock_kafka.track_requests()
    publish(mock_kafka, "words", b"one")

    assert mock_kafka.requests()[ApiKey.PRODUCE] == 1
    assert ApiKey.PRODUCE not in mock_kafka.requests()


def test_answers_are_as_slow_as_told(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")
    producer = a_producer(mock_kafka)
    try:
        producer.send("words", b"warm").get(20)
        mock_kafka.rtt(400)
        began = time.monotonic()
        producer.send("words", b"slow").get(20)
        assert time.monotonic() - began >= 0.4
    finally:
        producer.close()


def test_what_the_cluster_refuses_is_one_line(mock_kafka: MockKafkaProcess) -> None:
    mock_kafka.topic("words")

    with pytest.raises(BrokerError, match=r"cannot make topic words: .*already exists"):
        mock_kafka.topic("words")


def test_the_child_dies_with_the_process_that_started_it() -> None:
    program = (
        "import sys\n"
        "from workers.broker.mock_process import MockKafkaProcess\n"
        "print(MockKafkaProcess().pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        child = psutil.Process(int(owner.stdout.readline()))
        assert child.is_running()

        os.kill(owner.pid, signal.SIGKILL)

        gone, _ = psutil.wait_procs([child], timeout=20)
        assert gone == [child]


def test_a_child_that_was_killed_is_one_line_and_not_a_hang(mock_kafka: MockKafkaProcess) -> None:
    os.kill(mock_kafka.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(mock_kafka.pid)], timeout=20)

    with pytest.raises(BrokerError, match="process has ended"):
        mock_kafka.topic("words")
