"""Who is compared, and how each is started on two cores."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil
from kafka.admin import KafkaAdminClient, NewTopic

from bench.cluster import Cluster, Worker
from workers.broker.child import bound_to_this_process
from workers.broker.ports import free_ports
from workers.topology import StageName, Topic

PROCESSES = 2
_PARTITIONS = 12
_ROOT = Path(__file__).resolve().parents[2]


class Name(StrEnum):
    """Contestants; the names of reports."""

    CLAIMWIRE = "claimwire"
    FAUST = "textbook Faust"
    QUIX = "Quix Streams"
    BYTEWAX = "Bytewax"


@dataclass(frozen=True, slots=True)
class Topics:
    """What a contestant reads and writes."""

    source: str
    articles: str
    claims: str

    @property
    def all(self) -> tuple[str, str, str]:
        """The three."""
        return self.source, self.articles, self.claims


@dataclass(slots=True)
class Contestant:
    """One system with topics, consumer group and folder of its own; ``python`` has the peers installed."""

    name: Name
    cluster: Cluster
    folder: Path
    python: str
    topics: Topics = field(init=False)
    _starts: int = 0

    def __post_init__(self) -> None:
        """Make its topics; those of claimwire are there."""
        self.folder.mkdir(parents=True)
        if self.name is Name.CLAIMWIRE:
            self.topics = Topics(str(Topic.ARTICLE_RAW), str(Topic.ARTICLE_ENRICHED), str(Topic.CLAIM))
            return
        stem = f"peer.{self.name.name.lower()}"
        self.topics = Topics(f"{stem}.raw", f"{stem}.article", f"{stem}.claim")
        admin = KafkaAdminClient(bootstrap_servers=self.cluster.kafka.bootstrap)
        try:
            admin.create_topics([NewTopic(name, _PARTITIONS, 1) for name in self.topics.all])
        finally:
            admin.close()
        if self.name is Name.BYTEWAX:
            self._run("-m", "bytewax.recovery", str(self.folder), str(PROCESSES))

    @contextmanager
    def running(self) -> Iterator["Running"]:
        """Start it with two processes; whatever still runs at the end is killed."""
        self._starts += 1
        with ExitStack() as stack:
            if self.name is Name.CLAIMWIRE:
                alone = {"CLAIMWIRE_STAGES": StageName.ENRICH.value}  # the others neither relate nor alert
                worker = Worker(
                    self.cluster.kafka.bootstrap, self.cluster.folder, f"cw-{self._starts}", 2, alone
                )
                stack.callback(worker.kill)
                yield Running(self.folder, worker, ())
                return
            started = tuple(self._start(number) for number in range(PROCESSES))
            for process in started:
                stack.callback(_kill, process)
            yield Running(self.folder, None, started)

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{self._starts}-{number}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                bound_to_this_process([self.python, *self._arguments(number)]),
                env=self._environment(number),
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def _run(self, *arguments: str) -> None:
        subprocess.run([self.python, *arguments], check=True, env=self._environment(0))  # noqa: S603 - see above

    def _arguments(self, number: int) -> Sequence[str]:
        if self.name is Name.FAUST:
            return "-m", "bench.peers.textbook_faust", "worker", "-l", "warn"
        if self.name is Name.QUIX:
            return "-m", "bench.peers.quix"
        addresses = ";".join(f"127.0.0.1:{port}" for port in self._ports())
        recovery = ("-r", str(self.folder), "-s", "5", "-b", "0")
        return "-m", "bytewax.run", "bench.peers.bytewax_flow", "-i", str(number), "-a", addresses, *recovery

    def _ports(self) -> list[int]:
        path = self.folder / f"ports-{self._starts}"
        if not path.exists():
            path.write_text(" ".join(map(str, free_ports(PROCESSES))), "utf-8")
        return [int(port) for port in path.read_text("utf-8").split()]

    def _environment(self, number: int) -> dict[str, str]:
        source, articles, claims = self.topics.all
        return {
            **os.environ,
            "PYTHONPATH": str(_ROOT),
            "OMP_NUM_THREADS": "1",
            "PEER_BROKER": self.cluster.kafka.bootstrap,
            "PEER_GROUP": f"peer-{self.name.name.lower()}",
            "PEER_SOURCE": source,
            "PEER_ARTICLES": articles,
            "PEER_CLAIMS": claims,
            "PEER_FOLDER": str(self.folder / f"data-{number}"),
            "PEER_WEB_PORT": str(free_ports(1)[0]),
        }


@dataclass(frozen=True, slots=True)
class Running:
    """A contestant that has been started."""

    folder: Path
    worker: Worker | None
    processes: tuple["subprocess.Popen[bytes]", ...]
    started_at: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Raise ``RuntimeError`` with the end of the log when a process has ended."""
        if self.worker is not None:
            self.worker.check()
        for process in self.processes:
            if process.poll() is not None:
                logs = sorted(self.folder.glob("*.log"))
                tail = "\n".join(log.read_text("utf-8", "replace")[-1500:] for log in logs[-2:])
                raise RuntimeError(f"ended with {process.returncode}: {tail}")

    def all(self) -> list[psutil.Process]:
        """Return every process of it, children included."""
        if self.worker is not None:
            return [each for kind in self.worker.processes().values() for each in kind]
        parents = [psutil.Process(process.pid) for process in self.processes]
        return [*parents, *(child for parent in parents for child in parent.children(recursive=True))]

    def kill(self) -> None:
        """SIGKILL to every process at once."""
        for process in self.all():
            if process.is_running():
                process.send_signal(signal.SIGKILL)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
    process.wait(30)


def named(names: Sequence[str], cluster: Cluster, folder: Path, python: str) -> Iterator[Contestant]:
    """Make the contestants of ``names``, all without any, in the order of ``Name``."""
    for name in Name:
        if not names or name.name.lower() in names:
            own = sys.executable if name is Name.CLAIMWIRE else python
            yield Contestant(name, cluster, folder / name.name.lower(), own)
