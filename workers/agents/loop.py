"""The one loop of every stage: take, compute, settle, publish, and only then acknowledge.

What it promises, and how (measured on Faust 0.15.3, see docs/decisions/0002):

* An event is acknowledged only after the broker has acknowledged everything made from it.
* Events are acknowledged strictly in the order they were taken: Faust's commit looks only at the first
  consecutive run of acknowledged offsets, and jumps over a single gap at its head.
* Nothing escapes the loop. What is not expected ends the process without an acknowledgement, and Kafka
  delivers again. Batches are computed ahead, but settled and published one after the other.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Protocol

from workers import __version__
from workers.agents.publish import Publisher
from workers.agents.stage import Computed, StageLogic
from workers.domain.outcome import Drop, Emit, Outcome, Outgoing, Record, Reject, RejectReason
from workers.telemetry.metrics import Metrics
from workers.topology import dead_letters_of
from workers.wire.messages import dead_letter_headers

log = logging.getLogger(__name__)
EXIT_UNEXPECTED = 70


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
    """``batch_wait`` is in seconds; ``failures_before_stop`` counts rejects that make the program suspect."""

    batch_records: int
    batch_wait: float
    batches_in_flight: int
    failures_before_stop: int


_SUSPECT = frozenset(
    {RejectReason.PROCESSING_FAILED, RejectReason.PROCESSING_TIMEOUT, RejectReason.PROCESS_CRASHED}
)


class StageLoop(Generic[Computed]):
    """Runs one stage over one Faust stream. ``clock`` returns monotonic seconds."""

    def __init__(
        self,
        logic: StageLogic[Computed],
        publisher: Publisher,
        metrics: Metrics,
        limits: LoopLimits,
        clock: Callable[[], float],
    ) -> None:
        self._logic = logic
        self._stage = logic.stage
        self._publisher = publisher
        self._metrics = metrics
        self._limits = limits
        self._clock = clock
        self._slots = asyncio.Semaphore(limits.batches_in_flight)
        self._taken_at: dict[int, float] = {}
        self._failures_in_a_row = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stream: Stream) -> None:
        """Consume ``stream`` until Faust stops it."""
        previous: asyncio.Task[None] | None = None
        batches = stream.noack_take(self._limits.batch_records, within=self._limits.batch_wait)
        async for events in batches:
            await self._slots.acquire()
            previous = asyncio.create_task(self._guarded(stream, list(events), previous))
            self._tasks.add(previous)
            previous.add_done_callback(self._tasks.discard)

    def oldest_in_flight(self) -> float:
        """Return the age in seconds of the oldest record taken and not yet acknowledged; 0 without one."""
        return self._clock() - min(self._taken_at.values()) if self._taken_at else 0.0

    async def _guarded(
        self, stream: Stream, events: Sequence[Event], previous: "asyncio.Task[None] | None"
    ) -> None:
        batch = id(events)
        self._taken_at[batch] = self._clock()
        try:
            await self._process(stream, events, previous)
        except BaseException:  # the one place where everything ends: no acknowledgement, Kafka repeats
            log.critical(
                "stage %s failed; leaving without an acknowledgement", self._stage.name, exc_info=True
            )
            leave()
        finally:
            self._taken_at.pop(batch, None)
            self._slots.release()

    async def _process(
        self, stream: Stream, events: Sequence[Event], previous: "asyncio.Task[None] | None"
    ) -> None:
        records = [record_of(event.message) for event in events]
        self._metrics.batch_records.labels(self._stage.name).observe(len(records))
        started = self._clock()
        computed = await self._logic.compute(records)
        self._metrics.processing.labels(self._stage.name).observe(self._clock() - started)
        if previous is not None:
            await previous
        outcomes = await self._logic.settle(records, computed)
        await self._publish(records, outcomes)
        for event in events:
            await stream.ack(event)
        self._count(records, outcomes)

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
        headers = dead_letter_headers(record, self._stage.name, outcome, 1, __version__)
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
                self._failures_in_a_row = 0
            elif isinstance(outcome, Drop):
                self._metrics.records.labels(name, "dropped").inc()
                self._metrics.drops.labels(name, outcome.reason).inc()
                log.info("dropped: %s", outcome.reason, extra={**place, "reason": outcome.reason})
            else:
                self._metrics.records.labels(name, "dead-lettered").inc()
                self._metrics.dead_letters.labels(name, outcome.reason).inc()
                log.warning("dead letter: %s", outcome.detail, extra={**place, "reason": outcome.reason})
                self._judge(outcome)

    def _judge(self, reject: Reject) -> None:
        self._failures_in_a_row = self._failures_in_a_row + 1 if reject.reason in _SUSPECT else 0
        if self._failures_in_a_row >= self._limits.failures_before_stop:
            log.critical(
                "%d records in a row failed (%s): stopping rather than draining the topic into dead letters",
                self._failures_in_a_row,
                reject.reason,
            )
            leave()


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


def leave() -> NoReturn:
    """End the process at once: Faust would acknowledge what is in flight on any softer way out."""
    logging.shutdown()
    os._exit(EXIT_UNEXPECTED)
