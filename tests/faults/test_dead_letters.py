"""Dead letters on the real Kafka: poison costs only itself, a bad deploy drains nothing, a replay heals."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from tests.faults.arena import POISONED
from tests.faults.nemesis_ledger import expected_of_poison, poison
from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import judge
from tests.support.stack import PARTITIONS, Stack, make_topics
from workers.agents.loop import EXIT_BUDGET_SPENT
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

RAW, DLQ = str(Topic.ARTICLE_RAW), Topic.ARTICLE_RAW.dlq
GOOD: list[Raw] = list(raw_articles(12, seed=31, paragraphs=1))
NOT_JSON: list[Raw] = [(b"bad-%d" % number, b"{") for number in range(40)]


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    path = os.pathsep.join(filter(None, [str(POISONED), os.environ.get("PYTHONPATH")]))
    built = Stack(kafka.bootstrap, tmp_path, environment={"PYTHONPATH": path})
    yield built
    built.close()


def committed(stack: Stack) -> int:
    consumer = KafkaConsumer(bootstrap_servers=stack.bootstrap, group_id=f"test-{stack.folder.name}")
    try:
        return sum(consumer.committed(TopicPartition(RAW, number)) or 0 for number in range(PARTITIONS))
    finally:
        consumer.close()


def dead_letters(stack: Stack) -> dict[bytes | None, dict[str, bytes]]:
    return {letter.key: dict(letter.headers) for letter in stack.read([DLQ])}


def claimwire(stack: Stack, *arguments: str) -> str:
    environment = {**os.environ, "CLAIMWIRE_BROKER": stack.bootstrap}
    command = [sys.executable, "-m", "workers.cli.main", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_records_that_crash_or_hang_the_model_cost_only_themselves(stack: Stack) -> None:
    bad = poison(seed=31, crashing=1, hanging=1)
    mixed = [*GOOD[:4], bad[0], *GOOD[4:6], bad[1], *GOOD[6:]]
    expected = expected_outputs(GOOD) | expected_of_poison(bad)
    worker = stack.start_worker(document_timeout="5")
    stack.publish(mixed)

    stack.wait_for(len(mixed), [str(Topic.ARTICLE_ENRICHED), DLQ], seconds=480)  # four processes are lost

    verdict = judge(expected, stack.wait_until_quiet(), str(Topic.ALERT))
    assert verdict.ok, verdict
    letters = dead_letters(stack)
    assert [letters[key]["dlq-reason"] for key, _ in bad] == [b"process-crashed", b"processing-timeout"]
    assert {letters[key]["dlq-attempts"] for key, _ in bad} == {b"2"}
    assert worker.process.poll() is None


def test_a_worker_whose_model_fails_over_and_over_stops_before_it_drains_the_topic(stack: Stack) -> None:
    worker = stack.start_worker(failures_before_stop="2", batch_records="1", batches_in_flight="1")
    stack.publish(poison(seed=32, crashing=6, hanging=0))

    assert worker.wait(400) == EXIT_BUDGET_SPENT

    assert worker.tail().count("stopping rather than draining the topic into dead letters") == 1
    assert "Traceback" not in worker.tail()
    assert len(dead_letters(stack)) == 1  # the one that the budget bore
    assert committed(stack) <= 1


def test_a_stream_that_turns_bad_stops_the_worker_and_nothing_beyond_is_acknowledged(stack: Stack) -> None:
    worker = stack.start_worker(dead_letter_window="20", dead_letter_ratio="0.5", batch_records="4")
    stack.publish(GOOD)
    stack.wait_for(len(GOOD), [str(Topic.ARTICLE_ENRICHED)])
    stack.publish(NOT_JSON)

    assert worker.wait(400) == EXIT_BUDGET_SPENT

    died = len(dead_letters(stack))
    assert died <= 10  # half of the window
    assert committed(stack) <= len(GOOD) + died
    assert "of the last 20 records are dead letters (not-json)" in worker.tail()


def test_a_replayed_record_that_succeeds_leaves_no_trace_but_its_result(stack: Stack) -> None:
    long = list(raw_articles(2, seed=33, paragraphs=16))
    small = stack.start_worker(body_limit_bytes="1024")
    stack.publish(long)
    stack.wait_for(len(long), [DLQ], seconds=300)
    small.signal(signal.SIGTERM)
    assert small.wait() == 0
    stack.workers.remove(small)
    stack.start_worker().wait_until_ready(300)

    planned = claimwire(stack, "dlq", "replay", "--reason", "too-large", "--dry-run")
    assert "2 would be replayed" in planned
    assert "2 replayed" in claimwire(stack, "dlq", "replay", "--reason", "too-large", "--rate", "20")

    stack.wait_for(len(long), [str(Topic.ARTICLE_ENRICHED)], seconds=300)
    seen = stack.wait_until_quiet()
    letters = [record for record in seen if record.topic == DLQ]
    results = [record for record in seen if record.topic not in (DLQ, str(Topic.ALERT))]
    expected = expected_outputs(long)
    assert len(letters) == len(long)  # those it died as; none is new
    assert judge(expected, results, str(Topic.ALERT)).ok
    assert not [name for record in results for name, _ in record.headers if name.startswith("dlq-")]
