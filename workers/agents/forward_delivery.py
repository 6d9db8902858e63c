"""From a record of ``news.alert.v1`` to every target, or to its dead letters; each record is settled once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from workers import __version__
from workers.agents.forward_retry import Delivered, Failed
from workers.agents.forward_targets import Job, Target
from workers.domain.alert import AlertTense
from workers.domain.outcome import DropReason, Outgoing, Record, Reject, RejectReason
from workers.telemetry.forwarding import ForwardMetrics
from workers.telemetry.metrics import Metrics
from workers.topology import FORWARD_STAGE, dead_letters_of
from workers.wire.dead_letters import dead_letter_headers
from workers.wire.messages import decode_alert

log = logging.getLogger(__name__)
_NAME = FORWARD_STAGE.name


class DeadLetters(Protocol):
    """Publishes a dead letter; returns once every in-sync replica has it."""

    def __call__(self, letter: Outgoing, timestamp_ms: int) -> Awaitable[None]:
        """``timestamp_ms`` is the original record's."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """``now`` is the time of day, ``monotonic`` counts seconds."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


@dataclass
class _Delivery:
    """A job on its way to several targets."""

    waiting: int
    failures: dict[str, Reject] = field(default_factory=dict)


class Deliveries:
    """``settled`` is called once for each record that ``take`` was given."""

    def __init__(
        self,
        targets: Sequence[Target],
        dead_letters: DeadLetters,
        metrics: Metrics,
        forward_metrics: ForwardMetrics,
        clocks: Clocks,
    ) -> None:
        self.targets = tuple(targets)
        self.clocks = clocks
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._forward_metrics = forward_metrics

    def learn(self, record: Record) -> None:
        """Take note of a record that was settled before this program started."""
        alert = decode_alert(record.value) if record.value is not None else None
        if alert is None or isinstance(alert, Reject) or alert.alert_tense is not AlertTense.CURRENT:
            return
        for target in self.targets:
            target.learn(Job(record, alert, self.clocks.monotonic()))

    def take(self, record: Record, group: asyncio.TaskGroup, settled: Callable[[Record], None]) -> None:
        """Hand a record to the targets; dead letters are published by tasks of ``group``."""

        def bury(reject: Reject) -> None:
            group.create_task(self._bury(record, reject, settled))

        if record.value is None:
            self._drop(record, DropReason.TOMBSTONE, settled)
            return
        alert = decode_alert(record.value)
        if isinstance(alert, Reject):
            bury(alert)
        elif alert.alert_tense is not AlertTense.CURRENT:
            self._drop(record, DropReason.NOT_CURRENT, settled)
        else:
            job = Job(record, alert, self.clocks.monotonic())
            delivery = _Delivery(len(self.targets))
            for target in self.targets:
                target.submit(job, self._answer_to(delivery, target.name, bury, settled))

    def _answer_to(
        self,
        delivery: _Delivery,
        target: str,
        bury: Callable[[Reject], None],
        settled: Callable[[Record], None],
    ) -> Callable[[Job, Delivered | Failed], None]:
        def done(job: Job, result: Delivered | Failed) -> None:
            self._count(target, job, result)
            delivery.waiting -= 1
            if isinstance(result, Failed):
                delivery.failures[target] = result.reject
            if delivery.waiting:
                return
            if delivery.failures:
                bury(_joined(delivery.failures))
            else:
                self._metrics.records.labels(_NAME, "emitted").inc()
                settled(job.record)

        return done

    def _count(self, target: str, job: Job, result: Delivered | Failed) -> None:
        if isinstance(result, Failed):
            is_refused = result.reject.reason is RejectReason.DELIVERY_REFUSED
            self._forward_metrics.deliveries.labels(target, "refused" if is_refused else "given-up").inc()
            return
        self._forward_metrics.deliveries.labels(target, "delivered").inc()
        age = self.clocks.now().timestamp() - job.record.timestamp_ms / 1000
        self._forward_metrics.age.labels(target).observe(max(0.0, age))

    def _drop(self, record: Record, reason: DropReason, settled: Callable[[Record], None]) -> None:
        self._metrics.records.labels(_NAME, "dropped").inc()
        self._metrics.drops.labels(_NAME, reason).inc()
        settled(record)

    async def _bury(self, record: Record, reject: Reject, settled: Callable[[Record], None]) -> None:
        headers = dead_letter_headers(record, _NAME, reject, __version__)
        letter = Outgoing(dead_letters_of(record.topic), record.key, record.value, headers)
        await self._dead_letters(letter, record.timestamp_ms)
        self._metrics.records.labels(_NAME, "dead-lettered").inc()
        self._metrics.dead_letters.labels(_NAME, reject.reason).inc()
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        extra = {"stage": _NAME, "reason": reject.reason, **place}
        log.warning("dead letter: %s", reject.detail, extra=extra)
        settled(record)


def _joined(failures: Mapping[str, Reject]) -> Reject:
    """Return one reject that names each target that has not got the alert."""
    first = next(iter(failures.values()))
    detail = "; ".join(f"{target}: {reject.detail}" for target, reject in failures.items())
    return Reject(first.reason, detail, max(reject.attempts for reject in failures.values()))
