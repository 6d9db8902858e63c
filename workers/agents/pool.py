"""Language processes side by side: a batch is spread over them, and what breaks one costs only itself."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic

from workers.agents.process import Failed, Failure, Item, LanguageProcess, Result, Work
from workers.domain.outcome import Reject, RejectReason

log = logging.getLogger(__name__)
_LARGEST_CHUNK = 4  # small enough that a process which is done early takes over what another has not begun
_ATTEMPTS = 2  # among others, then alone
_REASONS = {
    Failure.CRASHED: RejectReason.PROCESS_CRASHED,
    Failure.TIMED_OUT: RejectReason.PROCESSING_TIMEOUT,
    Failure.RAISED: RejectReason.PROCESSING_FAILED,
}


class PoolStartError(Exception):
    """The processes cannot start; the message is one line for the operator."""


class JobPool(Generic[Item, Result]):
    """Runs ``work`` over ``processes`` processes; ``on_restart`` is called for every process lost.

    ``start_timeout`` and ``job_timeout`` are seconds; the latter holds for each item.
    """

    def __init__(
        self,
        work: Work[Item, Result],
        processes: int,
        start_timeout: float,
        job_timeout: float,
        on_restart: Callable[[], None],
    ) -> None:
        self._processes = [LanguageProcess(work, start_timeout, job_timeout) for _ in range(processes)]
        self._threads = ThreadPoolExecutor(processes, "claimwire-language")
        self._on_restart = on_restart
        self._free: asyncio.Queue[LanguageProcess[Item, Result]] = asyncio.Queue()
        for process in self._processes:
            self._free.put_nowait(process)

    @property
    def pids(self) -> list[int]:
        """Process ids of the processes started so far."""
        return [process.pid for process in self._processes if process.pid is not None]

    def start(self) -> None:
        """Start all processes at once and wait for them; raises ``PoolStartError``."""
        for failed in self._threads.map(LanguageProcess.start, self._processes):
            if failed is not None:
                raise PoolStartError(f"the language processes do not start: {failed.detail}")

    def stop(self) -> None:
        """End the processes; a job that is still running gets no answer."""
        for process in self._processes:
            process.end()
        self._threads.shutdown(wait=True)

    async def run(self, items: Sequence[Item]) -> list[Result | Reject]:
        """Return one result an item, in order, spread over the processes.

        An item that hangs, crashes its process or makes the job raise is tried once more alone, and then
        answered with a ``Reject``; its neighbours keep their results, or are begun by another process.
        """
        size = min(_LARGEST_CHUNK, max(1, -(-len(items) // len(self._processes))))
        chunks = [items[start : start + size] for start in range(0, len(items), size)]
        parts = await asyncio.gather(*(self._chunk(chunk) for chunk in chunks))
        return [result for part in parts for result in part]

    async def _chunk(self, items: Sequence[Item]) -> list[Result | Reject]:
        results: list[Result | Reject] = []
        while len(results) < len(items):
            rest = items[len(results) :]
            for item, answer in zip(rest, await self._ask(rest), strict=False):
                results.append(await self._again(item) if isinstance(answer, Failed) else answer)
        return results

    async def _again(self, item: Item) -> Result | Reject:
        (answer,) = await self._ask([item])
        if isinstance(answer, Failed):
            detail = f"the language job gave no result: {answer.detail}"
            return Reject(_REASONS[answer.failure], detail, attempts=_ATTEMPTS)
        return answer

    async def _ask(self, items: Sequence[Item]) -> list[Result | Failed]:
        """Return answers as ``LanguageProcess.ask`` does: at least one, and one more for each item done."""
        process = await self._free.get()
        try:
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(self._threads, process.ask, items)
        finally:
            self._free.put_nowait(process)
        for answer in answers:
            if isinstance(answer, Failed):
                self._lost(answer)
        return answers

    def _lost(self, failed: Failed) -> None:
        if failed.failure is Failure.NOT_STARTED:
            raise PoolStartError(f"a language process does not start again: {failed.detail}")
        if failed.failure is not Failure.RAISED:
            log.warning("a language process was lost (%s %s)", failed.failure.name.lower(), failed.detail)
            self._on_restart()
