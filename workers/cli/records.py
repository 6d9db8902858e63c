"""Records of topics, from a moment on or from their beginning, up to now or for as long as they come."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import typer
from kafka import TopicPartition

from workers.cli.errors import CliError
from workers.cli.kafka import no_topic
from workers.domain.outcome import Record
from workers.wire.scalars import read_time

_POLL_MS = 250
_BATCH = 500
_AGO = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_EARLIEST_MS = 0


@dataclass(frozen=True, slots=True)
class Since:
    """Records from this moment on, in milliseconds since the epoch; ``0`` is the beginning."""

    timestamp_ms: int


BEGINNING = Since(_EARLIEST_MS)


def read_since(text: str | None) -> Since | None:
    """Return what ``--since`` means: 30s, 15m, 1h, 2d (ago), an ISO 8601 time, or all."""
    if text is None:
        return None
    if text == "all":
        return BEGINNING
    if ago := _AGO.fullmatch(text.strip()):
        try:
            moment: datetime | None = datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        except OverflowError:
            return BEGINNING
    else:
        moment = read_time(text)
    if moment is None:
        raise typer.BadParameter(
            f"{text!r} is neither like 30s, 15m, 1h, 2d nor a time nor all", param_hint="--since"
        )
    return Since(max(_EARLIEST_MS, int(moment.timestamp() * 1000)))


def follow(
    client: Any, topics: Sequence[str], since: Since | None, timeout_s: float | None
) -> Iterator[Record]:
    """Yield records as they come; ends when none came for ``timeout_s`` seconds, if that is given.

    ``since`` ``None`` starts after the last record there is.
    """
    partitions = _assign(client, topics)
    _start(client, partitions, since)
    quiet_since = time.monotonic()
    while timeout_s is None or time.monotonic() - quiet_since < timeout_s:
        for record in poll_records(client):
            yield record
            quiet_since = time.monotonic()


def read_all(client: Any, topics: Sequence[str], since: Since = BEGINNING) -> Iterator[Record]:
    """Yield the records that are there now, and end."""
    yield from read_places(client, _assign(client, topics), since)


def read_places(client: Any, partitions: list[TopicPartition], since: Since = BEGINNING) -> Iterator[Record]:
    """Yield the records of these partitions alone, as ``read_all`` does."""
    if not partitions:
        return
    client.assign(partitions)
    ends = client.end_offsets(partitions)
    _start(client, partitions, since)
    while any(client.position(partition) < ends[partition] for partition in partitions):
        for record in poll_records(client):
            if record.offset < ends[TopicPartition(record.topic, record.partition)]:
                yield record


def read_one(client: Any, topic: str, partition: int, offset: int) -> Record:
    """Return one record; raises ``CliError`` when it is not there (any more)."""
    place = TopicPartition(topic, partition)
    if partition not in (client.partitions_for_topic(topic) or ()):
        raise CliError(f"{topic} has no partition {partition}")
    client.assign([place])
    first, end = client.beginning_offsets([place])[place], client.end_offsets([place])[place]
    if not first <= offset < end:
        held = f"holds the offsets {first} to {end - 1}" if end > first else "is empty"
        raise CliError(f"{topic}:{partition} {held}; {offset} is not there")
    client.seek(place, offset)
    while client.position(place) <= offset:
        for record in poll_records(client):
            if record.offset == offset:
                return record
    raise CliError(f"{topic}:{partition}:{offset} is gone")


def _assign(client: Any, topics: Sequence[str]) -> list[TopicPartition]:
    found = {topic: client.partitions_for_topic(topic) or set() for topic in topics}
    partitions = [TopicPartition(topic, number) for topic in topics for number in sorted(found[topic])]
    if not partitions:
        raise no_topic(*topics)
    client.assign(partitions)
    return partitions


def _start(client: Any, partitions: list[TopicPartition], since: Since | None) -> None:
    if since is None:
        client.seek_to_end(*partitions)
    elif since.timestamp_ms <= _EARLIEST_MS:
        client.seek_to_beginning(*partitions)
    else:
        found = client.offsets_for_times(dict.fromkeys(partitions, since.timestamp_ms))
        ends = client.end_offsets(partitions)
        for partition in partitions:
            at = found.get(partition)
            client.seek(partition, at.offset if at is not None else ends[partition])
    for partition in partitions:
        client.position(partition)  # asks the broker now, so that what comes from here on is seen


def poll_records(client: Any) -> Iterator[Record]:
    """Yield what comes within a moment from the partitions that ``client`` is assigned."""
    for records in client.poll(timeout_ms=_POLL_MS, max_records=_BATCH).values():
        for record in records:
            yield Record(
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                timestamp_ms=record.timestamp,
                key=record.key,
                value=record.value,
                headers=tuple((name, value or b"") for name, value in record.headers),
            )
