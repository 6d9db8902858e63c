"""Which partitions have nothing to give, and for how long: event time goes on without news."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Protocol

from aiokafka.errors import KafkaError

Partition = tuple[str, int]
_ASK_TIMEOUT_S = 10.0
_TELL_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Passed:
    """What was seen since the last look: partitions that are new here, and how long others had nothing."""

    new: frozenset[str] = frozenset()
    waited: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))


class Watched(Protocol):
    """The consumer's partitions of one stage."""

    def assigned(self) -> frozenset[Partition]:
        """Return those that are this worker's, none while they are moving."""

    def in_flight(self) -> bool:
        """Tell whether a record has been taken and is not yet settled."""

    async def drained(self, partitions: Sequence[Partition]) -> frozenset[Partition]:
        """Ask the broker which of these have been read to their end; raises when it does not answer."""


@dataclass(frozen=True, slots=True)
class Activity:
    """When a record of each partition was last settled; ``clock`` returns monotonic seconds."""

    clock: Callable[[], float]
    last: dict[Partition, float] = field(default_factory=dict)

    def note(self, partitions: Iterable[Partition]) -> None:
        """Remember that records of these were settled just now."""
        self.last.update(dict.fromkeys(partitions, self.clock()))


class Idle:
    """A partition is idle when the broker says that it was read to its end, and nothing came for ``after``.

    What the broker does not confirm is not idle: an outage must not look like quiet news.
    """

    def __init__(self, watched: Watched, activity: Activity, after: timedelta) -> None:
        self._watched = watched
        self._activity = activity
        self._after = after.total_seconds()
        self._held_since: dict[Partition, float] = {}
        self._told_at: dict[Partition, float] = {}

    async def passed(self) -> Passed:
        """Look: each idle partition has waited since it was last told of, or since its last record.

        It is told of as soon as it is idle, and then every five seconds: each time costs a write.
        """
        now = self._activity.clock()
        assigned = self._watched.assigned()
        new = assigned - self._held_since.keys()
        self._held_since = {each: self._held_since.get(each, now) for each in assigned}
        quiet_since = {
            each: max(since, self._activity.last.get(each, since)) for each, since in self._held_since.items()
        }
        told_at = {each: at for each, at in self._told_at.items() if at >= quiet_since.get(each, now)}
        quiet = sorted(
            each
            for each, since in quiet_since.items()
            if now - since >= self._after and now - told_at.get(each, 0.0) >= _TELL_EVERY_S
        )
        idle = await self._drained(quiet)
        waited = {_name(each): timedelta(seconds=now - told_at.get(each, quiet_since[each])) for each in idle}
        self._told_at = {**told_at, **dict.fromkeys(idle, now)}
        return Passed(frozenset(map(_name, new)), waited)

    async def _drained(self, quiet: Sequence[Partition]) -> frozenset[Partition]:
        if not quiet or self._watched.in_flight():
            return frozenset()
        try:
            return await asyncio.wait_for(self._watched.drained(quiet), _ASK_TIMEOUT_S)
        except (KafkaError, TimeoutError):
            return frozenset()


def _name(partition: Partition) -> str:
    topic, number = partition
    return f"{topic}/{number}"


class FaustPartitions:
    """``Watched`` over a Faust app's consumer."""

    def __init__(
        self,
        app: Any,
        topics: Iterable[str],
        moving: Callable[[], bool],
        oldest_in_flight: Callable[[], float],
    ) -> None:
        self._app = app
        self._topics = frozenset(topics)
        self._moving = moving
        self._oldest_in_flight = oldest_in_flight

    def assigned(self) -> frozenset[Partition]:
        """See ``Watched``."""
        if self._moving():
            return frozenset()
        held = self._app.consumer.assignment()
        return frozenset((each.topic, each.partition) for each in held if each.topic in self._topics)

    def in_flight(self) -> bool:
        """See ``Watched``."""
        return self._oldest_in_flight() > 0

    async def drained(self, partitions: Sequence[Partition]) -> frozenset[Partition]:
        """See ``Watched``; positions run ahead of what is settled, but nothing is in flight when it asks."""
        consumer = self._app.consumer
        asked = [each for each in consumer.assignment() if (each.topic, each.partition) in set(partitions)]
        ends = await consumer.highwaters(*asked)
        found = set()
        for each in asked:
            position = await consumer.position(each)
            if position is not None and position >= ends[each]:
                found.add((each.topic, each.partition))
        return frozenset(found)
