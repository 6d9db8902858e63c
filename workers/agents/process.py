"""One language process and the pipe to it: started, asked, killed when it hangs, replaced when it died.

Every process has a pipe of its own. Pools that share one queue and one lock between their processes
(``concurrent.futures``, Pebble) break or stall as a whole when one process is killed; see
docs/decisions/0005.
"""

import logging
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")
_SPAWN = multiprocessing.get_context("spawn")
_END_TIMEOUT_S = 5.0


class Failure(Enum):
    """Why a process gave no results."""

    CRASHED = auto()
    TIMED_OUT = auto()
    RAISED = auto()
    NOT_STARTED = auto()


@dataclass(frozen=True, slots=True)
class Failed:
    """``detail`` is an exit code, a number of seconds or the name of an exception's type."""

    failure: Failure
    detail: str


@dataclass(frozen=True, slots=True)
class Work(Generic[Item, Result]):
    """What a process does: ``job`` gets a list of one and returns a list of one, after ``initializer``.

    One at a time, so that the parent knows which item a process was at when it died or hung.
    """

    job: Callable[[Sequence[Item]], list[Result]]
    initializer: Callable[..., None]
    initargs: tuple[Any, ...] = ()


class LanguageProcess(Generic[Item, Result]):
    """Used by one thread at a time. Times are seconds; ``job_timeout`` holds for each item."""

    def __init__(self, work: Work[Item, Result], start_timeout: float, job_timeout: float) -> None:
        self._work = work
        self._start_timeout = start_timeout
        self._job_timeout = job_timeout
        self._process: Any = None
        self._connection: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or ``None`` before the first start."""
        return None if self._process is None else self._process.pid

    def ask(self, items: Sequence[Item]) -> list[Result | Failed]:
        """Return one answer an item, in order, starting the process when there is none that lives.

        The list is shorter than ``items`` when an item cost the process: its ``Failed`` is the last answer,
        and the items behind it were not begun. Without a process the first answer is ``NOT_STARTED``.
        """
        if self._process is None or not self._process.is_alive():
            failed = self.start()
            if failed is not None:
                return [failed]
        return self._exchange(items)

    def start(self) -> Failed | None:
        """Start a new process and wait until it is ready; answers why not when it does not get there."""
        self.end()
        self._connection, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, self._work), daemon=True)
        self._process.start()
        theirs.close()
        answer = self._receive(self._start_timeout)
        if isinstance(answer, Failed):
            return Failed(Failure.NOT_STARTED, answer.detail)
        return None

    def end(self) -> None:
        """Kill the process, if there is one, and wait for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.join(_END_TIMEOUT_S)
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, items: Sequence[Item]) -> list[Result | Failed]:
        assert self._connection is not None
        try:
            self._connection.send(list(items))
        except OSError:
            return [self._crashed()]
        answers: list[Result | Failed] = []
        while len(answers) < len(items) and self._connection is not None:
            answers.append(self._receive(self._job_timeout))
        return answers

    def _receive(self, seconds: float) -> Any:
        assert self._connection is not None
        try:
            if not self._connection.poll(seconds):
                self.end()
                return Failed(Failure.TIMED_OUT, f"{seconds:.0f} s")
            return self._connection.recv()
        except (EOFError, OSError):
            return self._crashed()

    def _crashed(self) -> Failed:
        self._process.join(_END_TIMEOUT_S)
        code = self._process.exitcode
        self.end()
        return Failed(Failure.CRASHED, f"exit code {code}")


def _serve(connection: Connection, work: Work[Any, Any]) -> None:
    """Run in the child: get ready, say so, then answer until the parent is gone."""
    work.initializer(*work.initargs)
    connection.send(True)
    while True:
        try:
            items = connection.recv()
        except EOFError:
            return
        for item in items:
            connection.send(_answer(work, item))


def _answer(work: Work[Any, Any], item: Any) -> Any:
    try:
        (answer,) = work.job([item])
    except Exception as error:
        log.exception("the language job raised")
        return Failed(Failure.RAISED, type(error).__name__)
    return answer
