"""One HTTP request, and what its answer means for the alert: delivered, refused, or worth another try."""

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

import aiohttp

from workers import __version__

USER_AGENT = f"claimwire/{__version__}"
_MOST_ANSWER_BYTES = 512
_MOST_PAUSE_ASKED_S = 3600.0


class Cause(StrEnum):
    """Why a request is tried again."""

    CONNECTION = "connection"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server-error"
    REQUEST_TIMEOUT = "request-timeout"
    TOO_MANY_REQUESTS = "too-many-requests"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver will never take this; ``detail`` is for a person."""

    detail: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The receiver may take it later, not before ``after`` seconds where it said so."""

    cause: Cause
    detail: str
    after: float | None = None


Answer = Accepted | Refused | TryAgain


@dataclass(frozen=True, slots=True)
class Client:
    """Posts JSON. ``timeout`` is in seconds for a whole request, ``clock`` gives the time of day.

    Neither URLs nor headers go into a detail or a log: both may hold secrets.
    """

    session: aiohttp.ClientSession
    timeout: float
    clock: Callable[[], datetime]

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make one attempt; a redirect is not followed, for it would make a GET of it."""
        limit = aiohttp.ClientTimeout(total=self.timeout)
        sent = {"content-type": "application/json", "user-agent": USER_AGENT, **headers}
        try:
            async with self.session.post(
                url, data=body, headers=sent, timeout=limit, allow_redirects=False
            ) as response:
                asked = _seconds_asked(response.headers.get("retry-after"), self.clock())
                answer = judge(response.status, response.reason or "", asked)
                if isinstance(answer, Refused):
                    said = await response.content.read(_MOST_ANSWER_BYTES)
                    return Refused(f"{answer.detail}: {_one_line(said)}" if said.strip() else answer.detail)
                return answer
        except TimeoutError:
            return TryAgain(Cause.TIMEOUT, f"no answer within {self.timeout:g} s")
        except aiohttp.InvalidURL:
            return Refused("the address is not a URL")
        except (aiohttp.ClientError, OSError) as error:
            return TryAgain(Cause.CONNECTION, _what_broke(error))


def judge(status: int, reason: str, asked: float | None) -> Answer:
    """Say what an HTTP status means; ``asked`` are the seconds of its Retry-After."""
    detail = f"HTTP {status} {reason}".strip()
    if 200 <= status < 300:
        return Accepted()
    if status == 408:
        return TryAgain(Cause.REQUEST_TIMEOUT, detail, asked)
    if status == 429:
        return TryAgain(Cause.TOO_MANY_REQUESTS, detail, asked)
    if status >= 500:
        return TryAgain(Cause.SERVER_ERROR, detail, asked)
    return Refused(detail)


def _seconds_asked(value: str | None, now: datetime) -> float | None:
    """Read Retry-After, seconds or a date (RFC 9110, 10.2.3): at most an hour, ``None`` for nonsense."""
    if value is None:
        return None
    if value.strip().isdecimal():
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    return min(max(0.0, seconds), _MOST_PAUSE_ASKED_S)


def _what_broke(error: Exception) -> str:
    """Name the error without its message, which may hold the URL."""
    number = getattr(error, "errno", None)
    name = errno.errorcode.get(number) if number else None
    return f"{type(error).__name__} ({name})" if name else type(error).__name__


def _one_line(said: bytes) -> str:
    return " ".join(said.decode("utf-8", "replace").split())
