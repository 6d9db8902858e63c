"""Relations through the real Kafka: what the topics hold is what the pure step finds without it."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.expected import Raw
from tests.support.expected_relations import (
    RELATION_TOPICS,
    enriched,
    held_relations,
    relations_between,
    samples,
)
from tests.support.lag import wait_until_done
from tests.support.oracle import Seen
from tests.support.polling import poll_until
from tests.support.stack import Stack, make_topics
from workers.agents.pair_reading import load_pair_model
from workers.broker.local import LocalKafka
from workers.domain.relation import Relation, RelationKind
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def expected() -> dict[str, Relation]:
    found = relations_between(enriched(samples()), load_pair_model())
    assert len(found) >= 10
    return found


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap, partitions=4)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


def relations(stack: Stack) -> list[Seen]:
    return stack.read(RELATION_TOPICS)


def test_two_workers_find_what_the_pure_step_finds_although_one_is_killed(
    stack: Stack, expected: dict[str, Relation]
) -> None:
    """Corrections and withdrawals are among the samples: nothing of what they took back may be left."""
    first, second = stack.start_worker(), stack.start_worker()
    first.wait_until_ready(240.0)
    second.wait_until_ready(240.0)
    stack.publish(samples())
    poll_until(lambda: len(relations(stack)) >= 3, 240, "the first relations")

    second.signal(signal.SIGKILL)
    second.wait()
    wait_until_done(stack)

    assert held_relations(relations(stack)) == expected


def test_what_a_withdrawn_article_was_in_is_taken_back(stack: Stack) -> None:
    def article(name: str, revision: int, status: str, sentence: str) -> Raw:

        message = {
            "article_id": name,
            "url": f"https://{name}.example/1",
            "publisher": f"{name}.example",
            "published_at": "2026-03-02T08:00:00Z",
            "language": "en",
            "revision": revision,
            "status": status,
            "body": sentence,
        }
        return name.encode(), json.dumps(message).encode()

    stack.start_worker()
    fire = "The fire destroyed 12 houses in the old town of Harn, Mayor Elena Voss said on Monday."
    other = "Fire chief Ivo Brandt said the fire destroyed 19 houses in the old town of Harn."
    stack.publish([article("wire", 1, "usable", fire), article("brisk", 1, "usable", other)])
    wait_until_done(stack)
    before = held_relations(relations(stack))

    stack.publish([article("brisk", 2, "withdrawn", other)])
    wait_until_done(stack)

    assert [each.kind for each in before.values()] == [RelationKind.UPDATES]
    assert held_relations(relations(stack)) == {}
    assert [record.value for record in relations(stack) if record.topic == Topic.CLAIM_RELATION][-1] is None
