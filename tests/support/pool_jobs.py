"""Jobs for the pool's tests; spawned processes import this module by name."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path


def quiet_start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def failing_start() -> None:
    os._exit(3)


def double(items: Sequence[int]) -> list[int]:
    return [item * 2 for item in items]


def double_or_misbehave(items: Sequence[int | str]) -> list[int]:
    """An int is doubled; "crash" kills the process, "hang" never ends, "raise" raises."""
    results = []
    for item in items:
        if item == "crash":
            os._exit(9)
        if item == "hang":
            time.sleep(600)
        if isinstance(item, str) and item.startswith("once:") and not Path(item[5:]).exists():
            Path(item[5:]).touch()
            os._exit(9)
        if item == "raise":
            raise ValueError("a bug in the pipeline")
        results.append(item * 2 if isinstance(item, int) else 0)
    return results
