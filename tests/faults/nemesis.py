"""The nemesis: does to a running stack what machines, networks and operators do, chosen by a seed."""

import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path

import psutil

from tests.support.stack import Stack, Worker, poll_until
from workers.broker.local import LocalKafka

SESSION_TIMEOUT_S = 6.0  # what the stack gives its workers
PATIENT = {"start_timeout": "180"}  # on a machine that does much else
_STOP_LIMIT_S = 60.0
_NEWCOMER_LIMIT_S = 25.0


class Fault(StrEnum):
    """What happens to the stack."""

    WORKER_KILLED = "worker killed"
    WORKER_STOPPED = "worker stopped"
    WORKER_FROZEN = "worker frozen past its session"
    LANGUAGE_PROCESS_KILLED = "language process killed"
    NEWCOMER_KILLED = "a further worker came and was killed"
    BROKER_RESTARTED = "broker stopped and started"
    BROKER_KILLED = "broker killed and started"
    BROKER_FROZEN = "broker frozen"
    STATE_LOCKED = "state database locked"


class Crew:
    """Keeps ``wanted`` workers running, as Compose or systemd would; counts how the others ended."""

    def __init__(self, stack: Stack, wanted: int) -> None:
        self._stack = stack
        self._wanted = wanted
        self.members: list[Worker] = []
        self.exits: Counter[int] = Counter()

    def tend(self) -> None:
        """Start a worker for each that ended."""
        ended = [worker for worker in self.members if worker.process.poll() is not None]
        self.exits.update(worker.process.returncode for worker in ended)
        self.members = [worker for worker in self.members if worker not in ended]
        while len(self.members) < self._wanted:
            self.members.append(self._stack.start_worker(**PATIENT))

    def wait_until_one_is_ready(self) -> None:
        """Return when some worker has partitions."""

        def one_is_ready() -> bool:
            self.tend()
            return any(worker.is_ready() for worker in self.members)

        poll_until(one_is_ready, 300.0, "a ready worker")


class Nemesis:
    """Every method ends with the fault repaired; recovery is the workers' own business."""

    def __init__(self, crew: Crew, stack: Stack, kafka: LocalKafka, state: Path) -> None:
        self._crew = crew
        self._stack = stack
        self._kafka = kafka
        self._state = state
        self.broken_promises: list[str] = []

    def choose(self, chance: random.Random, most: int) -> Sequence[Fault]:
        """Return one to ``most`` faults; the same chance gives the same ones."""
        return [chance.choice(list(Fault)) for _ in range(chance.randint(1, most))]

    def strike(self, fault: Fault, chance: random.Random) -> None:
        """Make ``fault`` happen, and bring back what it took."""
        seconds = chance.uniform(0.5, 5.0)
        worker = chance.choice(self._crew.members)
        match fault:
            case Fault.WORKER_KILLED:
                worker.signal(signal.SIGKILL)
                worker.wait()
            case Fault.WORKER_STOPPED:
                self._stop(worker)
            case Fault.WORKER_FROZEN:
                worker.signal(signal.SIGSTOP)
                time.sleep(SESSION_TIMEOUT_S + seconds)
                worker.signal(signal.SIGCONT)
            case Fault.LANGUAGE_PROCESS_KILLED:
                self._kill_a_child(worker, chance)
            case Fault.NEWCOMER_KILLED:
                self._come_and_go(chance)
            case Fault.STATE_LOCKED:
                self._lock(seconds)
            case _:
                self._strike_broker(fault, seconds)
        self._crew.tend()

    def _strike_broker(self, fault: Fault, seconds: float) -> None:
        if fault is Fault.BROKER_FROZEN:
            self._kafka.pause()
            time.sleep(seconds)
            self._kafka.resume()
            return
        if fault is Fault.BROKER_KILLED:
            self._kafka.kill()
        else:
            self._kafka.stop()
        time.sleep(seconds)
        self._kafka.start()

    def _stop(self, worker: Worker) -> None:
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

    def _kill_a_child(self, worker: Worker, chance: random.Random) -> None:
        if worker.process.poll() is not None:
            return
        children = psutil.Process(worker.pid).children()
        if children:
            chance.choice(children).send_signal(signal.SIGKILL)

    def _come_and_go(self, chance: random.Random) -> None:
        newcomer = self._stack.start_worker(**PATIENT)
        patience = chance.uniform(1.0, _NEWCOMER_LIMIT_S)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and newcomer.process.poll() is None and not newcomer.is_ready():
            time.sleep(0.1)
        newcomer.signal(signal.SIGKILL)
        newcomer.wait()

    def _lock(self, seconds: float) -> None:
        with closing(sqlite3.connect(self._state, timeout=30.0, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            database.execute("ROLLBACK")
