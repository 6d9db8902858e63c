"""The state database made anew from the topics: every stage settles its records again, and publishes none."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

from kafka import TopicPartition

from workers.agents.alert import Desk
from workers.agents.alert_groups import GROUP
from workers.agents.idle import Passed
from workers.agents.publish import Publisher
from workers.agents.stage import StageLogic
from workers.agents.ticks import Ticks
from workers.alerting.groups import from_json, to_json
from workers.app import Parts, build_parts, stage_logic
from workers.cli.kafka import consumer
from workers.cli.records import poll_records
from workers.domain.outcome import Outgoing, Record, Reject
from workers.settings import Settings
from workers.state.store import StateStore, Transaction
from workers.topology import StageName, Topic
from workers.wire.messages import decode_alert

Told = Callable[[str, int], None]
_EPOCH = datetime.fromtimestamp(0, UTC)


class Unpublished(Publisher):
    """Takes records and lets them go: what is made again has been published before."""

    def __init__(self) -> None:
        super().__init__(lambda: cast(Any, None))

    async def send(self, outgoing: Iterable[Outgoing], timestamp_ms: int) -> list[Awaitable[Any]]:
        """See ``Publisher``."""
        return []


@dataclass
class RecordClock:
    """A clock that stands at the latest record: decisions are made as if it had only just come."""

    now: datetime = _EPOCH

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def reach(self, records: Sequence[Record]) -> None:
        """Go on to the latest of ``records``; a clock does not go back."""
        latest = max(record.timestamp_ms for record in records)
        self.now = max(self.now, _EPOCH + timedelta(milliseconds=latest))


def rebuild(settings: Settings, bootstrap: str, told: Told) -> dict[str, int]:
    """Fill the empty database of ``settings``, and return how many records each stage settled.

    Reads every topic from its beginning to where it ends now, in the order of the records' time. ``told``
    hears the stage's name and its count after every batch.
    """
    clock = RecordClock()
    parts = build_parts(settings)
    desk = Desk(parts.book, parts.silences, settings.archival_after, clock, parts.desk.activity)
    parts = replace(parts, desk=desk)
    try:
        return asyncio.run(_settle_all(parts, bootstrap, clock, told))
    finally:
        parts.stop()


async def _settle_all(parts: Parts, bootstrap: str, clock: RecordClock, told: Told) -> dict[str, int]:
    await parts.start()
    counts: dict[str, int] = {}
    async with _silences(parts):
        ticks = _ticks(parts)
        for stage in parts.stages:
            clock.now = _EPOCH
            if stage.name is StageName.ALERT:
                await ticks.adopt(parts.book.rules)
            logic = stage_logic(parts, stage)
            with consumer(bootstrap) as client:
                records = in_order(client, [parts.shadow.name(str(source)) for source in stage.sources])
                counts[stage.name] = await settle_again(
                    logic, records, parts.settings.batch_of(stage.name), clock, partial(told, stage.name)
                )
            if stage.name is StageName.ALERT:
                while await ticks.once(Passed()):
                    pass
                with consumer(bootstrap) as client:
                    published = in_order(client, [parts.shadow.name(str(Topic.ALERT))])
                    catch_up(parts.store, [record.value for record in published if record.value])
    return counts


def catch_up(store: StateStore, published: Iterable[bytes]) -> None:
    """Let no group count fewer alerts than were ``published``: its next would look like an old one.

    Ends are told when time passes, and how that fell between the records is not in the topics.
    """
    told: dict[str, int] = {}
    for value in published:
        alert = decode_alert(value)
        if not isinstance(alert, Reject):
            told[alert.alert_key] = max(told.get(alert.alert_key, 0), alert.sequence + 1)

    def work(transaction: Transaction) -> None:
        groups = {key: from_json(body) for key, body in transaction.documents(GROUP, told).items()}
        behind = {
            key: to_json(replace(group, sequence=told[key]))
            for key, group in groups.items()
            if group.sequence < told[key]
        }
        transaction.put_documents(GROUP, behind, {})

    store.run(work)


async def settle_again(
    logic: StageLogic[Any],
    records: Iterator[Record],
    at_once: int,
    clock: RecordClock,
    told: Callable[[int], None],
) -> int:
    """Let a stage settle ``records``, so many at once, and return how many there were."""
    count = 0
    while batch := await asyncio.to_thread(_some, records, at_once):
        clock.reach(batch)
        await logic.settle(batch, await logic.compute(batch))
        count += len(batch)
        told(count)
    return count


def in_order(client: Any, topics: Sequence[str]) -> Iterator[Record]:
    """Yield what the topics hold now, by time; the records of a partition stay in their order."""
    places = [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(client.partitions_for_topic(topic) or ())
    ]
    client.assign(places)
    ends = client.end_offsets(places)
    client.seek_to_beginning(*places)
    waiting: dict[TopicPartition, deque[Record]] = {place: deque() for place in places}
    while True:
        wanted = [place for place in places if not waiting[place] and client.position(place) < ends[place]]
        if wanted:
            client.pause(*(place for place in places if place not in wanted))
            client.resume(*wanted)
            for record in poll_records(client):
                place = TopicPartition(record.topic, record.partition)
                if record.offset < ends[place]:
                    waiting[place].append(record)
            continue
        heads = [queue for queue in waiting.values() if queue]
        if not heads:
            return
        yield min(heads, key=lambda queue: queue[0].timestamp_ms).popleft()


def _some(records: Iterator[Record], count: int) -> list[Record]:
    return [record for _, record in zip(range(count), records, strict=False)]


def _ticks(parts: Parts) -> Ticks:
    settings = parts.settings
    return Ticks(
        parts.desk,
        parts.book,
        parts.store,
        parts.store_thread,
        Unpublished(),
        parts.metrics,
        settings.lateness,
    )


@asynccontextmanager
async def _silences(parts: Parts) -> AsyncIterator[None]:
    """Follow the topic of silences meanwhile, where a stage needs to know them."""
    if not any(stage.beside for stage in parts.stages):
        yield
        return
    following = asyncio.create_task(parts.silences.run())
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
