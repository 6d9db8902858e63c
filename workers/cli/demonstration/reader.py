"""Reads the worker's output back from Kafka with a plain consumer, and shows it as it arrives."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition
from rich.console import Console

from workers.cli.demonstration.show import show_alert, show_article, show_dead_letter, show_relation
from workers.cli.errors import CliError
from workers.cli.kafka import consumer
from workers.domain.relation import Relation, RelationKind
from workers.topology import STAGES, Topic
from workers.wire.messages import decode_alert, decode_enriched, decode_relation

_POLL_MS = 300
_OUTPUTS = (
    Topic.ARTICLE_ENRICHED,
    Topic.CLAIM,
    Topic.CLAIM_RELATION,
    Topic.ALERT,
    *(dlq for stage in STAGES for dlq in stage.dlqs),
)


@dataclass(slots=True)
class Tally:
    """What came out so far."""

    published: int
    articles: int = 0
    claims: set[bytes] = field(default_factory=set)
    withdrawn: set[bytes] = field(default_factory=set)
    relations: dict[bytes, RelationKind] = field(default_factory=dict)
    alerts: int = 0
    dead_letters: int = 0
    seconds: float = 0.0

    @property
    def missing(self) -> int:
        """Records that led to nothing."""
        return self.published - self.articles - self.dead_letters

    def summary(self) -> str:
        """Return two lines for a person."""
        held = len(self.claims - self.withdrawn)
        return (
            f"{self.published} articles published, {self.articles} enriched, "
            f"{self.dead_letters} dead letters, {self.missing} missing.\n"
            f"{held} claims hold, {len(self.withdrawn)} were taken back, "
            f"{len(self.relations)} relations between them{self._kinds()}, "
            f"{self.alerts} alerts, in {self.seconds:.1f} s."
        )

    def _kinds(self) -> str:
        counted = Counter(kind.value for kind in self.relations.values())
        return (
            f" ({', '.join(f'{count} {kind}' for kind, count in sorted(counted.items()))})" if counted else ""
        )


def read_until_done(
    console: Console,
    bootstrap: str,
    group: str,
    published: int,
    limit: float,
    check: Callable[[], None],
) -> Tally:
    """Show every output record until the worker's group has no lag left; ``limit`` is in seconds."""
    tally = Tally(published)
    started = time.monotonic()
    with consumer(bootstrap) as client, consumer(bootstrap, group) as worker_group:
        places = _places(client, _OUTPUTS)
        worker_group.assign(_places(worker_group, [source for stage in STAGES for source in stage.sources]))
        client.assign(places)
        client.seek_to_beginning(*places)
        while True:
            batches = client.poll(timeout_ms=_POLL_MS).values()
            for record in sorted(
                (r for batch in batches for r in batch), key=lambda record: record.timestamp
            ):
                _take(console, tally, record)
            if not batches and tally.missing <= 0 and _no_lag(worker_group):
                break
            check()
            if time.monotonic() - started > limit:
                raise CliError(f"not done after {limit:.0f} s: {tally.summary()}")
    tally.seconds = time.monotonic() - started
    return tally


def _take(console: Console, tally: Tally, record: Any) -> None:
    if record.topic == Topic.ARTICLE_ENRICHED:
        tally.articles += 1
        show_article(console, decode_enriched(record.value))
    elif record.topic == Topic.CLAIM:
        (tally.withdrawn if record.value is None else tally.claims).add(record.key)
    elif record.topic == Topic.CLAIM_RELATION:
        _take_relation(console, tally, record)
    elif record.topic == Topic.ALERT:
        tally.alerts += 1
        show_alert(console, decode_alert(record.value))
    else:
        tally.dead_letters += 1
        show_dead_letter(console, dict(record.headers))


def _take_relation(console: Console, tally: Tally, record: Any) -> None:
    if record.value is None:
        tally.relations.pop(record.key, None)
        return
    relation = decode_relation(record.value)
    if isinstance(relation, Relation):
        tally.relations[record.key] = relation.kind
    show_relation(console, relation)


def _places(client: Any, topics: Sequence[str]) -> list[TopicPartition]:
    return [
        TopicPartition(str(topic), number)
        for topic in topics
        for number in sorted(client.partitions_for_topic(str(topic)) or ())
    ]


def _no_lag(worker_group: Any) -> bool:
    """Whether the group has committed everything there is in the partitions assigned to this consumer."""
    inputs = worker_group.assignment()
    ends = worker_group.end_offsets(inputs)
    return all((worker_group.committed(place) or 0) >= ends[place] for place in inputs)
