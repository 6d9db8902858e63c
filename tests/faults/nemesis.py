"""The nemesis: does to a running stack what machines, networks and operators do, chosen by a seed."""

import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

import psutil

from tests.faults.arena import Arena
from tests.faults.guests import come_and_go
from tests.faults.profiles import Fault
from tests.support.stack import Worker
from tests.support.tcp_proxy import Network
from workers.broker.local import LocalKafka

SESSION_TIMEOUT_S = 6.0  # what the stack gives its workers
_STOP_LIMIT_S = 60.0
_NEWCOMER_LIMIT_S = 25.0
_NETWORKS = {
    Fault.NETWORK_SLOW: Network.SLOW,
    Fault.NETWORK_CUT: Network.CUT,
    Fault.NETWORK_SILENT: Network.SILENT,
    Fault.NETWORK_DEAF: Network.DEAF,
}
_CLOCK_JUMPS_S = (-90_000, -3_600, -5, 5, 3_600, 90_000)


class Nemesis:
    """Every method ends with the fault repaired; recovery is the workers' own business."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._crew = arena.crew
        self._lost: list[LocalKafka] = []
        self.broken_promises: list[str] = []
        self._means: Mapping[Fault, Callable[[random.Random, float], None]] = {
            Fault.WORKER_KILLED: self._kill,
            Fault.WORKER_STOPPED: self._stop,
            Fault.WORKER_FROZEN: self._freeze,
            Fault.LANGUAGE_PROCESS_KILLED: self._kill_a_child,
            Fault.NEWCOMER_KILLED: self._newcomer,
            Fault.REBALANCED: self._rebalance,
            Fault.STATE_LOCKED: self._lock,
            Fault.STATE_DISK_FULL: self._fill_the_disk,
            Fault.STATE_STOPPED: self._stop_the_database,
            Fault.STATE_KILLED: self._kill_the_database,
            Fault.CLOCK_JUMPED: self._move_the_clock,
            **dict.fromkeys((Fault.BROKER_RESTARTED,), self._restart_broker),
            **dict.fromkeys((Fault.BROKER_KILLED, Fault.ONE_OF_THREE_KILLED), self._kill_broker),
            **dict.fromkeys((Fault.BROKER_FROZEN, Fault.ONE_OF_THREE_FROZEN), self._freeze_broker),
            Fault.ONE_OF_THREE_LOST: self._lose_broker,
        }

    def choose(self, chance: random.Random, most: int) -> Sequence[Fault]:
        """Return one to ``most`` faults that this stack can have; the same chance gives the same ones."""
        return [chance.choice(self._arena.profile.faults) for _ in range(chance.randint(1, most))]

    def strike(self, fault: Fault, chance: random.Random) -> None:
        """Make ``fault`` happen, and bring back what it took. What is in the records needs no doing."""
        seconds = chance.uniform(0.5, 5.0)
        if fault in _NETWORKS:
            self._disturb(_NETWORKS[fault], chance, seconds)
        elif fault in self._means:
            self._means[fault](chance, seconds)
        self._crew.tend()

    def repair(self) -> None:
        """Start what was lost for the rest of a run."""
        while self._lost:
            self._lost.pop().start()

    def _kill(self, chance: random.Random, _: float) -> None:
        worker = self._worker(chance)
        worker.signal(signal.SIGKILL)
        worker.wait()

    def _stop(self, chance: random.Random, _: float) -> None:
        worker = self._worker(chance)
        was_ready = worker.process.poll() is None and worker.is_ready()
        worker.signal(signal.SIGTERM)
        try:
            code = worker.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.broken_promises.append(f"SIGTERM did not end a worker within {_STOP_LIMIT_S:.0f} s")
            worker.signal(signal.SIGKILL)
            worker.wait()
            return
        if was_ready and code != 0:
            self.broken_promises.append(f"SIGTERM ended a worker with {code}")

    def _freeze(self, chance: random.Random, seconds: float) -> None:
        worker = self._worker(chance)
        worker.signal(signal.SIGSTOP)
        time.sleep(SESSION_TIMEOUT_S + seconds)
        worker.signal(signal.SIGCONT)

    def _kill_a_child(self, chance: random.Random, _: float) -> None:
        worker = self._worker(chance)
        if worker.process.poll() is not None:
            return
        children = psutil.Process(worker.pid).children()
        if children:
            chance.choice(children).send_signal(signal.SIGKILL)

    def _newcomer(self, chance: random.Random, _: float) -> None:
        newcomer = self._crew.newcomer()
        deadline = time.monotonic() + chance.uniform(1.0, _NEWCOMER_LIMIT_S)
        while time.monotonic() < deadline and newcomer.process.poll() is None and not newcomer.is_ready():
            time.sleep(0.1)
        newcomer.signal(signal.SIGKILL)
        newcomer.wait()

    def _rebalance(self, chance: random.Random, _: float) -> None:
        for _guest in range(3):
            come_and_go(self._arena.bootstrap, self._arena.group, chance)

    def _lock(self, _: random.Random, seconds: float) -> None:
        with closing(sqlite3.connect(self._arena.state, timeout=30.0, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            database.execute("ROLLBACK")

    def _fill_the_disk(self, _: random.Random, seconds: float) -> None:
        assert self._arena.disk is not None
        self._arena.disk.fill()
        time.sleep(seconds)
        self._arena.disk.free()

    def _stop_the_database(self, _: random.Random, seconds: float) -> None:
        self._database_away(signal.SIGINT, seconds)

    def _kill_the_database(self, _: random.Random, seconds: float) -> None:
        self._database_away(signal.SIGQUIT, seconds)

    def _database_away(self, how: signal.Signals, seconds: float) -> None:
        assert self._arena.postgres is not None
        self._arena.postgres.stop(how)
        time.sleep(SESSION_TIMEOUT_S + seconds)
        self._arena.postgres.start()

    def _move_the_clock(self, chance: random.Random, _: float) -> None:
        self._arena.set_clock(chance.choice(_CLOCK_JUMPS_S))

    def _disturb(self, network: Network, chance: random.Random, seconds: float) -> None:
        """Disturb the network of one worker, or of all; half the time for longer than a session."""
        proxies = self._arena.proxies
        struck = proxies if chance.random() < 0.3 else [chance.choice(proxies)]
        for proxy in struck:
            proxy.become(network)
        time.sleep(seconds if chance.random() < 0.5 else SESSION_TIMEOUT_S + seconds)
        for proxy in struck:
            proxy.become(Network.FINE)

    def _restart_broker(self, chance: random.Random, seconds: float) -> None:
        self._away(chance, seconds, LocalKafka.stop)

    def _kill_broker(self, chance: random.Random, seconds: float) -> None:
        self._away(chance, seconds, LocalKafka.kill)

    def _away(self, chance: random.Random, seconds: float, end: Callable[[LocalKafka], object]) -> None:
        broker = self._broker(chance)
        end(broker)
        time.sleep(seconds)
        broker.start()

    def _freeze_broker(self, chance: random.Random, seconds: float) -> None:
        broker = self._broker(chance)
        broker.pause()
        time.sleep(seconds if len(self._arena.brokers) == 1 else SESSION_TIMEOUT_S + seconds)
        broker.resume()

    def _lose_broker(self, chance: random.Random, _: float) -> None:
        broker = self._broker(chance)
        broker.kill()
        self._lost.append(broker)

    def _worker(self, chance: random.Random) -> Worker:
        return chance.choice(self._crew.members)

    def _broker(self, chance: random.Random) -> LocalKafka:
        """Choose a broker; with one lost, bring that back first: of three, two must live."""
        self.repair()
        return chance.choice(self._arena.brokers)
