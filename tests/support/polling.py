"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable


def poll_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Return once ``holds``; fail the test after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.1)
