"""Looks at the world before the worker starts: is the broker there, are the topics as they must be?"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from workers.topology import Stage

log = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 5.0


class PreflightError(Exception):
    """The world is not ready; the message is one line that says what to do."""


async def wait_for_broker(
    addresses: Sequence[str], stages: Sequence[Stage], limit: float, clock: Callable[[], float]
) -> None:
    """Return when a broker answers and holds every topic of ``stages``; retries with growing pauses.

    ``limit`` is in seconds; after it ``PreflightError`` is raised.
    """
    deadline = clock() + limit
    pause = _FIRST_PAUSE_S
    while True:
        try:
            missing = await _missing_topics(addresses, stages)
            break
        except (KafkaError, OSError) as error:
            if clock() + pause > deadline:
                raise PreflightError(
                    f"no Kafka broker answers at {','.join(addresses)} within {limit:.0f} s "
                    f"({type(error).__name__}); set CLAIMWIRE_BROKER"
                ) from error
            log.warning("waiting for Kafka at %s (%s)", ",".join(addresses), type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
    if missing:
        raise PreflightError(f"missing topics: {', '.join(sorted(missing))}; run `claimwire topics create`")


async def _missing_topics(addresses: Sequence[str], stages: Sequence[Stage]) -> set[str]:
    consumer = AIOKafkaConsumer(bootstrap_servers=list(addresses))
    try:
        await consumer.start()
        present = await consumer.topics()
    finally:
        await consumer.stop()
    needed = {topic for stage in stages for topic in (*stage.sources, *stage.outputs)}
    return {str(topic) for topic in needed} - set(present)
