"""The one loop of every stage: take, compute, settle, publish, and only then acknowledge.

What it promises, and how (measured on Faust 0.15.3, see docs/decisions/0002):

* An event is acknowledged only after the broker has acknowledged everything made from it, and from all
  before it in its partition: ``acknowledgement`` decides which, Faust only carries it out. (Faust's own
  commit jumps over a single gap at the head of the acknowledged offsets.)
* Nothing escapes the loop. What is not expected ends the process without an acknowledgement, and Kafka
  delivers again. Batches are computed ahead, but what is of one partition is settled and published in the
  log's order: a slow batch holds up only those behind it that share a partition with it.
* A batch whose dead letters are over the budget is neither published nor acknowledged: the worker stops.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterable, Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Protocol

from workers import __version__
from workers.agents import acknowledgement
from workers.agents.acknowledgement import Delivery, InFlight, Partition
from workers.agents.budget import BudgetLimits, DeadLetterBudget
from workers.agents.inbox import Inbox
from workers.agents.publish import Publisher
from workers.agents.shadow import REAL, Shadow
from workers.agents.stage import Computed, StageLogic
from workers.domain.outcome import Drop, Emit, Outcome, Outgoing, Record, Reject
from workers.state.store import StateError
from workers.telemetry.metrics import Metrics
from workers.telemetry.seldom import Seldom
from workers.topology import dead_letters_of
from workers.wire.messages import dead_letter_headers

log = logging.getLogger(__name__)
EXIT_UNEXPECTED = 70
EXIT_BUDGET_SPENT = 65
_RESULTS = {Emit: "emitted", Drop: "dropped", Reject: "dead-lettered"}


class BudgetSpentError(Exception):
    """Too many dead letters; the message says which, in one line."""


class Message(Protocol):
    """The parts of ``faust.types.Message`` that the loop reads."""

    topic: str
    partition: int
    offset: int
    timestamp: float
    key: bytes | None
    value: bytes | None
    headers: Any


class Event(Protocol):
    """The part of ``faust.Event`` that the loop reads."""

    @property
    def message(self) -> Message:
        """The record."""


class Stream(Protocol):
    """The part of ``faust.Stream`` that the loop uses."""

    enable_acks: bool
    """Whether an event is acknowledged as soon as the next one is asked for."""

    def events(self) -> AsyncIterable[Event]:
        """Yield events, for ever."""

    async def ack(self, event: Any) -> bool:
        """Let the event's offset be committed."""


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """``batch_wait`` is in seconds."""

    batch_records: int
    batch_wait: float
    batches_in_flight: int
    budget: BudgetLimits


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What Faust handed over at once; ``deliveries`` and ``records`` are in the order of its events."""

    deliveries: tuple[Delivery, ...]
    records: tuple[Record, ...]
    taken_at: float

    @property
    def partitions(self) -> frozenset[Partition]:
        """Where its records come from."""
        return frozenset(delivery.partition for delivery in self.deliveries)


class StageLoop(Generic[Computed]):
    """Runs one stage over one Faust stream. ``clock`` returns monotonic seconds."""

    def __init__(
        self,
        logic: StageLogic[Computed],
        publisher: Publisher,
        metrics: Metrics,
        limits: LoopLimits,
        clock: Callable[[], float],
        shadow: Shadow = REAL,
    ) -> None:
        self._logic = logic
        self._stage = logic.stage
        self._publisher = publisher
        self._metrics = metrics
        self._limits = limits
        self._clock = clock
        self._shadow = shadow
        self._slots = asyncio.Semaphore(limits.batches_in_flight)
        self._flight = InFlight()
        self._inbox: Inbox[Event] = Inbox(limits.batch_records)
        self._events: dict[Delivery, Event] = {}
        self._batches: set[Batch] = set()
        self._budget = DeadLetterBudget(limits.budget)
        self._last: dict[Partition, asyncio.Task[None]] = {}
        self._drops = Seldom(clock)

    async def run(self, stream: Stream) -> None:
        """Consume ``stream`` until Faust stops it; nobody acknowledges but the loop."""
        stream.enable_acks = False
        self._inbox = Inbox(self._limits.batch_records)
        batching = asyncio.create_task(self._batch(stream, self._inbox))
        batching.add_done_callback(self._leave_if_failed)
        try:
            async for event in stream.events():
                await self._inbox.put(event)
        finally:
            batching.cancel()

    def oldest_in_flight(self) -> float:
        """Return the age in seconds of the oldest record taken and not yet acknowledged; 0 without one."""
        return self._clock() - min(batch.taken_at for batch in self._batches) if self._batches else 0.0

    def revoke(self, partitions: Iterable[Partition]) -> None:
        """Never acknowledge what is in flight of ``partitions``: they begin again from the commit."""
        gone = frozenset(partitions)
        self._inbox.forget(lambda event: _place(event.message)[0] in gone)
        self._flight = acknowledgement.revoked(self._flight, gone)
        self._events = {
            delivery: event for delivery, event in self._events.items() if delivery.partition not in gone
        }

    async def _batch(self, stream: Stream, inbox: Inbox[Event]) -> None:
        """Start a batch whenever there is a slot for it and something in the inbox."""
        while True:
            await self._slots.acquire()
            try:
                batch = self._take(await inbox.take(self._limits.batch_wait))
            except BaseException:
                self._slots.release()
                raise
            before = {self._last[each] for each in batch.partitions if each in self._last}
            task = asyncio.create_task(self._guarded(stream, batch, before))
            self._last |= dict.fromkeys(batch.partitions, task)

    def _leave_if_failed(self, batching: "asyncio.Task[None]") -> None:
        if not batching.cancelled() and (error := batching.exception()) is not None:
            log.critical("stage %s cannot take records; leaving", self._stage.name, exc_info=error)
            leave(EXIT_UNEXPECTED)

    def _take(self, events: Sequence[Event]) -> Batch:
        messages = [event.message for event in events]
        self._flight, deliveries = acknowledgement.take(self._flight, [_place(each) for each in messages])
        self._events.update(zip(deliveries, events, strict=True))
        records = tuple(self._shadow.within(record_of(message)) for message in messages)
        batch = Batch(deliveries, records, self._clock())
        self._batches.add(batch)
        return batch

    async def _guarded(self, stream: Stream, batch: Batch, before: "Set[asyncio.Task[None]]") -> None:
        try:
            await self._process(stream, batch, before)
        except BudgetSpentError as spent:
            self._flight = acknowledgement.failed(self._flight, batch.deliveries)
            log.critical("stopping rather than draining the topic into dead letters: %s", spent)
            leave(EXIT_BUDGET_SPENT)
        except StateError as error:
            self._flight = acknowledgement.failed(self._flight, batch.deliveries)
            log.critical("stage %s stops without an acknowledgement: %s", self._stage.name, error)
            leave(EXIT_UNEXPECTED)
        except BaseException:  # the one place where everything ends: no acknowledgement, Kafka repeats
            self._flight = acknowledgement.failed(self._flight, batch.deliveries)
            log.critical(
                "stage %s failed; leaving without an acknowledgement", self._stage.name, exc_info=True
            )
            leave(EXIT_UNEXPECTED)
        finally:
            self._batches.discard(batch)
            self._slots.release()

    async def _process(self, stream: Stream, batch: Batch, before: "Set[asyncio.Task[None]]") -> None:
        records = batch.records
        self._metrics.batch_records.labels(self._stage.name).observe(len(records))
        started = self._clock()
        computed = await self._logic.compute(records)
        self._flight = acknowledgement.computed(self._flight, batch.deliveries)
        self._metrics.processing.labels(self._stage.name).observe(self._clock() - started)
        if before:
            await asyncio.wait(before)
        outcomes = await self._logic.settle(records, computed)
        if (over := self._budget.spend(outcomes)) is not None:
            raise BudgetSpentError(over)
        await self._publish(records, outcomes)
        await self._acknowledge(stream, batch)
        self._count(records, outcomes)

    async def _acknowledge(self, stream: Stream, batch: Batch) -> None:
        self._flight, ready = acknowledgement.published(self._flight, batch.deliveries)
        for delivery in ready:
            await stream.ack(self._events.pop(delivery))

    async def _publish(self, records: Sequence[Record], outcomes: Sequence[Outcome]) -> None:
        started = self._clock()
        acknowledgements = []
        for record, outcome in zip(records, outcomes, strict=True):
            outgoing = self._outgoing(record, outcome)
            acknowledgements += await self._publisher.send(outgoing, record.timestamp_ms)
        await asyncio.gather(*acknowledgements)
        self._metrics.publishing.labels(self._stage.name).observe(self._clock() - started)

    def _outgoing(self, record: Record, outcome: Outcome) -> tuple[Outgoing, ...]:
        if isinstance(outcome, Emit):
            return outcome.records
        if isinstance(outcome, Drop):
            return ()
        headers = dead_letter_headers(record, self._stage.name, outcome, __version__)
        return (Outgoing(dead_letters_of(record.topic), record.key, record.value, headers),)

    def _count(self, records: Sequence[Record], outcomes: Sequence[Outcome]) -> None:
        name = self._stage.name
        results: Counter[str] = Counter()
        published: Counter[str] = Counter()
        for record, outcome in zip(records, outcomes, strict=True):
            published.update(outgoing.topic for outgoing in self._outgoing(record, outcome))
            results[_RESULTS[type(outcome)]] += 1
            if not isinstance(outcome, Emit):
                self._tell(record, outcome)
        for result, count in results.items():
            self._metrics.records.labels(name, result).inc(count)
        for topic, count in published.items():
            self._metrics.published.labels(topic).inc(count)

    def _tell(self, record: Record, outcome: Drop | Reject) -> None:
        name, reason = self._stage.name, outcome.reason
        place = {"stage": name, "topic": record.topic, "partition": record.partition, "offset": record.offset}
        if isinstance(outcome, Drop):
            self._metrics.drops.labels(name, reason).inc()
            log.debug("dropped: %s", reason, extra={**place, "reason": reason})
            if count := self._drops.times(reason):
                log.info("dropped: %s", reason, extra={**place, "reason": reason, "count": count})
        else:
            self._metrics.dead_letters.labels(name, reason).inc()
            log.warning("dead letter: %s", outcome.detail, extra={**place, "reason": reason})


def _place(message: Message) -> tuple[Partition, int]:
    return (message.topic, message.partition), message.offset


def record_of(message: Message) -> Record:
    """Return the domain's record for a Faust message; its timestamp is rounded to milliseconds."""
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, dict) else headers
    return Record(
        message.topic,
        message.partition,
        message.offset,
        round(message.timestamp * 1000),
        message.key,
        message.value,
        tuple((name, value) for name, value in pairs),
    )


def leave(code: int) -> NoReturn:
    """End the process at once: Faust would acknowledge what is in flight on any softer way out."""
    logging.shutdown()
    os._exit(code)
