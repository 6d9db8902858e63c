"""Faust's Kafka transport with an idempotent producer, which Faust offers only inside transactions."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from faust.auth import SASLCredentials, SSLCredentials
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Producer, Transport

from workers.broker.access import BrokerAccess


def credentials(access: BrokerAccess) -> SASLCredentials | SSLCredentials | None:
    """Return what Faust hands to aiokafka; its ``repr`` shows no password. Raises ``BrokerError``."""
    if not access.is_protected:
        return None
    context = access.tls_context()
    if not access.broker_security.has_user:
        return SSLCredentials(context)
    return SASLCredentials(
        username=access.broker_username,
        password=access.password().get_secret_value(),
        ssl_context=context,
        mechanism=access.broker_security.sasl_mechanism,
    )


class IdempotentProducer(Producer):
    """Waits for all in-sync replicas; a retry cannot write a record twice, and batches do not expire."""

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class RewindingThread(AIOKafkaConsumerThread):
    """Begins at the beginning again where nothing was committed yet.

    At a rebalance Faust throws away what it has read and not handed out, and seeks to the committed offsets;
    where there is none, or 0, aiokafka stays where it is: the first records of a partition were then lost.
    """

    async def seek_to_committed(self) -> Mapping[Any, Any]:  # noqa: D102 - as Faust's
        found: Mapping[Any, Any] = await self.call_thread(self._rewind)
        return found

    def verify_event_path(self, now: float, tp: Any) -> None:
        """Look for a stream that stands still, as Faust does; it only tells.

        In the midst of a rebalance a partition has no position yet, and aiokafka asserts that it has: the
        look, once in a while at that very moment, ended the worker.
        """
        with suppress(AssertionError):
            super().verify_event_path(now, tp)

    async def _rewind(self) -> Mapping[Any, int | None]:
        consumer = self._ensure_consumer()
        committed: Mapping[Any, int | None] = await consumer.seek_to_committed()
        fresh = [partition for partition, offset in committed.items() if not offset]
        if fresh:
            await consumer.seek_to_beginning(*fresh)
        return committed


class RewindingConsumer(Consumer):
    """A consumer with a ``RewindingThread``."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return RewindingThread(self, loop=self.loop, beacon=self.beacon)


class IdempotentTransport(Transport):
    """Set as ``app.transport`` before the app starts."""

    Consumer = RewindingConsumer
    Producer = IdempotentProducer
