"""The Alertmanager target: tells it at once what changed, and all that fires again and again."""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from workers.agents.forward_board import Board, Standing
from workers.agents.forward_http import Accepted, Answer, Client, Refused, TryAgain
from workers.agents.forward_retry import Backoff, Delivered, Failed, deliver
from workers.agents.forward_targets import Done, Job
from workers.domain.alert import Alert
from workers.domain.outcome import RejectReason
from workers.telemetry.forwarding import ForwardMetrics
from workers.wire.alertmanager import alertmanager_alert
from workers.wire.dead_letters import REPLAYS

log = logging.getLogger(__name__)
_PATH = "/api/v2/alerts"
_MOST_AT_ONCE = 64
_INTERVALS_TO_EXPIRE = 4  # as Prometheus does: an alert outlives three posts that were lost


@dataclass(frozen=True, slots=True)
class Repeats:
    """``interval`` between two tellings of all that fires; ``remember``: see ``Board``."""

    interval: timedelta
    remember: timedelta


class Alertmanagers:
    """Keeps each of ``urls``, the peers of one Alertmanager cluster, at what the alerts stand at.

    A delivery counts when one peer has it; the others are told again with the next repeat. Posts are made one
    after the other, so that no older state can arrive behind a newer one.
    """

    name = "alertmanager"

    def __init__(
        self,
        client: Client,
        urls: Sequence[SecretStr],
        backoff: Backoff,
        repeats: Repeats,
        metrics: ForwardMetrics,
    ) -> None:
        self._client = client
        self._urls = tuple(urls)
        self._backoff = backoff
        self._repeats = repeats
        self._metrics = metrics
        self._board = Board(repeats.remember)
        self._queue: asyncio.Queue[tuple[Job, Done]] = asyncio.Queue()
        self._repeat_at = backoff.clock() + repeats.interval.total_seconds()
        self._changed = asyncio.Event()
        metrics.firing.set_function(lambda: self._board.firing)

    def learn(self, job: Job) -> None:
        """See ``Target``."""
        self._see(job, recorded_at(job))

    def submit(self, job: Job, done: Done) -> None:
        """See ``Target``; a record that the board is already past needs no telling."""
        if self._see(job, self._client.clock()):
            self._queue.put_nowait((job, done))
            self._changed.set()
        else:
            done(job, Delivered(0))

    def caught_up(self, partition: int) -> None:
        """See ``Target``; tells all that fires at once."""
        self._board.caught_up(partition)
        self._repeat_at = self._backoff.clock()
        self._changed.set()

    def forget(self, partition: int) -> None:
        """See ``Target``."""
        self._board.forget(partition)

    async def run(self) -> None:
        """See ``Target``."""
        while True:
            await self._wait()
            if jobs := self._waiting():
                await self._deliver(jobs)
            if self._backoff.clock() >= self._repeat_at:
                await self._repeat()
                self._repeat_at = self._backoff.clock() + self._repeats.interval.total_seconds()

    def _see(self, job: Job, seen_at: datetime) -> bool:
        replayed = any(name == REPLAYS for name, _ in job.record.headers)
        standing = Standing(job.alert, job.record.partition, recorded_at(job), seen_at)
        return self._board.see(standing, replayed=replayed)

    async def _wait(self) -> None:
        """Return when there is something to deliver or to repeat."""
        self._changed.clear()
        if self._queue.empty():
            pause = max(0.0, self._repeat_at - self._backoff.clock())
            try:
                await asyncio.wait_for(self._changed.wait(), pause)
            except TimeoutError:
                return

    def _waiting(self) -> list[tuple[Job, Done]]:
        jobs: list[tuple[Job, Done]] = []
        while not self._queue.empty() and len(jobs) < _MOST_AT_ONCE:
            jobs.append(self._queue.get_nowait())
        return jobs

    async def _deliver(self, jobs: Sequence[tuple[Job, Done]]) -> None:
        """Tell what the jobs' alerts stand at now; when that is refused as a whole, one by one."""
        keys = list(dict.fromkeys(job.alert.alert_key for job, _ in jobs))
        result = await deliver(
            lambda: self._post(self._current(keys)),
            self._backoff,
            max(job.taken_at for job, _ in jobs),
            self._metrics.retry_of(self.name),
        )
        if _is_refused(result) and len(keys) > 1:
            for key in keys:
                await self._deliver([(job, done) for job, done in jobs if job.alert.alert_key == key])
            return
        if _is_refused(result):
            self._board.drop(keys[0])
        for job, done in jobs:
            done(job, result)

    async def _repeat(self) -> None:
        alerts = self._board.due(self._client.clock())
        for start in range(0, len(alerts), _MOST_AT_ONCE):
            await self._repeat_some(alerts[start : start + _MOST_AT_ONCE])

    async def _repeat_some(self, alerts: Sequence[Alert]) -> None:
        """Tell again; a failure is counted and made good by the next time, a refused alert is let go."""
        answer = await self._post(alerts)
        if isinstance(answer, Refused) and len(alerts) > 1:
            for alert in alerts:
                await self._repeat_some([alert])
            return
        self._metrics.repeats.labels("sent" if isinstance(answer, Accepted) else "failed").inc(len(alerts))
        if isinstance(answer, Refused):
            self._board.drop(alerts[0].alert_key)
        if not isinstance(answer, Accepted):
            log.warning("%d alerts could not be told again: %s", len(alerts), answer.detail)

    def _current(self, keys: Iterable[str]) -> list[Alert]:
        found = (self._board.alert(key) for key in keys)
        return [alert for alert in found if alert is not None]

    async def _post(self, alerts: Sequence[Alert]) -> Answer:
        """Post to every peer; the best answer counts."""
        if not alerts:
            return Accepted()  # their partition went to another forwarder meanwhile
        now = self._client.clock()
        expires = now + _INTERVALS_TO_EXPIRE * self._repeats.interval
        posted = [alertmanager_alert(alert, now, expires) for alert in alerts]
        body = json.dumps(posted, ensure_ascii=False).encode()
        answers = await asyncio.gather(
            *(self._client.post(url.get_secret_value().rstrip("/") + _PATH, body, {}) for url in self._urls)
        )
        order = (Accepted, TryAgain, Refused)
        return min(answers, key=lambda answer: order.index(type(answer)))


def recorded_at(job: Job) -> datetime:
    """Return the timestamp of the job's record."""
    return datetime.fromtimestamp(job.record.timestamp_ms / 1000, UTC)


def _is_refused(result: Delivered | Failed) -> bool:
    return isinstance(result, Failed) and result.reject.reason is RejectReason.DELIVERY_REFUSED
