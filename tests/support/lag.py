"""Whether the workers of a stack are done: everything there is, is committed."""

from kafka import KafkaConsumer, TopicPartition

from tests.support.polling import poll_until
from tests.support.stack import Stack
from workers.topology import STAGES


def wait_until_done(stack: Stack, seconds: float = 240.0) -> None:
    """Return once the workers' group has committed every record of every stage's sources.

    Stages feed each other: what one has committed, it has published before, so that nothing is in between.
    """
    sources = sorted({str(source) for stage in STAGES for source in stage.sources})
    consumer = KafkaConsumer(
        bootstrap_servers=stack.bootstrap, group_id=f"test-{stack.folder.name}", enable_auto_commit=False
    )
    places = [
        TopicPartition(topic, number)
        for topic in sources
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    assert places, "the topics are not there"

    def is_done() -> bool:
        stack.check_workers()
        ends = consumer.end_offsets(places)
        return all((consumer.committed(place) or 0) >= ends[place] for place in places)

    try:
        consumer.assign(places)
        poll_until(is_done, seconds, "everything committed")
    finally:
        consumer.close(autocommit=False)
