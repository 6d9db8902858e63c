"""What the forwarder hands an alert to, and the webhook, one of two such targets."""

import asyncio
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from workers.agents.forward_http import Answer, Client
from workers.agents.forward_retry import Backoff, Delivered, Failed, deliver
from workers.domain.alert import Alert
from workers.domain.outcome import Record
from workers.telemetry.forwarding import ForwardMetrics
from workers.wire.webhook import Secret, event_headers, signed_headers

_LANES = 8


@dataclass(frozen=True, slots=True)
class Job:
    """An alert to deliver, the record it came in, and when it was taken (monotonic seconds)."""

    record: Record
    alert: Alert
    taken_at: float


Done = Callable[[Job, Delivered | Failed], None]


class Target(Protocol):
    """Somewhere to deliver alerts; each job is answered once, through ``done``."""

    name: str

    def learn(self, job: Job) -> None:
        """Take note of an alert that was delivered before this program started."""

    def submit(self, job: Job, done: Done) -> None:
        """Deliver it, after what was submitted before it for the same alert."""

    def caught_up(self, partition: int) -> None:
        """All that was on the partition when it became ours has been learnt or submitted."""

    def forget(self, partition: int) -> None:
        """The partition is another forwarder's now."""

    async def run(self) -> None:
        """Deliver until cancelled."""


class Webhook:
    """Posts each record once, in the order of its alert; other alerts do not wait for it, or not long."""

    name = "webhook"

    def __init__(
        self,
        client: Client,
        url: SecretStr,
        secrets: Sequence[Secret],
        backoff: Backoff,
        metrics: ForwardMetrics,
    ) -> None:
        self._client = client
        self._url = url
        self._secrets = tuple(secrets)
        self._backoff = backoff
        self._metrics = metrics
        self._lanes: list[asyncio.Queue[tuple[Job, Done]]] = [asyncio.Queue() for _ in range(_LANES)]

    def learn(self, job: Job) -> None:
        """See ``Target``; a webhook is told events, not states."""

    def submit(self, job: Job, done: Done) -> None:
        """See ``Target``."""
        lane = zlib.crc32(job.alert.alert_key.encode("utf-8", "surrogatepass")) % _LANES
        self._lanes[lane].put_nowait((job, done))

    def caught_up(self, partition: int) -> None:
        """See ``Target``."""

    def forget(self, partition: int) -> None:
        """See ``Target``; what is in flight is still posted, and again by the partition's new owner."""

    async def run(self) -> None:
        """See ``Target``."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._work(lane))

    async def _work(self, lane: "asyncio.Queue[tuple[Job, Done]]") -> None:
        while True:
            job, done = await lane.get()
            headers = event_headers(job.alert)
            body = job.record.value or b""

            async def attempt(headers: dict[str, str] = headers, body: bytes = body) -> Answer:
                now_s = int(self._client.clock().timestamp())
                signed = signed_headers(headers, body, self._secrets, now_s)
                return await self._client.post(self._url.get_secret_value(), body, signed)

            retried = self._metrics.retry_of(self.name)
            done(job, await deliver(attempt, self._backoff, job.taken_at, retried))
