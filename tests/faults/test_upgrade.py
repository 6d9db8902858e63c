"""A stream that one version began and the next goes on with; old articles read again under the new one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.articles import raw_articles
from tests.support.expected import Raw, expected_outputs
from tests.support.oracle import Expected, Seen
from tests.support.stack import Stack, make_topics, poll_until
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(900)]

CLAIM, ALERT, ENRICHED = str(Topic.CLAIM), str(Topic.ALERT), str(Topic.ARTICLE_ENRICHED)
FIRST: list[Raw] = list(raw_articles(8, seed=51, paragraphs=2))
SECOND: list[Raw] = list(raw_articles(8, seed=52, paragraphs=2))
STRICTER = 0.8  # the next version: what the first one published with a lower score is no claim any more


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


@pytest.fixture(scope="module")
def claims() -> dict[bytes, float]:
    """Every claim of both halves with its score, as the first version publishes them."""
    expected: Expected = expected_outputs([*FIRST, *SECOND])
    values = {
        key: value
        for outputs in expected.values()
        for (topic, key), value in outputs.items()
        if topic == CLAIM
    }
    scores = {key: json.loads(value)["score"] for key, value in values.items() if key and value}
    assert [score for score in scores.values() if score < STRICTER]
    assert [score for score in scores.values() if score >= STRICTER]
    return scores


def held(seen: list[Seen]) -> set[bytes | None]:
    """Return the keys that a reader of the compacted claim topic is left with."""
    left: dict[bytes | None, bytes | None] = {}
    for record in seen:
        if record.topic == CLAIM:
            left[record.key] = record.value
    return {key for key, value in left.items() if value is not None}


def process_first_half(stack: Stack) -> None:
    worker = stack.start_worker()
    stack.publish(FIRST)
    stack.wait_for(len(FIRST), [ENRICHED], seconds=300)
    stack.wait_until_quiet()
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 0
    stack.workers.remove(worker)


def reprocess(stack: Stack, *options: str) -> str:
    """Run ``claimwire reprocess`` with the next version's settings; return what it prints."""
    environment = {
        **os.environ,
        "CLAIMWIRE_BROKER": stack.bootstrap,
        "CLAIMWIRE_APP_ID": f"test-{stack.folder.name}",
        "CLAIMWIRE_MIN_SCORE": str(STRICTER),
        "CLAIMWIRE_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "workers.cli.main", "reprocess", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_next_version_goes_on_where_the_first_one_stopped(
    stack: Stack, claims: dict[bytes, float]
) -> None:
    process_first_half(stack)
    first_half = held(stack.read())
    stack.start_worker(min_score=str(STRICTER))
    stack.publish(SECOND)
    stack.wait_for(len(FIRST) + len(SECOND), [ENRICHED], seconds=300)

    left = held(stack.wait_until_quiet())

    assert first_half
    assert first_half <= left  # what the first version said stands until somebody reads the article again
    assert {key for key in claims if claims[key] >= STRICTER} <= left
    assert not {key for key in left - first_half if key is not None and claims[key] < STRICTER}


def test_a_replay_under_the_next_version_takes_back_what_it_no_longer_finds_and_pages_nobody(
    stack: Stack, claims: dict[bytes, float]
) -> None:
    process_first_half(stack)
    before = stack.read()
    stack.start_worker(min_score=str(STRICTER))
    assert reprocess(stack, "--for-real") == f"{len(FIRST)} records published again\n"
    no_longer = {key for key in held(before) if key is not None and claims[key] < STRICTER}
    assert no_longer

    left = held(before) - no_longer
    poll_until(lambda: held(stack.read([CLAIM])) == left, 400, "tombstones for what no longer holds")

    fresh = [record for record in stack.wait_until_quiet() if record.topic == ALERT and record not in before]
    values = [json.loads(alert.value or b"{}") for alert in fresh]
    assert not [
        value for value in values if (value["alert_type"], value["alert_tense"]) == ("initial", "current")
    ]


def test_reprocess_says_what_the_next_version_would_change_and_changes_nothing(
    stack: Stack, claims: dict[bytes, float]
) -> None:
    process_first_half(stack)
    before = stack.read()

    told = reprocess(stack, "--json")

    *differences, summary = map(json.loads, told.splitlines())
    gone = {entry["claim"]["claim_id"].encode() for entry in differences if entry["kind"] == "gone"}
    assert gone == {key for key in held(before) if key is not None and claims[key] < STRICTER}
    assert summary["articles"] == len(FIRST)
    assert (summary["new"], summary["changed"], summary["dead_letters"]) == (0, 0, 0)
    assert summary["same"] == len(held(before)) - len(gone)
    assert summary["paging"] == 0
    assert stack.read() == before
