"""Saying what happens often seldom: the first time, and then how often it was once a minute at most."""

from collections import Counter
from collections.abc import Callable, Hashable

INTERVAL_S = 60.0


class Seldom:
    """Counts what happens by key. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float], interval: float = INTERVAL_S) -> None:
        self._clock = clock
        self._interval = interval
        self._waiting: Counter[Hashable] = Counter()
        self._told: dict[Hashable, float] = {}

    def times(self, key: Hashable) -> int | None:
        """Count one more; return how many there were since the last answer, or None within the interval."""
        self._waiting[key] += 1
        now = self._clock()
        if key in self._told and now - self._told[key] < self._interval:
            return None
        self._told[key] = now
        return self._waiting.pop(key)
