"""Fakes at the shell's edges: a stream that records acknowledgements, a producer that answers late."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry

from workers.agents.budget import BudgetLimits
from workers.agents.loop import Event, LoopLimits, StageLoop
from workers.agents.publish import Publisher
from workers.domain.outcome import Emit, Outcome, Outgoing, Record
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES, Stage, Topic

STAGE = STAGES[0]
LIMITS = LoopLimits(
    batch_records=4,
    batch_wait=0.01,
    batches_in_flight=2,
    budget=BudgetLimits(in_a_row=3, window=8, ratio=0.5),
)


@dataclass
class FakeMessage:
    offset: int
    topic: str = str(STAGE.sources[0])
    partition: int = 0
    timestamp: float = 1_700_000_000.123
    key: bytes | None = b"k"
    value: bytes | None = b"v"
    headers: Any = ()


@dataclass
class FakeEvent:
    message: FakeMessage


@dataclass
class FakeStream:
    """Yields the given batches, then waits for ever, as Faust's stream does.

    It goes on to the next batch when the loop has taken the one before, or has no slot for it.
    """

    batches: Sequence[Sequence[Event]]
    is_taken: Callable[[], bool] = lambda: True
    acked: list[int] = field(default_factory=list)
    enable_acks: bool = True
    is_drained: bool = False

    async def events(self) -> AsyncIterator[Event]:
        for batch in self.batches:
            for event in batch:
                yield event
            while not self.is_taken():
                await asyncio.sleep(0.001)
        self.is_drained = True
        await asyncio.Event().wait()

    async def ack(self, event: Event) -> bool:
        self.acked.append(event.message.offset)
        return True


@dataclass
class FakeProducer:
    """Acknowledges a record only when ``release`` is set; ``sent`` is in the order of sending."""

    sent: list[Outgoing] = field(default_factory=list)
    timestamps: list[float | None] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: Any,
    ) -> Awaitable[Any]:
        self.sent.append(Outgoing(topic, key, value, tuple(headers)))
        self.timestamps.append(timestamp)

        async def acknowledged() -> None:
            await self.release.wait()
            if self.error is not None:
                raise self.error

        return asyncio.ensure_future(acknowledged())


class EchoStage:
    """Emits each record's offset; ``delays`` makes computing slower by offset, ``outcomes`` overrides."""

    def __init__(
        self, delays: dict[int, float] | None = None, outcomes: dict[int, Outcome] | None = None
    ) -> None:
        self.stage: Stage = STAGE
        self._delays = delays or {}
        self._outcomes = outcomes or {}
        self.batches: list[list[int]] = []
        self.settled: list[int] = []

    @property
    def computed(self) -> list[int]:
        return [offset for batch in self.batches for offset in batch]

    async def compute(self, records: Sequence[Record]) -> list[int]:
        self.batches.append([record.offset for record in records])
        await asyncio.sleep(max(self._delays.get(record.offset, 0.0) for record in records))
        return [record.offset for record in records]

    async def settle(self, records: Sequence[Record], computed: Sequence[int]) -> list[Outcome]:
        self.settled += computed
        return [
            self._outcomes.get(offset, Emit((Outgoing(str(Topic.CLAIM), b"%d" % offset, b"x"),)))
            for offset in computed
        ]


@dataclass
class Shell:
    """One loop with its fakes, run until ``until`` holds."""

    stream: FakeStream
    producer: FakeProducer
    metrics: Metrics
    loop: StageLoop[int]

    async def run_until(self, until: Callable[[], bool], deadline: float = 5.0) -> None:
        task = asyncio.create_task(self.loop.run(self.stream))
        async with asyncio.timeout(deadline):
            while not until():
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.wait([task])


def a_shell(
    batches: Sequence[Sequence[int]], logic: EchoStage | None = None, partitions: dict[int, int] | None = None
) -> Shell:
    """Return a shell whose stream yields ``batches`` of offsets; the producer does not yet acknowledge.

    All offsets are of partition 0, save those that ``partitions`` puts elsewhere.
    """
    where = partitions or {}
    stream = FakeStream(
        [
            [FakeEvent(FakeMessage(offset, partition=where.get(offset, 0))) for offset in batch]
            for batch in batches
        ]
    )
    producer = FakeProducer()
    metrics = Metrics(CollectorRegistry(auto_describe=True), STAGES)
    clock = asyncio.get_running_loop().time
    loop = StageLoop(logic or EchoStage(), Publisher(lambda: producer), metrics, LIMITS, clock)
    stream.is_taken = lambda: not loop._inbox._items or len(loop._batches) == LIMITS.batches_in_flight
    return Shell(stream, producer, metrics, loop)
