"""``forward-alerts``: reads ``news.alert.v1`` and hands every alert to its targets.

An offset is committed when each target has the alert or it is a dead letter, never before. What fires is
known from the topic itself: on a new partition the forwarder goes back as far as it remembers, takes what
lies before the committed offset for known, and delivers what comes after.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from workers.agents.forward_delivery import Deliveries
from workers.agents.forward_offsets import Offsets
from workers.domain.outcome import Record
from workers.topology import FORWARD_STAGE

log = logging.getLogger(__name__)
_POLL_MS = 250
_MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class ForwardLimits:
    """``remember``: how far back the topic is read for what fires. ``first_start``: how old an alert may be
    that is still delivered where nothing was ever committed. ``grace``: seconds to settle what is in flight
    at the end.
    """

    in_flight: int
    commit_interval: float
    remember: timedelta
    first_start: timedelta
    grace: float = 10.0


@dataclass
class _Partition:
    """What is ours to read: ``known_before`` is where deliveries begin, ``end`` what there was at first."""

    offsets: Offsets
    known_before: int
    end: int
    committed: int | None
    is_caught_up: bool = False


class Forwarder(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """``consumer`` is a started ``AIOKafkaConsumer`` that commits nothing by itself."""

    def __init__(self, consumer: Any, deliveries: Deliveries, limits: ForwardLimits) -> None:
        self._consumer = consumer
        self._deliveries = deliveries
        self._limits = limits
        self._clock = deliveries.clocks.monotonic
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._taken_at: dict[tuple[str, int, int], float] = {}
        self._settled = asyncio.Event()
        self._stopping = asyncio.Event()
        self._committed_at = self._clock()
        self.is_ready = False

    async def run(self) -> None:
        """Forward until ``stop``; anything unexpected is raised, and nothing more is committed."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(target.run()) for target in self._deliveries.targets]
            self._consumer.subscribe([str(source) for source in FORWARD_STAGE.sources], listener=self)
            while not self._stopping.is_set():
                await self._turn(group)
            await self._settle_in_flight()
            await self._commit()
            for task in running:
                task.cancel()

    def stop(self) -> None:
        """Take nothing more; what is in flight has a while to be settled."""
        self._stopping.set()
        self._settled.set()

    @property
    def in_flight(self) -> int:
        """How many alerts are taken and not yet settled."""
        return len(self._taken_at)

    def oldest_in_flight(self) -> float:
        """Return the age in seconds of the oldest alert taken and not yet settled; 0 without one."""
        return self._clock() - min(self._taken_at.values()) if self._taken_at else 0.0

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Commit what is settled, and let go."""
        await self._commit()
        for place in revoked:
            self._partitions.pop(place, None)
            for target in self._deliveries.targets:
                target.forget(place.partition)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Go back as far as is remembered; what lies before the committed offset will only be learnt."""
        now = self._deliveries.clocks.now()
        ends = await self._consumer.end_offsets(assigned) if assigned else {}
        remembered = await self._offsets_at(now - self._limits.remember, ends)
        recent = await self._offsets_at(now - self._limits.first_start, ends)
        for place in assigned:
            committed = await self._consumer.committed(place)
            is_known = committed is not None and committed <= ends[place]  # else the topic was made anew
            begin = committed if is_known else recent[place]
            first = min(remembered[place], begin)
            self._partitions[place] = _Partition(Offsets(begin), begin, ends[place], committed)
            self._consumer.seek(place, first)
            log.info("partition %d: reading from %d, delivering from %d", place.partition, first, begin)
        self.is_ready = True

    async def _offsets_at(
        self, moment: datetime, ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """Return the first offsets at or after ``moment``."""
        if not ends:
            return {}
        times = dict.fromkeys(ends, max(0, int(moment.timestamp() * 1000)))
        found = await self._consumer.offsets_for_times(times)
        return {place: found[place].offset if found.get(place) else end for place, end in ends.items()}

    async def _turn(self, group: asyncio.TaskGroup) -> None:
        batches = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
        for place, messages in batches.items():
            for message in messages:
                await self._room()
                if self._stopping.is_set():
                    return
                if place in self._partitions:  # else it was revoked meanwhile
                    self._take(self._partitions[place], _record(message), group)
        await self._tell_caught_up()
        await self._commit_when_due()

    def _take(self, partition: _Partition, record: Record, group: asyncio.TaskGroup) -> None:
        if record.offset < partition.known_before:
            self._deliveries.learn(record)
            return
        partition.offsets.taken(record.offset)
        self._taken_at[_place(record)] = self._clock()
        self._deliveries.take(record, group, self._done)

    def _done(self, record: Record) -> None:
        self._taken_at.pop(_place(record), None)
        partition = self._partitions.get(TopicPartition(record.topic, record.partition))
        if partition is not None:
            partition.offsets.settled(record.offset)
        self._settled.set()

    async def _room(self) -> None:
        """Return when another alert may be taken, committing meanwhile."""
        while len(self._taken_at) >= self._limits.in_flight and not self._stopping.is_set():
            self._settled.clear()
            await self._settled.wait()
            await self._commit_when_due()

    async def _tell_caught_up(self) -> None:
        for place, partition in list(self._partitions.items()):
            if not partition.is_caught_up and await self._consumer.position(place) >= partition.end:
                partition.is_caught_up = True
                for target in self._deliveries.targets:
                    target.caught_up(place.partition)

    async def _settle_in_flight(self) -> None:
        try:
            async with asyncio.timeout(self._limits.grace):
                while self._taken_at:
                    self._settled.clear()
                    await self._settled.wait()
        except TimeoutError:
            log.warning("%d alerts in flight will be delivered after the next start", len(self._taken_at))

    async def _commit_when_due(self) -> None:
        if self._clock() - self._committed_at >= self._limits.commit_interval:
            await self._commit()

    async def _commit(self) -> None:
        self._committed_at = self._clock()
        moved = {
            place: partition.offsets.committable
            for place, partition in self._partitions.items()
            if partition.offsets.committable != partition.committed
        }
        if not moved:
            return
        try:
            await self._consumer.commit(moved)
        except (CommitFailedError, IllegalStateError):
            log.info("partitions are moving; what was not committed is delivered again")
            return
        for place, offset in moved.items():
            if place in self._partitions:
                self._partitions[place].committed = offset


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _record(message: Any) -> Record:
    headers = tuple((name, value or b"") for name, value in message.headers)
    place = (message.topic, message.partition, message.offset, message.timestamp)
    return Record(*place, message.key, message.value, headers)
