"""``topics.yaml`` and the table of topics and stages tell the same story."""

import pytest

from workers.topology import STAGES, Stage, Topic
from workers.wire.schema import load_schema
from workers.wire.topics import Cleanup, load_topics, read_topics

TOPICS = load_topics()


def test_every_topic_and_its_dead_letters_are_set_up() -> None:
    assert set(TOPICS) == {name for topic in Topic for name in (topic.value, topic.dlq)}


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name.value)
def test_stage_reads_and_writes_what_topics_yaml_says(stage: Stage) -> None:
    assert stage.sources
    for source in stage.sources:
        assert stage.name.value in TOPICS[source].readers
    for output in stage.outputs:
        assert stage.name.value in TOPICS[output].writers


@pytest.mark.parametrize("topic", list(Topic))
def test_key_is_a_field_of_the_schema(topic: Topic) -> None:
    assert TOPICS[topic].key in load_schema(topic.schema)["properties"]


@pytest.mark.parametrize("topic", list(Topic))
def test_dead_letters_outlive_and_outsize_their_source(topic: Topic) -> None:
    source, dead = TOPICS[topic], TOPICS[topic.dlq]

    assert dead.cleanup is Cleanup.DELETE
    assert dead.retention_ms is not None
    assert dead.retention_ms >= (source.retention_ms or 0)
    assert dead.max_message_bytes > source.max_message_bytes


def test_one_broker_can_always_be_written_to() -> None:
    assert {spec.config(1)["min.insync.replicas"] for spec in TOPICS.values()} == {"1"}
    assert {spec.config(3)["min.insync.replicas"] for spec in TOPICS.values()} == {"2"}


WRITTEN = """
version: 1
defaults: {replication_factor: 1, min_insync_replicas: 1, partitions: 1, max_message_bytes: 1, config: {}}
topics:
  t: {schema: s, key: k, cleanup: delete, retention: 14d, writers: [], readers: [], why: because}
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("retention: 14d", "retention: 14 days", "t: retention is written like 14d"),
        ("retention: 14d", "retention: null", "t: retention belongs to cleanup delete"),
        ("why: because", "why: because, color: red", "t: unknown fields color"),
        (", why: because", "", "t: why missing"),
        ("version: 1", "version: 2", "version 1"),
    ],
)
def test_a_slip_in_the_file_is_named(old: str, new: str, complaint: str) -> None:
    assert read_topics(WRITTEN)["t"].retention_ms == 14 * 86_400_000

    with pytest.raises(ValueError, match=complaint):
        read_topics(WRITTEN.replace(old, new))
