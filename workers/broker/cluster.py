"""Several Kafka servers that hold each other's copies, so that one of them can be lost."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from workers.broker.local import LocalKafka
from workers.broker.ports import free_ports
from workers.broker.server_properties import Node, new_cluster_id


class LocalCluster:
    """``with LocalCluster(folder) as cluster``: ``count`` servers with their data below ``folder``.

    A topic made with three replicas and ``min.insync.replicas`` 2 takes records while any two of them live.
    """

    def __init__(self, folder: Path, count: int = 3, heap_mb: int = 256) -> None:
        ports = free_ports(2 * count)
        clients, controllers = ports[:count], ports[count:]
        peers = tuple(enumerate(controllers, start=1))
        cluster_id = new_cluster_id()
        self.servers: Sequence[LocalKafka] = [
            LocalKafka(
                folder / f"kafka-{number}",
                node=Node(number, (client, controller), peers, cluster_id),
                heap_mb=heap_mb,
            )
            for client, (number, controller) in zip(clients, peers, strict=True)
        ]
        self.bootstrap = ",".join(f"127.0.0.1:{port}" for port in clients)

    def __enter__(self) -> Self:
        try:
            for server in self.servers:
                server.launch()
            for server in self.servers:
                server.wait_until_started()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill all servers at once: one that is stopped in order waits for the others."""
        for server in self.servers:
            server.kill()
