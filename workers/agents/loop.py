"""The one loop of every stage: take, compute, settle, publish, and only then acknowledge.

What it promises, and how (measured on Faust 0.15.3, see docs/decisions/0002):

* An event is acknowledged only after the broker has acknowledged everything made from it, and from all
  before it in its partition: ``acknowledgement`` decides which, Faust only carries it out. (Faust's own
  commit jumps over a single gap at the head of the acknowledged offsets.)
* Nothing escapes the loop. What is not expected ends the process without an acknowledgement, and Kafka
  delivers again. Batches are computed ahead, but settled and published one after the other.
* A batch whose dead letters are over the budget is neither published nor acknowledged: the worker stops.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Protocol

from workers import __version__
from workers.agents import acknowledgement
from workers.agents.acknowledgement import Delivery, InFlight, Partition
from workers.agents.budget import BudgetLimits, DeadLetterBudget
from workers.agents.publish import Publisher
from workers.agents.shadow import REAL, Shadow
from workers.agents.stage import Computed, StageLogic
from workers.domain.outcome import Drop, Emit, Outcome, Outgoing, Record
from workers.state.store import StateError
from workers.telemetry.metrics import Metrics
from workers.topology import dead_letters_of
from workers.wire.messages import dead_letter_headers

log = logging.getLogger(__name__)
EXIT_UNEXPECTED = 70
EXIT_BUDGET_SPENT = 65


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

    def noack_take(self, max_: int, within: float) -> AsyncIterator[Sequence[Event]]:
        """Yield batches of events that nobody but the loop acknowledges."""

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
        self._events: dict[Delivery, Event] = {}
        self._batches: set[Batch] = set()
        self._budget = DeadLetterBudget(limits.budget)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stream: Stream) -> None:
        """Consume ``stream`` until Faust stops it."""
        previous: asyncio.Task[None] | None = None
        batches = stream.noack_take(self._limits.batch_records, within=self._limits.batch_wait)
        async for events in batches:
            await self._slots.acquire()
            previous = asyncio.create_task(self._guarded(stream, self._take(events), previous))
            self._tasks.add(previous)
            previous.add_done_callback(self._tasks.discard)

    def oldest_in_flight(self) -> float:
        """Return the age in seconds of the oldest record taken and not yet acknowledged; 0 without one."""
        return self._clock() - min(batch.taken_at for batch in self._batches) if self._batches else 0.0

    def revoke(self, partitions: Iterable[Partition]) -> None:
        """Never acknowledge what is in flight of ``partitions``: they begin again from the commit."""
        gone = frozenset(partitions)
        self._flight = acknowledgement.revoked(self._flight, gone)
        self._events = {
            delivery: event for delivery, event in self._events.items() if delivery.partition not in gone
        }

    def _take(self, events: Sequence[Event]) -> Batch:
        messages = [event.message for event in events]
        places = [((message.topic, message.partition), message.offset) for message in messages]
        self._flight, deliveries = acknowledgement.take(self._flight, places)
        self._events.update(zip(deliveries, events, strict=True))
        records = tuple(self._shadow.within(record_of(message)) for message in messages)
        batch = Batch(deliveries, records, self._clock())
        self._batches.add(batch)
        return batch

    async def _guarded(self, stream: Stream, batch: Batch, previous: "asyncio.Task[None] | None") -> None:
        try:
            await self._process(stream, batch, previous)
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

    async def _process(self, stream: Stream, batch: Batch, previous: "asyncio.Task[None] | None") -> None:
        records = batch.records
        self._metrics.batch_records.labels(self._stage.name).observe(len(records))
        started = self._clock()
        computed = await self._logic.compute(records)
        self._flight = acknowledgement.computed(self._flight, batch.deliveries)
        self._metrics.processing.labels(self._stage.name).observe(self._clock() - started)
        if previous is not None:
            await previous
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
        for record, outcome in zip(records, outcomes, strict=True):
            place = {
                "stage": name,
                "topic": record.topic,
                "partition": record.partition,
                "offset": record.offset,
            }
            for outgoing in self._outgoing(record, outcome):
                self._metrics.published.labels(outgoing.topic).inc()
            if isinstance(outcome, Emit):
                self._metrics.records.labels(name, "emitted").inc()
            elif isinstance(outcome, Drop):
                self._metrics.records.labels(name, "dropped").inc()
                self._metrics.drops.labels(name, outcome.reason).inc()
                log.info("dropped: %s", outcome.reason, extra={**place, "reason": outcome.reason})
            else:
                self._metrics.records.labels(name, "dead-lettered").inc()
                self._metrics.dead_letters.labels(name, outcome.reason).inc()
                log.warning("dead letter: %s", outcome.detail, extra={**place, "reason": outcome.reason})


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
