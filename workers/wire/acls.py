"""Who needs which rights in Kafka: derived from ``STAGES`` and ``topics.yaml``, never written twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workers.topology import FORWARD_STAGE, STAGES, Stage
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
    FORWARDER = "forwarder"
    ADMIN = "admin"


ROLE_SUMMARIES: Mapping[Role, str] = {
    Role.WORKER: "`claimwire worker`",
    Role.PUBLISHER: "crawlers and `claimwire feed`",
    Role.READER: "`claimwire watch` and everybody who reads results",
    Role.OPERATOR: "`claimwire dlq list|show|replay` and `claimwire silence`",
    Role.FORWARDER: "`claimwire forward`",
    Role.ADMIN: "`claimwire topics create|check`",
}
_READS: Mapping[Role, frozenset[str]] = {  # by the names of topics.yaml
    Role.READER: frozenset({"claimwire watch"}),
    Role.OPERATOR: frozenset({"claimwire dlq", "claimwire silence"}),
}
_WRITES: Mapping[Role, frozenset[str]] = {
    Role.PUBLISHER: frozenset({"claimwire feed"}),
    Role.OPERATOR: frozenset({"claimwire dlq replay", "claimwire silence"}),
}
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
    """Return what a program that runs ``stages`` as consumer group ``group`` needs."""
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


def role_grants(
    role: Role, topics: Mapping[str, TopicSpec], group: str, forward_group: str
) -> tuple[Grant, ...]:
    """Return what ``role`` needs, in order; the groups are the worker's and the forwarder's."""
    found: set[Grant] = set()
    if role is Role.WORKER:
        found |= worker_grants(STAGES, group)
    if role is Role.FORWARDER:
        found |= worker_grants((FORWARD_STAGE,), forward_group)
    for name, spec in topics.items():
        found |= {Grant(ResourceKind.TOPIC, name, operation) for operation in _operations(role, spec)}
    return tuple(sorted(found))


def _operations(role: Role, spec: TopicSpec) -> set[Operation]:
    if role is Role.ADMIN:
        return {Operation.CREATE, Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS}
    found = set()
    if _READS.get(role, frozenset()) & set(spec.readers):
        found.add(Operation.READ)
    if _WRITES.get(role, frozenset()) & set(spec.writers):
        found.add(Operation.WRITE)
    return found
