"""Where nothing was committed yet, going back to the commit is going back to the beginning."""

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from kafka import KafkaProducer

from workers.agents.transport import RewindingThread
from workers.broker.local import LocalKafka

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(200)]

MakeTopics = Callable[[str, Mapping[str, int]], None]
PLACE = TopicPartition("words", 0)
RECORDS = 6


def filled(kafka: LocalKafka, make_topics: MakeTopics) -> str:
    make_topics(kafka.bootstrap, {PLACE.topic: 1})
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap)
    for number in range(RECORDS):
        producer.send(PLACE.topic, b"%d" % number).get(30)
    producer.close()
    return kafka.bootstrap


async def position_after_rewinding(bootstrap: str, group: str, commit: int | None) -> int:
    """Read all, commit ``commit`` if anything, and return where reading goes on after a rebalance's seek."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([PLACE])
        read = 0
        while read < RECORDS:
            read += sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
        if commit is not None:
            await consumer.commit({PLACE: commit})
        thread = SimpleNamespace(_ensure_consumer=lambda: consumer)
        await RewindingThread._rewind(cast(Any, thread))
        return int(await consumer.position(PLACE))
    finally:
        await consumer.stop()


def test_what_was_read_before_any_commit_is_read_again(
    clean_kafka: LocalKafka, make_topics: MakeTopics
) -> None:
    bootstrap = filled(clean_kafka, make_topics)

    assert asyncio.run(position_after_rewinding(bootstrap, "none", None)) == 0
    assert asyncio.run(position_after_rewinding(bootstrap, "zero", 0)) == 0


def test_where_something_was_committed_reading_goes_on_from_there(
    clean_kafka: LocalKafka, make_topics: MakeTopics
) -> None:
    bootstrap = filled(clean_kafka, make_topics)

    assert asyncio.run(position_after_rewinding(bootstrap, "four", 4)) == 4
