"""Who needs which rights in Kafka: derived from ``STAGES`` and ``topics.yaml``, never written twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workers.topology import STAGES, Stage
from workers.wire.topics import TopicSpec


class Operation(StrEnum):
    """Kafka's names. ``READ`` and ``WRITE`` include ``DESCRIBE``; ``WRITE`` includes idempotent writing."""

    READ = "READ"
    WRITE = "WRITE"
    CREATE = "CREATE"
    DESCRIBE = "DESCRIBE"
    DESCRIBE_CONFIGS = "DESCRIBE_CONFIGS"


class ResourceKind(StrEnum):
    """What a right is for."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"


class Role(StrEnum):
    """One Kafka user each; no role may do what another is for."""

    WORKER = "worker"
    PUBLISHER = "publisher"
    READER = "reader"
    OPERATOR = "operator"
    ADMIN = "admin"


ROLE_SUMMARIES: Mapping[Role, str] = {
    Role.WORKER: "`claimwire worker`",
    Role.PUBLISHER: "crawlers and `claimwire feed`",
    Role.READER: "`claimwire watch` and everybody who reads results",
    Role.OPERATOR: "`claimwire dlq list|show|replay` and `claimwire silence`",
    Role.ADMIN: "`claimwire topics create|check`",
}
_WATCH, _FEED, _DLQ, _REPLAY = "claimwire watch", "claimwire feed", "claimwire dlq", "claimwire dlq replay"
_SILENCE = "claimwire silence"


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One right: ``READ`` the ``TOPIC`` named ``news.claim.v1``."""

    kind: ResourceKind
    name: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.operation} {self.kind.lower()} {self.name}"


def worker_grants(stages: Iterable[Stage], group: str) -> frozenset[Grant]:
    """Return what a worker that runs ``stages`` as consumer group ``group`` needs."""
    topics = [
        (operation, topic)
        for stage in stages
        for operation, names in (
            (Operation.READ, (*stage.sources, *stage.beside)),
            (Operation.WRITE, stage.outputs),
        )
        for topic in names
    ]
    needed = {Grant(ResourceKind.TOPIC, str(topic), operation) for operation, topic in topics}
    return frozenset(needed | {Grant(ResourceKind.GROUP, group, Operation.READ)})


def role_grants(role: Role, topics: Mapping[str, TopicSpec], group: str) -> tuple[Grant, ...]:
    """Return what ``role`` needs, in order; ``group`` is the worker's ``CLAIMWIRE_APP_ID``."""
    found: set[Grant] = set()
    if role is Role.WORKER:
        found |= worker_grants(STAGES, group)
    for name, spec in topics.items():
        found |= {Grant(ResourceKind.TOPIC, name, operation) for operation in _operations(role, spec)}
    return tuple(sorted(found))


def _operations(role: Role, spec: TopicSpec) -> set[Operation]:
    if role is Role.ADMIN:
        return {Operation.CREATE, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS}
    wanted: Mapping[Role, tuple[set[str], set[str]]] = {
        Role.PUBLISHER: (set(), {_FEED}),
        Role.READER: ({_WATCH}, set()),
        Role.OPERATOR: ({_DLQ, _SILENCE}, {_REPLAY, _SILENCE}),
    }
    reads, writes = wanted.get(role, (set(), set()))
    found = set()
    if reads.intersection(spec.readers):
        found.add(Operation.READ)
    if writes.intersection(spec.writers):
        found.add(Operation.WRITE)
    return found
