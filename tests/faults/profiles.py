"""What can happen, and on what kind of stack it can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.support.small_disk import why_no_small_disk

LIBFAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


class Fault(StrEnum):
    """What happens to the stack; the first word says to what."""

    WORKER_KILLED = "worker killed"
    WORKER_STOPPED = "worker stopped"
    WORKER_FROZEN = "worker frozen past its session"
    LANGUAGE_PROCESS_KILLED = "language process killed"
    NEWCOMER_KILLED = "a further worker came and was killed"
    REBALANCED = "three rebalances in a row"
    RECORDS_THAT_CRASH = "records that crash the model"
    RECORD_THAT_HANGS = "a record that hangs the model"
    STATE_LOCKED = "state database locked"
    STATE_DISK_FULL = "state database's disk full"
    STATE_STOPPED = "state database stopped and started"
    STATE_KILLED = "state database killed and started"
    BROKER_RESTARTED = "broker stopped and started"
    BROKER_KILLED = "broker killed and started"
    BROKER_FROZEN = "broker frozen"
    NETWORK_SLOW = "network slow"
    NETWORK_CUT = "network cut"
    NETWORK_SILENT = "network silent"
    NETWORK_DEAF = "network loses the broker's answers"
    CLOCK_JUMPED = "clock jumped"
    ONE_OF_THREE_KILLED = "one of three brokers killed and started"
    ONE_OF_THREE_FROZEN = "one of three brokers frozen"
    ONE_OF_THREE_LOST = "one of three brokers lost for the rest of the run"


_SPECIAL = {"broker", "network", "clock", "one", "state"}
_ANYWHERE = tuple(fault for fault in Fault if fault.split()[0] not in _SPECIAL)
_SQLITE = (Fault.STATE_LOCKED, Fault.STATE_DISK_FULL)
_POSTGRES = (Fault.STATE_STOPPED, Fault.STATE_KILLED)
_BROKER = (Fault.BROKER_RESTARTED, Fault.BROKER_KILLED, Fault.BROKER_FROZEN)
_NETWORK = (Fault.NETWORK_SLOW, Fault.NETWORK_CUT, Fault.NETWORK_SILENT, Fault.NETWORK_DEAF)
_CLUSTER = (Fault.ONE_OF_THREE_KILLED, Fault.ONE_OF_THREE_FROZEN, Fault.ONE_OF_THREE_LOST)


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of stack: how many brokers, and the faults that only it has (they are chosen twice as often).

    ``postgres``: the state lies in PostgreSQL, not in a file.
    """

    name: str
    brokers: int
    own_faults: tuple[Fault, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    postgres: bool = False

    @property
    def faults(self) -> Sequence[Fault]:
        """Every fault that can be made here, those of its own twice."""
        state = () if self.postgres else _SQLITE
        faults = (*_ANYWHERE, *state, *self.own_faults, *self.own_faults)
        return [
            fault for fault in faults if fault is not Fault.STATE_DISK_FULL or why_no_small_disk() is None
        ]


NETWORK = Profile("one broker behind a network", 1, (*_BROKER, *_NETWORK))
CLUSTER = Profile("three brokers", 3, _CLUSTER)
CLOCK = Profile(
    "one broker, and workers whose clock jumps",
    1,
    (*_BROKER, Fault.CLOCK_JUMPED, Fault.CLOCK_JUMPED),
    {"LD_PRELOAD": str(LIBFAKETIME), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"},
)
POSTGRES = Profile(
    "one broker, and state in PostgreSQL", 1, (*_BROKER, *_POSTGRES, *_POSTGRES), postgres=True
)


def profile_of(block: int) -> Profile:
    """Return the profile of the ``block``-th block of seeds: they take turns."""
    clock = CLOCK if LIBFAKETIME.exists() else NETWORK  # Debian: libfaketime
    turns = (NETWORK, CLUSTER, NETWORK, clock, POSTGRES)
    return turns[block % len(turns)]
