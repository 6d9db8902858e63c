"""(d) What processes use: memory and CPU, from the kernel's own books."""

from collections.abc import Sequence
from dataclasses import dataclass

import psutil

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of one process; PSS counts a page shared by n processes as 1/n."""

    rss: float
    pss: float


def memory(process: psutil.Process) -> Memory:
    """Return what ``process`` has in memory now."""
    full = process.memory_full_info()
    return Memory(round(full.rss / _MIB, 1), round(full.pss / _MIB, 1))


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the processor time that ``processes`` have used so far."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))
