"""Shadow topics beside the real ones, and the range of raw articles that is read again."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition
from kafka.structs import OffsetAndMetadata

from workers.agents.shadow import Shadow
from workers.cli.errors import CliError
from workers.cli.kafka import admin, consumer, no_topic
from workers.cli.records import Since, poll_records
from workers.domain.outcome import Record
from workers.topology import STAGES, Topic
from workers.wire.topics import load_topics

_GONE_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Range:
    """Where in the raw topic to begin and to end (exclusive), for each partition that holds any of it."""

    starts: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]

    @property
    def records(self) -> int:
        """How many offsets that are."""
        return sum(self.ends[place] - self.starts[place] for place in self.ends)


def written_topics() -> list[str]:
    """Return the real names of all topics that a worker writes or reads back."""
    return sorted({str(topic) for stage in STAGES for topic in (*stage.sources, *stage.outputs)})


def make_shadow_topics(bootstrap: str, shadow: Shadow, replace: bool) -> None:
    """Make a shadow of every topic that a worker writes, with as many partitions and replicas.

    Raises ``CliError`` when one is there already, unless ``replace`` allows to delete them.
    """
    specs = load_topics()
    with admin(bootstrap) as client:
        there = set(client.list_topics())
        real = [name for name in written_topics() if shadow.name(name) != name and name in there]
        if not real:
            raise no_topic(str(Topic.CLAIM))
        old = sorted(shadow.name(name) for name in real if shadow.name(name) in there)
        if old and not replace:
            raise CliError(f"there is {old[0]} already; take another --suffix, or --replace to delete it")
        if old:
            client.delete_topics(old)
            _wait_until_gone(client, frozenset(old))
        wanted = {}
        for description in client.describe_topics(real):
            partitions = description["partitions"]
            replicas = len(partitions[0]["replica_nodes"])
            wanted[shadow.name(description["name"])] = {
                "num_partitions": len(partitions),
                "replication_factor": replicas,
                "configs": specs[description["name"]].config(replicas),
            }
        client.create_topics(wanted)
        client.wait_for_topics(sorted(wanted))


def find_range(client: Any, since: Since, until: Since | None) -> Range:
    """Return the raw records from ``since`` up to ``until``, or up to what is there now."""
    topic = str(Topic.ARTICLE_RAW)
    places = [TopicPartition(topic, number) for number in sorted(client.partitions_for_topic(topic) or ())]
    if not places:
        raise no_topic(topic)
    ends = client.end_offsets(places)
    starts = _at(client, places, since, client.beginning_offsets(places), ends)
    stops = ends if until is None else _at(client, places, until, ends, ends)
    held = [place for place in places if starts[place] < stops[place]]
    if not held:
        raise CliError(f"{topic} holds no record in this range")
    return Range({place: starts[place] for place in places}, {place: stops[place] for place in held})


def begin_at(bootstrap: str, group: str, starts: Mapping[TopicPartition, int]) -> None:
    """Let ``group`` begin there: commit for it, which Kafka allows while it has no members."""
    with consumer(bootstrap, group) as client:
        client.assign(list(starts))
        client.commit({place: OffsetAndMetadata(offset, "", -1) for place, offset in starts.items()})


def read_range(client: Any, chosen: Range) -> Iterator[Record]:
    """Yield the raw records in the range."""
    client.assign(list(chosen.ends))
    for place in chosen.ends:
        client.seek(place, chosen.starts[place])
    while any(client.position(place) < end for place, end in chosen.ends.items()):
        for record in poll_records(client):
            if record.offset < chosen.ends[TopicPartition(record.topic, record.partition)]:
                yield record


def _at(
    client: Any,
    places: Iterable[TopicPartition],
    moment: Since,
    first: Mapping[TopicPartition, int],
    otherwise: Mapping[TopicPartition, int],
) -> dict[TopicPartition, int]:
    if moment.timestamp_ms <= 0:
        return dict(first)
    found = client.offsets_for_times(dict.fromkeys(places, moment.timestamp_ms))
    return {
        place: found[place].offset if found.get(place) is not None else otherwise[place] for place in places
    }


def _wait_until_gone(client: Any, names: frozenset[str]) -> None:
    deadline = time.monotonic() + _GONE_LIMIT_S
    while names & set(client.list_topics()):
        if time.monotonic() > deadline:
            raise CliError(f"the broker did not delete {sorted(names)[0]} within {_GONE_LIMIT_S:.0f} s")
        time.sleep(0.2)
