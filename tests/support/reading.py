"""A topic's records as any client reads them, with kafka-python and without a group."""

from typing import Any

from kafka import KafkaConsumer, TopicPartition

from tests.support.polling import poll_until


def read_topic(bootstrap: str, topic: str, **options: Any) -> list[Any]:
    """Return what ``topic`` holds now, partition by partition in the order of offsets.

    The partitions are assigned, not subscribed to: when kafka-python 3.0.12 connects in its own thread just
    before a subscription is noted, it learns where no topic is, and asks again five minutes later.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False, **options
    )
    found: dict[TopicPartition, list[Any]] = {}

    def has_all() -> bool:
        for place, batch in consumer.poll(timeout_ms=200).items():
            found[place].extend(batch)
        return all(consumer.position(place) >= ends[place] for place in found)

    try:
        for number in sorted(consumer.partitions_for_topic(topic) or ()):
            found[TopicPartition(topic, number)] = []
        assert found, f"there is no topic {topic}"
        consumer.assign(list(found))
        ends = consumer.end_offsets(list(found))
        poll_until(has_all, 60, f"the records of {topic}")
    finally:
        consumer.close()
    return [record for batch in found.values() for record in batch]


def read_values(bootstrap: str, topic: str, **options: Any) -> list[bytes]:
    """Return the values that ``topic`` holds now."""
    return [record.value for record in read_topic(bootstrap, topic, **options)]
