"""Exponential back-off with jitter around one delivery, until it is taken, refused or given up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from workers.agents.forward_http import Accepted, Answer, Cause, Refused
from workers.domain.outcome import Reject, RejectReason


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses of ``first`` seconds, doubled each time up to ``longest``, half of each left to chance.

    ``give_up`` seconds after an alert was taken off its topic, it is a dead letter. ``jitter`` gives numbers
    in 0..1, ``clock`` monotonic seconds.
    """

    first: float
    longest: float
    give_up: float
    jitter: Callable[[], float]
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def pause(self, attempt: int, asked: float | None) -> float:
        """Return how long to wait after that many attempts, never less than was ``asked`` for."""
        grown = min(self.longest, self.first * 2.0 ** min(attempt - 1, 32))
        return max(grown * (0.5 + 0.5 * self.jitter()), asked or 0.0)


@dataclass(frozen=True, slots=True)
class Delivered:
    """It was taken at that attempt, counted from 1."""

    attempts: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not, and will not be."""

    reject: Reject


async def deliver(
    attempt: Callable[[], Awaitable[Answer]],
    backoff: Backoff,
    taken_at: float,
    on_retry: Callable[[Cause], None],
) -> Delivered | Failed:
    """Call ``attempt`` until it is accepted or refused, or until the next pause would end after giving up."""
    attempts = 0
    while True:
        answer = await attempt()
        attempts += 1
        if isinstance(answer, Accepted):
            return Delivered(attempts)
        if isinstance(answer, Refused):
            return Failed(Reject(RejectReason.DELIVERY_REFUSED, answer.detail, attempts))
        pause = backoff.pause(attempts, answer.after)
        if backoff.clock() + pause > taken_at + backoff.give_up:
            detail = f"{answer.detail}; given up after {backoff.give_up:g} s"
            return Failed(Reject(RejectReason.DELIVERY_FAILED, detail, attempts))
        on_retry(answer.cause)
        await backoff.sleep(pause)
