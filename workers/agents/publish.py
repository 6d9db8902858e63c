"""Sends records through Faust's producer and hands back the broker's acknowledgements to wait for."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from workers.domain.outcome import Outgoing


class Producer(Protocol):
    """The part of ``faust.transport.drivers.aiokafka.Producer`` that is used: raw bytes, no serializers."""

    async def send(  # noqa: D102 - the signature is Faust's
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: Any,
    ) -> Awaitable[Any]: ...


class Publisher:
    """``producer`` is asked for at every send, because Faust makes it only after the app has started.

    ``name`` says what a topic of the topology is called on the broker.
    """

    def __init__(self, producer: Callable[[], Producer], name: Callable[[str], str] = str) -> None:
        self._producer = producer
        self._name = name

    async def send(self, outgoing: Iterable[Outgoing], timestamp_ms: int) -> list[Awaitable[Any]]:
        """Enqueue ``outgoing`` and return one future a record, done once every in-sync replica has it.

        Records carry the timestamp of the record they were made from, so that a repeat is identical. The
        half millisecond outweighs the rounding of Faust's ``int(timestamp * 1000.0)``.
        """
        producer = self._producer()
        timestamp = (timestamp_ms + 0.5) / 1000.0
        return [
            await producer.send(self._name(out.topic), out.key, out.value, None, timestamp, list(out.headers))
            for out in outgoing
        ]
