"""Reads ``news.silence.v1`` whole, outside of the consumer group: every worker knows every silence."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from workers.agents.silence_records import decode_silence
from workers.alerting.muting import Silence
from workers.broker.access import METADATA_AGE_MS, BrokerAccess
from workers.telemetry.metrics import Metrics
from workers.topology import Topic

log = logging.getLogger(__name__)
_POLL_MS = 500


class SilenceReader:
    """``run`` follows the topic; ``known`` answers once its beginning has been read."""

    def __init__(self, addresses: Sequence[str], access: BrokerAccess, metrics: Metrics) -> None:
        self._addresses = tuple(addresses)
        self._access = access
        self._metrics = metrics
        self._silences: dict[bytes, Silence] = {}
        self._read = asyncio.Event()

    async def known(self) -> tuple[Silence, ...]:
        """Return every silence of the topic, those that are over too; waits for the first reading."""
        await self._read.wait()
        return tuple(self._silences.values())

    async def run(self) -> None:
        """Read the topic from its beginning and go on until cancelled."""
        consumer = AIOKafkaConsumer(
            str(Topic.SILENCE),
            bootstrap_servers=list(self._addresses),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metadata_max_age_ms=METADATA_AGE_MS,
            **self._access.client_options(),
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            while True:
                found: dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]
                found = await consumer.getmany(timeout_ms=0 if self._is_behind(ends) else _POLL_MS)
                for records in found.values():
                    for record in records:
                        self.take(record.key, record.value, f"partition {record.partition}:{record.offset}")
                if not self._read.is_set():
                    behind = [part for part, end in ends.items() if await consumer.position(part) < end]
                    if not behind:
                        self._read.set()
        finally:
            await consumer.stop()

    def take(self, key: bytes | None, value: bytes | None, place: str) -> None:
        """Learn from one record; one that cannot be read changes nothing, and is told in the log."""
        if key is None:
            log.error("a silence without a key at %s is left out", place)
        elif value is None:
            self._silences.pop(key, None)
        else:
            silence = decode_silence(value)
            if isinstance(silence, str):
                log.error("a silence at %s is left out: %s", place, silence)
            else:
                self._silences[key] = silence
        self._metrics.silences.set(len(self._silences))

    def _is_behind(self, ends: dict[TopicPartition, int]) -> bool:
        return not self._read.is_set() and any(ends.values())
