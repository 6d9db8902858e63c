"""A store that waits for its database: gone, locked or full, it tries again and says so, up to a limit."""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from workers.state.store import (
    Result,
    Retention,
    StateConflictError,
    StateError,
    StateStore,
    StateUnavailableError,
    Summary,
    Transaction,
)

log = logging.getLogger(__name__)
_FASTEST_S = 0.05


class Watch(Protocol):
    """Is told what a patient store goes through; calls come from the thread that uses the store."""

    def waiting(self, now: bool) -> None:
        """The database has gone away, or is back."""

    def conflict(self) -> None:
        """A transaction is done again because another worker was faster."""

    def pruned(self, rows: int) -> None:
        """So many rows were forgotten."""


class Unwatched:
    """Listens to nothing."""

    def waiting(self, now: bool) -> None:
        """See ``Watch``."""

    def conflict(self) -> None:
        """See ``Watch``."""

    def pruned(self, rows: int) -> None:
        """See ``Watch``."""


@dataclass(frozen=True, slots=True)
class Patience:
    """``limit`` is how long the database may be away; pauses grow from ``first`` to ``longest`` seconds."""

    limit: timedelta = timedelta(minutes=5)
    first: float = 0.1
    longest: float = 5.0


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Every ``interval`` at most ``limit`` rows of a kind are forgotten, until nothing is left to forget."""

    retention: Retention = field(default_factory=Retention)
    interval: timedelta = timedelta(seconds=30)
    limit: int = 1_000


class PatientStore:
    """``store.StateStore`` over one that ``opening`` gives, which may not be there yet, or for a while.

    ``run`` does the work again until it is carried out. After the limit it raises ``StateError`` in one line.
    ``clock`` gives monotonic seconds.
    """

    def __init__(
        self,
        opening: Callable[[], StateStore],
        patience: Patience,
        housekeeping: Housekeeping | None = None,
        watch: Watch | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience
        self._housekeeping = housekeeping
        self._watch: Watch = watch or Unwatched()
        self._clock = clock
        self._closed = threading.Event()
        self._tidied_at: float | None = None
        self._store = self._until_done(opening)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """See ``StateStore``; a block cannot be repeated, so this one does not wait."""
        return self._store.transaction()

    def run(self, work: Callable[[Transaction], Result]) -> Result:
        """See ``StateStore``."""
        result = self._until_done(lambda: self._store.run(work))
        self._tidy()
        return result

    def summary(self) -> Summary:
        """See ``StateStore``."""
        return self._until_done(self._store.summary)

    def close(self) -> None:
        """See ``StateStore``; ends the waiting too, in whatever thread it is."""
        self._closed.set()
        self._store.close()

    def _until_done(self, attempt: Callable[[], Result]) -> Result:
        began = self._clock()
        away_since: float | None = None
        pause = self._patience.first
        while True:
            try:
                result = attempt()
            except StateConflictError as error:
                self._watch.conflict()
                self._give_up_after(began, error)
                self._closed.wait(random.uniform(0, _FASTEST_S))  # noqa: S311  spreads the workers
            except StateUnavailableError as error:
                if away_since is None:
                    away_since = self._clock()
                    self._watch.waiting(True)
                    log.warning("waiting for the state database, acknowledging nothing: %s", error)
                self._give_up_after(away_since, error)
                self._closed.wait(pause)
                pause = min(pause * 2, self._patience.longest)
            else:
                if away_since is not None:
                    self._watch.waiting(False)
                    log.warning("the state database is back after %.1f s", self._clock() - away_since)
                return result

    def _give_up_after(self, since: float, error: StateUnavailableError) -> None:
        limit = self._patience.limit.total_seconds()
        if self._closed.is_set() or self._clock() - since >= limit:
            raise StateError(f"gave up on the state database after {limit:.0f} s: {error}") from error

    def _tidy(self) -> None:
        """Forget a bounded part of what is too old; when it does not work out now, the next call does it."""
        if self._housekeeping is None:
            return
        due = self._housekeeping.interval.total_seconds()
        now = self._clock()
        if self._tidied_at is not None and now - self._tidied_at < due:
            return
        retention, limit = self._housekeeping.retention, self._housekeeping.limit
        try:
            gone = self._store.run(lambda transaction: transaction.prune(retention, limit))
        except StateUnavailableError:
            return
        self._watch.pruned(gone)
        if not gone:
            self._tidied_at = now
