"""A stack that serves several runs: brokers, network, disk, clock, topics, and a crew of workers."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.crew import Crew
from tests.faults.profiles import LIBFAKETIME, Profile
from tests.support.postgres import LocalPostgres
from tests.support.small_disk import SmallDisk, why_no_small_disk
from tests.support.stack import Stack, make_topics
from tests.support.tcp_proxy import TcpProxy
from workers.broker.cluster import LocalCluster
from workers.broker.local import LocalKafka

WORKERS = 2
_DISK_MB = 192
_PATIENT = {
    "start_timeout": "180",  # on a machine that does much else
    "request_timeout": "4",  # so that a network that swallows answers makes producers time out
    "document_timeout": "10",
    "dead_letter_ratio": "1",  # a fifth of every ledger is bad, in a window all of it may be
}
POISONED = Path(__file__).parent / "poisoned"


@dataclass(slots=True)
class Arena:
    """``state_url`` is the database: ``state`` its file on ``disk``, where there can be a small one, or in
    ``postgres``.
    """

    profile: Profile
    brokers: Sequence[LocalKafka]
    bootstrap: str
    group: str
    crew: Crew
    state_url: str
    state: Path
    proxies: Sequence[TcpProxy]
    disk: SmallDisk | None
    postgres: LocalPostgres | None
    clock: Path

    def set_clock(self, seconds: int) -> None:
        """Move the workers' clock that far from the true time."""
        self.clock.write_text(f"{seconds:+d}\n")


@contextmanager
def arena(profile: Profile, folder: Path) -> Iterator[Arena]:
    """Give a fresh stack in ``folder``; all of it is gone at the end but the logs."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_:
        proxies = [open_.enter_context(TcpProxy()) for _ in range(WORKERS)] if profile.brokers == 1 else []
        brokers, bootstrap = _brokers(open_, profile, folder, proxies)
        make_topics(bootstrap, replicas=len(brokers))
        state = folder / "state" / "state.sqlite3"
        postgres = open_.enter_context(LocalPostgres()) if profile.postgres else None
        state_url = postgres.new_database() if postgres else f"sqlite:///{state}"
        disk = None
        if postgres is None and why_no_small_disk() is None:
            disk = open_.enter_context(SmallDisk(state.parent, _DISK_MB))
        clock = folder / "clock"
        stack = Stack(bootstrap, folder, environment=_environment(profile, clock))
        open_.callback(stack.close)
        common = {**_PATIENT, "state_url": state_url}
        posts = [{**common, "broker": f"127.0.0.1:{proxy.port}"} for proxy in proxies] or [common] * WORKERS
        crew = Crew(stack, posts)
        built = Arena(
            profile,
            brokers,
            bootstrap,
            f"test-{folder.name}",
            crew,
            state_url,
            state,
            proxies,
            disk,
            postgres,
            clock,
        )
        built.set_clock(0)
        crew.tend()
        yield built


def _brokers(
    open_: ExitStack, profile: Profile, folder: Path, proxies: Sequence[TcpProxy]
) -> tuple[Sequence[LocalKafka], str]:
    if profile.brokers > 1:
        cluster = open_.enter_context(LocalCluster(folder, profile.brokers))
        return cluster.servers, cluster.bootstrap
    kafka = open_.enter_context(LocalKafka(advertised=[proxy.port for proxy in proxies]))
    for proxy in proxies:
        proxy.target = kafka.port_behind(proxy.port)
    return [kafka], kafka.bootstrap


def _environment(profile: Profile, clock: Path) -> Mapping[str, str]:
    path = os.pathsep.join(filter(None, [str(POISONED), os.environ.get("PYTHONPATH")]))
    moved = (
        {"FAKETIME_TIMESTAMP_FILE": str(clock)} if str(LIBFAKETIME) in profile.environment.values() else {}
    )
    return {**profile.environment, **moved, "PYTHONPATH": path}
