"""A Kafka server's properties: alone, or one of several that hold each other's copies."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.broker.ports import LOOPBACK

# Few partitions and no waiting for more group members, because tests start and stop many groups. Sessions as
# short as a test's consumers need.
_FOR_ALL = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "CLIENTS",
    "auto.create.topics.enable": "false",
    "broker.heartbeat.interval.ms": "1000",
    "broker.session.timeout.ms": "6000",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "offsets.topic.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "2",
    "transaction.state.log.num.partitions": "2",
}
_COPIED = ("offsets.topic", "share.coordinator.state.topic", "transaction.state.log")
_LEAST_IN_SYNC = ("share.coordinator.state.topic.min.isr", "transaction.state.log.min.isr")


@dataclass(frozen=True, slots=True)
class Node:
    """A server's place: ``peers`` are all servers' (id, controller port), its own with them."""

    number: int
    ports: tuple[int, int]  # for clients and for controllers
    peers: tuple[tuple[int, int], ...]
    cluster_id: str

    @property
    def replicas(self) -> int:
        """How many copies of a topic there can be: never more than three are made."""
        return min(3, len(self.peers))


def alone(client_port: int, controller_port: int) -> Node:
    """Return the place of a server without others."""
    return Node(1, (client_port, controller_port), ((1, controller_port),), "")


def new_cluster_id() -> str:
    """Return a random id as long as Kafka's own, and never with a dash in front."""
    return uuid.uuid4().hex[:22]


def of(node: Node, logs: Path, behind: Sequence[tuple[int, int]]) -> Mapping[str, str]:
    """Return the properties of a server that keeps its data in ``logs``.

    ``behind`` are ports to listen on with, for each, the port that clients are told to come to instead.
    """
    client, controller = node.ports
    names = [f"PROXIED{index}" for index in range(len(behind))]
    listeners = [f"{name}://{LOOPBACK}:{port}" for name, (port, _) in zip(names, behind, strict=True)]
    advertised = [f"{name}://{LOOPBACK}:{port}" for name, (_, port) in zip(names, behind, strict=True)]
    own = f"CLIENTS://{LOOPBACK}:{client}"
    return {
        **_FOR_ALL,
        **{f"{topic}.replication.factor": str(node.replicas) for topic in _COPIED},
        **{name: str(max(1, node.replicas - 1)) for name in _LEAST_IN_SYNC},
        "node.id": str(node.number),
        "log.dirs": str(logs),
        "listeners": ",".join([own, f"CONTROLLER://{LOOPBACK}:{controller}", *listeners]),
        **({"advertised.listeners": ",".join([own, *advertised])} if behind else {}),
        "listener.security.protocol.map": ",".join(
            f"{name}:PLAINTEXT" for name in ("CLIENTS", "CONTROLLER", *names)
        ),
        "controller.quorum.voters": ",".join(f"{number}@{LOOPBACK}:{port}" for number, port in node.peers),
    }
